"""A cue that does not come to an end of its own: it failed, it never began, or its time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.wire.plan import ItemKind
from station_agent import off_air, on_air
from station_agent.leave_to_start import block
from station_agent.missed_policy import GRACE
from station_agent.playout_turn import Turn
from station_agent.playout_values import StopOutput


def cue_failed(turn: Turn, message: str, heard_ms: int | None = None, until: datetime | None = None) -> None:
    """The output could not play the current cue, or broke off; the next one goes on."""
    run = turn.run
    turn.incident("output_failed", run.cue.item.key, message)
    turn.account(off_air.unfinished(turn, "output_failed", heard_ms, until))
    turn.change_run(playing=False)
    if run.cue.item.kind is ItemKind.LIVE:
        ends_at = (run.cue_at or turn.now) + timedelta(milliseconds=run.cue.item.duration_ms)
        turn.change_run(failed_live={**run.failed_live, run.cue.item.key: ends_at})
    on_air.advance(turn, turn.now)


def cue_too_late(turn: Turn) -> None:
    """The station was too slow to begin it. Where nothing was heard yet the policy says what follows."""
    run = turn.run
    turn.account(off_air.unfinished(turn, "slow_start"))
    turn.change_run(playing=False)
    planned = run.planned
    if run.late is not None or planned.at_once or turn.now - planned.broadcast.planned_start <= GRACE:
        on_air.advance(turn, turn.now)
        return
    block(turn, planned.broadcast.key, "slow_start", outweighs=True)
    off_air.cut(turn, "slow_start", rest=None)


def time_over(turn: Turn) -> None:
    """What stands in for a stream is heard to that one's end, and no longer."""
    turn.give(StopOutput(off_air.FADE_MS))
    turn.account(off_air.unfinished(turn, "time_over"))
    turn.change_run(playing=False)
    on_air.advance(turn, turn.now + off_air.FADE_AT_MOST)
