"""Who gives way to whom: a higher class cuts a lower one short, an equal or lower one waits.

An alert stands above every class, and has the relays it needs left closed for it. For what has nothing to air
nothing is cut.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from station_agent import off_air, on_air
from station_agent.leave_to_start import block, may_start
from station_agent.missed_policy import Verdict
from station_agent.phases import Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_turn import Turn
from station_agent.prospect import look_at_audio, may_still_arrive, verdict_of
from station_agent.timetable import GIVE_WAY_LEAD, channels_of, due, limits_here, on_air_lead


def give_way(turn: Turn) -> None:
    """Let what is on its way give way to what is due and stands higher; what waits remembers why."""
    run = turn.run
    for planned in due(turn):
        broadcast = planned.broadcast
        if broadcast.key == run.planned.broadcast.key or not may_start(turn, planned):
            continue
        higher = planned.rank > run.planned.rank
        if higher and not look_at_audio(turn, planned):
            continue  # the answer comes within moments; for nothing to air nothing is cut
        if higher and turn.now < _gives_way_at(turn, planned):
            continue
        verdict = verdict_of(turn, planned) if higher else Verdict()
        if verdict.start is not None and not may_still_arrive(turn, planned, verdict):
            _cut_for(turn, planned, verdict)
            return
        if higher and may_still_arrive(turn, planned, verdict):
            block(turn, broadcast.key, "audio_missing")
        elif turn.now >= broadcast.planned_start > turn.state.running_since:
            block(turn, broadcast.key, "busy")


def _gives_way_at(turn: Turn, planned: Planned) -> datetime:
    start = planned.broadcast.planned_start
    return start if planned.at_once else start - on_air_lead(turn.state, planned) - GIVE_WAY_LEAD


def _cut_for(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    run = turn.run
    block(turn, run.planned.broadcast.key, "pre_empted")
    if turn.state.phase is Phase.ARMING:
        turn.go(Happening.TAKEN_BACK)
    elif planned.at_once:
        faded_before = turn.state.phase is Phase.FADING
        relays, limits = frozenset(channels_of(turn.state, planned)), limits_here(turn.state, planned)
        off_air.give_over(turn, "pre_empted", relays, _needs(planned), limits)
        if turn.state.phase is Phase.FADING and not faded_before:
            on_air.prepare_first(turn, planned, verdict.cues)
    else:
        off_air.cut(turn, "pre_empted", rest=None)


def _needs(planned: Planned) -> timedelta:
    return timedelta(milliseconds=planned.broadcast.duration_ms)


def cut_comes_at(turn: Turn) -> datetime | None:
    """When the broadcast on the air will be cut by one of higher class that is near; None if by none."""
    run = turn.state.run
    if run is None:
        return None
    cuts = [
        _gives_way_at(turn, planned)
        for planned in due(turn)
        if planned.rank > run.planned.rank and _has_something_to_air(turn, planned)
    ]
    return min(cuts, default=None)


def _has_something_to_air(turn: Turn, planned: Planned) -> bool:
    verdict = verdict_of(turn, planned)
    starts = verdict.start is not None and bool(verdict.cues)
    return starts and not may_still_arrive(turn, planned, verdict)
