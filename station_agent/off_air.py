"""How a broadcast ends: after its tail, or cut short.

Rules
1. Whatever ends a broadcast, its relays are commanded open first, then the output is stopped.
2. What was handed to the output for its own instant and has not begun never begins.
3. The last item's outcome waits for the relays' word, `CLOSE_PATIENCE` at most, so that it is recorded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.wire.report import Airing, Outcome
from station_agent import handover
from station_agent.evidence import heard_airing, length_ms, opened_at, silent_airing
from station_agent.playout_state import Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import EndCapture, Phase, RelayOff, ReportNow, StopOutput

CLOSE_PATIENCE = timedelta(seconds=1)


def unfinished(turn: Turn, reason: str, heard_ms: int | None = None, until: datetime | None = None) -> Airing:
    """The current cue's airing when it ends now: cut if something was heard, missed if not.

    `heard_ms`, `until`: what the output says was heard, and when it last went on; else the time from its
    first sample until now counts. Nothing counts after the relays opened.
    """
    run = turn.run
    if run.started_at is None or run.started_at >= turn.now:
        return silent_airing(run.planned, run.cue, Outcome.MISSED, reason, on_disk=True)
    ended_at = min(turn.now, until or turn.now, opened_at(run) or turn.now)
    since_ms = length_ms(run.started_at, ended_at)
    aired_ms = min(since_ms if heard_ms is None else heard_ms, run.cue.item.duration_ms)
    return heard_airing(run, ended_at, aired_ms, Outcome.CUT, reason)


def cut(turn: Turn, reason: str, *, rest: Outcome | None) -> None:
    """End the broadcast now. What has not begun gets `rest` as its outcome, or goes back to the agenda."""
    run = turn.run
    if turn.state.phase in (Phase.CLOSING, Phase.TAIL):
        if turn.state.phase is Phase.TAIL:
            close(turn)
        return
    turn.give(RelayOff(tuple(run.channels)))
    if run.playing:
        turn.give(StopOutput())
        _end_handover(turn, reason, rest)
        turn.change_run(pending=_ended_here(turn, reason), playing=False)
        run = turn.run
    after = run.position + 1 if run.pending is not None else run.position
    for cue in run.cues[after:]:
        if rest is not None:
            turn.account(silent_airing(run.planned, cue, rest, reason, on_disk=True))
    turn.go(Phase.CLOSING, turn.now + CLOSE_PATIENCE)
    turn.change_run(give_up=True)
    check_closed(turn)


def _end_handover(turn: Turn, reason: str, rest: Outcome | None) -> None:
    """What was handed over is the current cue if it sounds, else it is not heard."""
    run = turn.run
    if run.next_at is None:
        return
    if handover.is_heard(run, turn.now):
        handover.account_whole(turn)
        handover.promote(turn)
    else:
        handover.give_up(turn, rest or Outcome.MISSED, reason)


def _ended_here(turn: Turn, reason: str) -> Airing:
    """Whole if its nominal end has just passed and only the word of the output is missing."""
    run = turn.run
    end = handover.nominal_end(run)
    if end is not None and end <= turn.now <= end + handover.SEAM:
        aired_ms = run.cue.item.duration_ms - run.cue.start_ms
        return heard_airing(run, end, aired_ms, Outcome.AIRED, None)
    return unfinished(turn, reason)


def close(turn: Turn) -> None:
    """The tail is over: open the relays."""
    turn.give(RelayOff(tuple(turn.run.channels)))
    turn.go(Phase.CLOSING, turn.now + CLOSE_PATIENCE)
    check_closed(turn)


def check_closed(turn: Turn) -> None:
    """The broadcast is over once every relay has said that it is open, or once waiting for that is over."""
    run = turn.run
    patience_over = run.deadline is not None and turn.now >= run.deadline
    if not (patience_over or all(_is_open(run, channel) for channel in run.channels)):
        return
    if run.pending is not None:
        turn.account(run.pending.model_copy(update={"relay": run.relay_log[-64:]}))
    turn.give(EndCapture(run.planned.broadcast.key), ReportNow())
    was_whole = not run.give_up
    turn.go(Phase.IDLE, None)
    turn.change(follow=was_whole or turn.state.follow)


def _is_open(run: Run, channel: int) -> bool:
    changes = [change for change in run.relay_log if change.channel == channel]
    if not changes:
        return run.relay_failed is not None  # it was never closed, as far as anybody knows
    if changes[-1].on:
        return False
    reads_back = any(change.confirmed for change in changes)
    return changes[-1].confirmed or not reads_back
