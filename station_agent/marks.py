"""Marks of what was heard: what the journal says should the power fail now."""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.wire.report import Airing, Outcome
from station_agent.evidence import MILLISECOND, heard_airing, sounded_ms
from station_agent.playout_state import Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import JournalProgress

MARK_EVERY = timedelta(seconds=1)


def mark_progress(turn: Turn) -> None:
    """Once a second: what is true should the power fail now."""
    if mark_is_due(turn.run, turn.now):
        airing = _if_power_fails(turn)
        draft = airing if _is_steady(turn.run) else None
        turn.change_run(marked_at=turn.now, draft=draft, draft_log=turn.run.relay_log)
        turn.give(JournalProgress(airing))


def mark_is_due(run: Run, now: datetime) -> bool:
    """Whether something is heard of which the last mark is a second old."""
    if not run.playing or run.started_at is None or run.started_at > now:
        return False
    return run.marked_at is None or now - run.marked_at >= MARK_EVERY


def _if_power_fails(turn: Turn) -> Airing:
    run = turn.run
    assert run.started_at is not None  # noqa: S101 - marks are made after the first sample only
    aired_ms = min(sounded_ms(run, turn.now), run.cue.length_ms)
    since_ms = aired_ms + run.silent_ms
    draft = run.draft
    if draft is not None and draft.item == run.cue.item.key and run.draft_log is run.relay_log:
        assert draft.started_at is not None  # noqa: S101 - something was heard
        ended_at = draft.started_at + since_ms * MILLISECOND
        return draft.model_copy(update={"ended_at": ended_at, "aired_ms": aired_ms})
    ended_at = run.started_at + since_ms * MILLISECOND
    return heard_airing(run, ended_at, aired_ms, Outcome.CUT, "power_lost")


def _is_steady(run: Run) -> bool:
    """Whether the relays have said nothing since the first sample: then only time passes."""
    return run.started_at is not None and all(change.at <= run.started_at for change in run.relay_log)
