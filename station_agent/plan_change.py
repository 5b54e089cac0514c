"""What a new plan changes: the agenda, and what is on the air only where a recording is withdrawn.

Rules
1. A new plan never disturbs the broadcast on the air, unless its recording is withdrawn.
2. What an older plan still owes (its time has come, its end has not) stays on the agenda.
"""

from __future__ import annotations

from schedules.wire.plan import Plan
from station_agent import handover, off_air, on_air
from station_agent.phases import Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn
from station_agent.playout_values import KeepOwed
from station_agent.prospect import as_here
from station_agent.timetable import (
    channel_of,
    is_done,
    is_on_its_way,
    keep_order_to_what_is_ahead,
    leads_of,
    sorted_agenda,
)


def take_plan(turn: Turn, plan: Plan) -> None:
    """Make a plan current: merge it with what is owed, and stop what was withdrawn."""
    state = turn.state
    fresh = [Planned(one, plan.serial) for one in plan.broadcasts if not is_done(one.items, state.final)]
    turn.change(plan=plan)
    owed = owed_of(turn)
    withdrawn = state.withdrawn | frozenset(plan.withdrawn)
    here = state.run.planned.broadcast.key if state.run is not None else ""
    audio = {key: known for key, known in state.audio.items() if key == here}  # others are read anew
    turn.change(agenda=sorted_agenda((*owed, *fresh)), withdrawn=withdrawn, audio=audio)
    keep_order_to_what_is_ahead(turn)
    turn.give(KeepOwed(owed))
    _compare_zones(turn)
    turn.change(leads=leads_of(turn.state))
    _reconsider_run(turn)


def owed_of(turn: Turn) -> tuple[Planned, ...]:
    """What is on the agenda and not in the current plan: of an older one, of an alert, or the operator's.

    It is not earlier than the plan was issued, whatever a clock that lost its battery says.
    """
    state = turn.state
    if state.plan is None:
        return state.agenda
    listed = {broadcast.key for broadcast in state.plan.broadcasts}
    now = max(turn.now, state.plan.issued_at)
    return tuple(
        one
        for one in state.agenda
        if one.broadcast.key not in listed
        and (one.broadcast.planned_start <= now or one.at_once or _is_on_air(state, one.broadcast.key))
    )


def _is_on_air(state: PlayoutState, key: str) -> bool:
    return is_on_its_way(state, key) and key in state.begun


def _compare_zones(turn: Turn) -> None:
    """Find zones whose relay no board here has; each is told once a plan."""
    state = turn.state
    if not state.has_board or state.board_channels is None or state.plan is None:
        return
    named = {zone.key: channel_of(state, zone.key) for zone in state.plan.zones}
    lacking = {
        zone: channel
        for zone, channel in named.items()
        if channel is not None and channel not in state.board_channels
    }
    turn.change(lacks=frozenset(lacking.values()))
    for zone, channel in sorted(lacking.items()):
        message = (
            f"zone {zone} is on relay {channel}, which no board here has: it is not heard there; correct the"
            " zone's channel at the province, or set it in station.toml under [zones]"
        )
        turn.incident("no_such_zone", zone, message)


def _reconsider_run(turn: Turn) -> None:
    run = turn.state.run
    if run is None or turn.state.phase in (Phase.TAIL, Phase.FADING, Phase.CLOSING):
        return
    if handover.is_heard(run, turn.now):
        on_air.next_is_heard(turn)
    handover.take_back_withdrawn(turn)
    run = turn.run
    if run.playing and run.cue.item.sha256 in turn.state.withdrawn:
        off_air.cut(turn, "withdrawn", rest=None)  # what else is withdrawn is accounted from the agenda
    elif not run.playing and run.cue.item.sha256 in turn.state.withdrawn:
        drop(turn, "withdrawn")  # its relays close, or close anew: what may still be heard is decided anew
    elif not run.playing and not any(as_here(turn.state, one) == run.planned for one in turn.state.agenda):
        drop(turn)
    elif any(cue.item.sha256 in turn.state.withdrawn for cue in run.cues[run.position + 1 :]):
        kept = tuple(
            cue
            for index, cue in enumerate(run.cues)
            if index <= run.position or cue.item.sha256 not in turn.state.withdrawn
        )
        turn.change_run(cues=kept)


def drop(turn: Turn, reason: str = "plan_changed") -> None:
    """Take back a broadcast of which nothing has been heard."""
    if turn.state.phase is Phase.ARMING:
        turn.go(Happening.TAKEN_BACK)
    else:
        off_air.cut(turn, reason, rest=None)
