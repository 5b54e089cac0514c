"""What playout does with the output's word: first samples, ends, failures, and its silence.

An output tells of samples by the wall clock as it read it; where the clock has stepped since, now counts.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hardware.ports import Failed, Finished, Stalled, Started, WentOn
from schedules.wire.plan import ItemKind
from schedules.wire.report import Outcome
from station_agent import broken_off, handover, marks, off_air, on_air
from station_agent.evidence import silent_airing, sounded_ms
from station_agent.phases import Phase
from station_agent.playout_turn import Turn
from station_agent.playout_values import AudioUnfit, StopOutput, StreamBroke, TakeBack

BELIEVABLE = timedelta(seconds=5)
"""Outputs tell of samples that were heard moments ago, or will be in a moment."""
SHORT = timedelta(milliseconds=500)
"""A file that ends so much before its length was not heard whole."""
HEARD_OUT = timedelta(seconds=2)
"""A stream that ends so much before its time has come to its end."""
NEVER = datetime.max.replace(tzinfo=UTC)
STOOD_STILL = timedelta(minutes=10)
"""An output that hung, perhaps with the whole machine, tells when it last went on."""


def _on_this_clock(now: datetime, told: datetime, believable: timedelta = BELIEVABLE) -> datetime:
    """The instant the output tells, unless the clock has stepped since the output read it."""
    return told if abs(told - now) <= believable else now


def _is_current(turn: Turn, key: str) -> bool:
    return turn.state.phase is Phase.ITEM and key == turn.run.cue.item.key


def started(turn: Turn, event: Started) -> None:
    """The first sample is out, or will be in a moment."""
    at = _on_this_clock(turn.now, event.first_sample_at)
    if _is_current(turn, event.key):
        on_air.started(turn, at)
    elif handover.is_next(turn.state, event.key):
        handover.next_started(turn, at)


def finished(turn: Turn, event: Finished) -> None:
    """A sound has ended: by itself, cut by the next one, or faded out."""
    if turn.state.phase is Phase.FADING:
        if turn.run.pending is not None and turn.run.pending.item == event.key:
            off_air.faded(turn)
        return
    if not _is_told_of_current(turn, event.key):
        if not handover.is_next(turn.state, event.key):
            return
        if _is_overdue(turn, turn.run.next_at):
            handover.give_up(turn, Outcome.MISSED, "slow_start")
        else:
            _next_failed(turn, event.key, "the output took it back before its instant")
    elif event.cut and turn.run.started_at is None and _is_overdue(turn, turn.run.cue_at):
        broken_off.cue_too_late(turn)
    elif not event.cut and _is_short(turn, event.played_ms):
        broken_off.cue_failed(turn, "it ended before its planned length", event.played_ms)
    elif not event.cut or handover.is_whole(turn.run, event.played_ms):
        on_air.cue_ended(turn, _on_this_clock(turn.now, event.last_sample_at), event.played_ms)
    else:
        broken_off.cue_failed(turn, "it was not over when something else ended it", event.played_ms)


def _is_overdue(turn: Turn, due_at: datetime | None) -> bool:
    """Whether what was silent is long overdue: who had not stood still would have given it up himself."""
    return due_at is not None and turn.now >= due_at + on_air.START_PATIENCE


def _is_short(turn: Turn, played_ms: int) -> bool:
    return timedelta(milliseconds=turn.run.cue.length_ms - played_ms) > SHORT


def failed(turn: Turn, event: Failed) -> None:
    """A sound could not be played, or broke off."""
    if turn.state.phase is Phase.FADING:
        off_air.faded(turn)  # whatever it was that failed, nothing sounds any more
        return
    if _is_told_of_current(turn, event.key):
        until = None if event.moved_at is None else _on_this_clock(turn.now, event.moved_at, STOOD_STILL)
        broken_off.cue_failed(turn, event.message, None if until is None else event.played_ms, until)
    elif handover.is_next(turn.state, event.key):
        _next_failed(turn, event.key, event.message)


def stalled(turn: Turn, event: Stalled) -> None:
    """What plays is gone and being replaced: from then on nothing of it was heard."""
    if _is_told_of_current(turn, event.key) and turn.run.started_at is not None:
        turn.change_run(stalled_at=_on_this_clock(turn.now, event.at), marked_at=None, draft=None)
        marks.mark_progress(turn)


def went_on(turn: Turn, event: WentOn) -> None:
    """It goes on where it was, and ends later by the silence; a stream or its stand-in does not."""
    run = turn.state.run
    if run is None or not _is_current(turn, event.key) or run.stalled_at is None or run.deadline is None:
        return
    keeps_its_end = run.cue.item.kind is ItemKind.LIVE or run.cue.item.instead_of is not None
    later = timedelta(0) if keeps_its_end else timedelta(milliseconds=event.silent_ms)
    turn.change_run(
        stalled_at=None,
        silent_ms=run.silent_ms + event.silent_ms,
        deadline=run.deadline + later,
        draft=None,
    )


def unfit(turn: Turn, event: AudioUnfit) -> None:
    """What was to be heard now is not what was checked: it is not heard, and what follows goes on."""
    if _is_told_of_current(turn, event.item):
        turn.account(
            silent_airing(turn.run.planned, turn.run.cue, Outcome.MISSED, "audio_missing", on_disk=False)
        )
        turn.change_run(playing=False)
        on_air.advance(turn, turn.now)
    elif handover.is_next(turn.state, event.item):
        handover.give_up(turn, Outcome.MISSED, "audio_missing")


def stream_broke(turn: Turn, event: StreamBroke) -> None:
    """What stands in for it begins now; at its very end what was buffered is heard out."""
    run = turn.state.run
    if run is None or not _is_current(turn, event.item):
        return
    if run.started_at is not None and run.deadline is not None and turn.now >= run.deadline - HEARD_OUT:
        return
    turn.give(TakeBack(event.item))
    broken_off.cue_failed(turn, event.message)


def _is_told_of_current(turn: Turn, key: str) -> bool:
    """Whether an end is the current cue's; the end of the next one, once heard, makes it the current one."""
    if handover.is_next(turn.state, key) and handover.is_heard(turn.run, turn.now):
        on_air.next_is_heard(turn)
    return _is_current(turn, key)


def _next_failed(turn: Turn, key: str, message: str) -> None:
    turn.incident("output_failed", key, message)
    handover.give_up(turn, Outcome.MISSED, "output_failed")


def hangs(turn: Turn) -> None:
    """What was awaited of the output has not come in time."""
    run = turn.run
    if handover.is_heard(run, turn.now):
        on_air.next_is_heard(turn)
        return
    heard = run.started_at is not None
    if heard and turn.now >= run.failed_live.get(run.cue.item.instead_of or "", NEVER):
        broken_off.time_over(turn)
        return
    turn.give(StopOutput())
    if run.next_at is not None:
        handover.give_up(turn, Outcome.MISSED, "output_failed")
    if heard and run.cue.item.kind is ItemKind.LIVE and run.deadline is not None:
        aired_ms = min(run.cue.length_ms, sounded_ms(run, run.deadline))
        on_air.cue_ended(turn, run.deadline, aired_ms)  # a stream has no end of its own
        return
    broken_off.cue_failed(turn, "the output did not end" if heard else "the output did not start")
