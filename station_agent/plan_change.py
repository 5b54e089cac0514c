"""What a new plan changes: the agenda, and what is on the air only where a recording is withdrawn.

Rules
1. A new plan never disturbs the broadcast on the air, unless its recording is withdrawn.
2. What an older plan still owes (its time has come, its end has not) stays on the agenda.
"""

from __future__ import annotations

from schedules.wire.plan import Plan
from station_agent import handover, off_air, on_air
from station_agent.agenda import is_done, is_on_its_way
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn
from station_agent.playout_values import KeepOwed, Phase, Planned


def take_plan(turn: Turn, plan: Plan) -> None:
    """Make a plan current: merge it with what is owed, and stop what was withdrawn."""
    state = turn.state
    listed = {broadcast.key for broadcast in plan.broadcasts}
    fresh = [Planned(one, plan.serial) for one in plan.broadcasts if not is_done(one.items, state.final)]
    owed = [
        one
        for one in state.agenda
        if one.broadcast.key not in listed
        and (one.broadcast.planned_start <= turn.now or _is_on_air(state, one.broadcast.key))
    ]
    agenda = sorted((*owed, *fresh), key=lambda one: (one.broadcast.planned_start, one.broadcast.key))
    withdrawn = state.withdrawn | frozenset(plan.withdrawn)
    here = state.run.planned.broadcast.key if state.run is not None else ""
    audio = {key: known for key, known in state.audio.items() if key == here}  # others are read anew
    turn.change(plan=plan, agenda=tuple(agenda), withdrawn=withdrawn, audio=audio)
    turn.give(KeepOwed(tuple(owed)))
    _reconsider_run(turn)


def _is_on_air(state: PlayoutState, key: str) -> bool:
    return is_on_its_way(state, key) and key in state.begun


def _reconsider_run(turn: Turn) -> None:
    run = turn.state.run
    if run is None or turn.state.phase in (Phase.TAIL, Phase.CLOSING):
        return
    if handover.is_heard(run, turn.now):
        on_air.next_is_heard(turn)
    handover.take_back_withdrawn(turn)
    run = turn.run
    if run.playing and run.cue.item.sha256 in turn.state.withdrawn:
        off_air.cut(turn, "withdrawn", rest=None)  # what else is withdrawn is accounted from the agenda
    elif not run.playing and not any(one.broadcast == run.planned.broadcast for one in turn.state.agenda):
        drop(turn)
    elif any(cue.item.sha256 in turn.state.withdrawn for cue in run.cues[run.position + 1 :]):
        kept = tuple(
            cue
            for index, cue in enumerate(run.cues)
            if index <= run.position or cue.item.sha256 not in turn.state.withdrawn
        )
        turn.change_run(cues=kept)


def drop(turn: Turn) -> None:
    """Take back a broadcast of which nothing has been heard."""
    if turn.state.phase is Phase.ARMING:
        turn.go(Phase.IDLE, None)
    else:
        off_air.cut(turn, "plan_changed", rest=None)
