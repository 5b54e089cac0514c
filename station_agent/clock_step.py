"""What becomes of everything that is awaited when the wall clock jumps.

What is awaited moves with the clock, what was planned does not: nothing airs twice, nothing is lost unsaid.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from station_agent import alerts, operator_desk, plan_change, timetable
from station_agent.phases import Phase
from station_agent.playout_state import Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import ClockStepped


def stepped(turn: Turn, event: ClockStepped) -> None:
    """The wall clock jumped."""
    by = timedelta(milliseconds=event.by_ms)
    before = turn.now - by
    missed = {
        planned.broadcast.key: "clock_step"
        for planned in turn.state.agenda
        if before < planned.broadcast.planned_start <= turn.now and not planned.at_once
    }
    ahead = {one.broadcast.key for one in turn.state.agenda if one.broadcast.planned_start > turn.now}
    blocked = {key: why for key, why in {**missed, **turn.state.blocked}.items() if key not in ahead}
    since = min(turn.state.running_since, turn.now)
    turn.change(blocked=blocked, running_since=since, alarm=None, audio={})
    turn.change(clock_trusted=False, clock_settled=False)  # it may be a mistake, until it is judged anew
    timetable.clock_stepped(turn, by)
    alerts.clock_stepped(turn, by)
    operator_desk.clock_stepped(turn, by)
    run = turn.state.run
    if run is not None and turn.state.phase in (Phase.ARMING, Phase.WARMING) and not run.playing:
        plan_change.drop(turn)  # its instant has moved; it is decided anew
    elif run is not None:
        turn.change(run=shifted(run, by))


def shifted(run: Run, by: timedelta) -> Run:
    """The run on a clock that stepped: what is awaited moves with it, what was planned does not."""

    def moved(at: datetime | None) -> datetime | None:
        return None if at is None else at + by

    return replace(
        run,
        relay_log=tuple(change.model_copy(update={"at": change.at + by}) for change in run.relay_log),
        start=run.start + by,
        deadline=moved(run.deadline),
        asked_at=moved(run.asked_at),
        behind=None if run.behind is None else run.behind + by,
        marked_at=moved(run.marked_at),
        cue_at=moved(run.cue_at),
        started_at=moved(run.started_at),
        stalled_at=moved(run.stalled_at),
        next_at=moved(run.next_at),
        next_started_at=moved(run.next_started_at),
        failed_live={key: until + by for key, until in run.failed_live.items()},
    )
