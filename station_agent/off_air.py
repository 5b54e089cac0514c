"""How a broadcast ends: after its tail, or cut short.

Rules
1. What sounds is faded out before its relays open, within `FADE_AT_MOST`; where nothing sounds, the relays
   are commanded open first and the output is stopped then.
2. What was handed to the output for its own instant and has not begun never begins.
3. The last item's outcome waits for the relays' word, `CLOSE_PATIENCE` at most, so that it is recorded.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.wire.plan import StationLimits
from schedules.wire.report import Airing, Outcome
from station_agent import handover, relay_wait
from station_agent.evidence import closed_since, heard_airing, opened_at, silent_airing, sounded_ms
from station_agent.phases import Happening, Phase
from station_agent.playout_state import Kept, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import EndCapture, JournalProgress, RelayOff, ReportNow, StopOutput

CLOSE_PATIENCE = timedelta(seconds=1)
FADE_MS = 120
FADE_AT_MOST = timedelta(milliseconds=150)
"""The relays open so long after a broadcast was cut, whether or not the output has said that it is silent."""
ENDING = frozenset({Phase.FADING, Phase.CLOSING})


def unfinished(turn: Turn, reason: str, heard_ms: int | None = None, until: datetime | None = None) -> Airing:
    """The current cue's airing when it ends now: cut if something was heard, missed if not.

    `heard_ms`, `until`: what the output says was heard, and when it last went on; else the time from its
    first sample until now counts. Nothing counts after the relays opened.
    """
    run = turn.run
    if run.started_at is None or run.started_at >= turn.now:
        return silent_airing(run.planned, run.cue, Outcome.MISSED, reason, on_disk=True)
    ended_at = min(turn.now, until or turn.now, opened_at(run) or turn.now)
    since_ms = sounded_ms(run, ended_at)
    aired_ms = min(since_ms, since_ms if heard_ms is None else heard_ms, run.cue.length_ms)
    return heard_airing(run, ended_at, aired_ms, Outcome.CUT, reason)


def cut(turn: Turn, reason: str, *, rest: Outcome | None) -> None:
    """End the broadcast now. What has not begun gets `rest` as its outcome, or goes back to the agenda."""
    if turn.state.phase is Phase.TAIL:
        close(turn)
    elif turn.state.phase not in ENDING:
        _end_cues(turn, reason, rest)
        if turn.state.phase is not Phase.FADING:
            turn.go(Happening.CUT_SHORT, turn.now + CLOSE_PATIENCE)
            check_closed(turn)


def give_over(
    turn: Turn, reason: str, channels: frozenset[int], needs: timedelta, limits: StationLimits
) -> None:
    """End the broadcast for another one that begins at once, on those of its relays that the other needs.

    They stay closed, so the amplifier stays warm, unless they would then be closed for longer than they may,
    by the `limits` of the other one too: it may have a relay that is to open sooner. One that was refused, is
    on a lost board or has not said yet that it is closed changes nothing for the others: it is asked anew.
    """
    run, phase = turn.run, turn.state.phase
    keeps = channels & frozenset(run.channels)
    may_keep = bool(keeps) or not run.channels
    if phase is Phase.CLOSING:
        return
    if not may_keep or not all(_may_stay(turn, channel, needs, limits) for channel in keeps):
        cut(turn, reason, rest=None)
        return
    turn.change_run(keeps=keeps)
    if phase not in (Phase.TAIL, Phase.FADING):
        _end_cues(turn, reason, None)
    if turn.state.phase is not Phase.FADING or keeps >= frozenset(run.channels):
        _hand_on(turn)  # what fades may do so under what follows: no relay opens


def _may_stay(turn: Turn, channel: int, needs: timedelta, limits: StationLimits) -> bool:
    """Whether it may stay closed to the end of the other one, or closing it anew would gain that no time.

    Not yet closed counts as closed since it was asked to.
    """
    run = turn.run
    since = closed_since(run.relay_log, channel) or run.asked_at or turn.now
    if turn.now - since <= timedelta(milliseconds=limits.warm_up_ms):
        return True  # closed anew it would have to warm up for as long
    tail = timedelta(milliseconds=run.limits.tail_ms) + CLOSE_PATIENCE + FADE_AT_MOST
    longest = timedelta(seconds=min(run.limits.max_on_s, limits.max_on_s))
    return turn.now + needs + tail <= since + longest


def _end_cues(turn: Turn, reason: str, rest: Outcome | None) -> None:
    """Stop what plays, account for it and for the rest; to FADING if something sounds, else relays first."""
    run = turn.run
    sounds = run.playing and turn.state.phase is Phase.ITEM and _is_heard(turn)
    if not sounds and run.keeps is None:
        turn.give(RelayOff(tuple(run.channels)))
    if run.playing:
        turn.give(StopOutput(FADE_MS if sounds else 0))
        _end_handover(turn, reason, rest)
        pending = _ended_here(turn, reason)
        turn.give(JournalProgress(pending))
        turn.change_run(pending=pending, playing=False)
        run = turn.run
    after = run.position + 1 if run.pending is not None else run.position
    for cue in run.cues[after:]:
        if rest is not None:
            turn.account(silent_airing(run.planned, cue, rest, reason, on_disk=True))
    turn.change_run(give_up=True)
    if sounds:
        turn.go(Happening.FADES, turn.now + FADE_AT_MOST)


def _is_heard(turn: Turn) -> bool:
    """Whether the current sound leaves the loudspeaker: it has begun, and no relay has fallen."""
    run = turn.run
    began = run.started_at is not None and run.started_at <= turn.now
    return (began or handover.is_heard(run, turn.now)) and opened_at(run) is None


def faded(turn: Turn) -> None:
    """What was cut short is silent: open the relays, or hand them on."""
    if turn.run.keeps is not None:
        _hand_on(turn)
        return
    turn.give(RelayOff(tuple(turn.run.channels)))
    turn.go(Happening.FADED, turn.now + CLOSE_PATIENCE)
    check_closed(turn)


def _hand_on(turn: Turn) -> None:
    """The broadcast is over; what follows in this step finds the relays it needs closed and warm."""
    run = turn.run
    keeps = run.keeps or frozenset()
    others = tuple(channel for channel in run.channels if channel not in keeps)
    if others:
        turn.give(RelayOff(others))
    _account_pending(turn)
    turn.give(EndCapture(run.planned.broadcast.key), ReportNow())
    known = keeps - relay_wait.lost_of(turn.state, run)
    log = tuple(change for change in run.relay_log if change.channel in known)
    turn.change(kept=Kept(keeps, log, run.asked_at, run.fell & keeps, run.falls_told & keeps))
    turn.go(Happening.GIVEN_OVER)


def let_kept_fall(turn: Turn) -> None:
    """At the end of a step nothing stays closed that nobody took over."""
    kept = turn.state.kept
    if kept is not None and turn.state.phase in (Phase.IDLE, Phase.ARMING):
        if kept.channels:
            turn.give(RelayOff(tuple(sorted(kept.channels))))
        turn.change(kept=None)


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
    end = None if end is None or run.stalled_at is not None else end + timedelta(milliseconds=run.silent_ms)
    if end is not None and end <= turn.now <= end + handover.SEAM:
        return heard_airing(run, end, run.cue.length_ms, Outcome.AIRED, None)
    return unfinished(turn, reason)


def close(turn: Turn) -> None:
    """The tail is over: open the relays."""
    turn.give(RelayOff(tuple(turn.run.channels)))
    turn.go(Happening.TAIL_OVER, turn.now + CLOSE_PATIENCE)
    check_closed(turn)


def check_closed(turn: Turn) -> None:
    """The broadcast is over once every relay has said that it is open, or once waiting for that is over."""
    run = turn.run
    patience_over = run.deadline is not None and turn.now >= run.deadline
    if not (patience_over or all(_is_open(run, channel) for channel in run.channels)):
        return
    _account_pending(turn)
    turn.give(EndCapture(run.planned.broadcast.key), ReportNow())
    was_whole = not run.give_up
    turn.go(Happening.CLOSED)
    turn.change(follow=was_whole or turn.state.follow)


def _account_pending(turn: Turn) -> None:
    run = turn.run
    if run.pending is not None:
        turn.account(run.pending.model_copy(update={"relay": run.relay_log[-64:]}))


def _is_open(run: Run, channel: int) -> bool:
    changes = [change for change in run.relay_log if change.channel == channel]
    if not changes:
        return run.relay_failed is not None  # it was never closed, as far as anybody knows
    if changes[-1].on:
        return False
    reads_back = any(change.confirmed for change in changes)
    return changes[-1].confirmed or not reads_back
