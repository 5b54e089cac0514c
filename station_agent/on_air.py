"""The way of one broadcast: warm up, item by item, to the tail. How it ends is in `off_air`.

Rules
1. A relay is commanded closed before anything plays, and the first sample waits until every relay has said so
   and has been closed for the warm-up. One that is refused or can't be reached is not waited for, one that
   stays silent for no longer than `RELAY_PATIENCE`: the sound plays all the same, once what did close is
   warm, and its evidence says `played`.
2. An intent stands in the journal before the output is told to play. What has one never plays again.
3. Each cue begins at the nominal end of the one before; `handover` has the next sound ready for it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.airing_origin import Origin
from schedules.wire.plan import ItemKind
from schedules.wire.report import Outcome, RelayChange
from station_agent import handover, made_good, marks, off_air, relay_wait
from station_agent.evidence import closed_since, heard_airing, length_ms, silent_airing
from station_agent.hush import is_hushed
from station_agent.level import level_of
from station_agent.missed_policy import ON_TIME
from station_agent.passed_over import why_not_heard
from station_agent.phases import Happening
from station_agent.planned import Cue, Planned
from station_agent.playout_state import Kept, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import (
    BeginCapture,
    JournalProgress,
    Play,
    Prepare,
    RelayOff,
    RelayOn,
)

RELAY_LEAD = timedelta(milliseconds=500)
"""A board needs up to this long a channel to switch and to read back, so relays close this much earlier."""
OUTPUT_LEAD = timedelta(milliseconds=300)
"""The output is told to play at least this long ahead, where there is a planned instant."""
START_PATIENCE = timedelta(seconds=5)
END_PATIENCE = timedelta(seconds=5)


def lead(channels: int, warm_up_ms: int) -> timedelta:
    """How long before the first sample the relays are commanded closed."""
    return timedelta(milliseconds=warm_up_ms) + RELAY_LEAD * channels if channels else OUTPUT_LEAD


def warm(turn: Turn) -> None:
    """Close the relays; the output opens its first sound meanwhile. Those that were kept are warm already."""
    run, kept = turn.run, turn.state.kept or Kept(frozenset(), (), None)
    wait = timedelta(0) if run.planned.at_once else lead(len(run.channels), run.limits.warm_up_ms)
    start = max(run.start, turn.now + wait)
    log = tuple(_now_of(change, run) for change in kept.log if change.channel in run.channels)
    fell, falls_told = kept.fell & run.channels.keys(), kept.falls_told & run.channels.keys()
    turn.change_run(start=start, relay_log=log, fell=fell, falls_told=falls_told)
    turn.give(BeginCapture(run.planned.broadcast.key))
    if run.cue.item.kind in handover.ON_DISK:
        turn.give(Prepare(run.cue, start, run.volume_percent))
    turn.go(Happening.COMMITTED, turn.now + relay_wait.patience(turn.state, turn.run))
    _take_kept(turn, kept.channels)
    if run.channels:
        turn.change_run(unreachable=relay_wait.lost_of(turn.state, run))
        close_relays(turn, kept)
        fault = turn.state.fault_of(run.channels)
        if fault is not None:
            relay_failed(turn, fault)
    check_warm(turn)


def _now_of(change: RelayChange, run: Run) -> RelayChange:
    """A relay change of the broadcast before, which is this one's now: its zone may have another name."""
    return change.model_copy(update={"zone": run.channels[change.channel]})


def _take_kept(turn: Turn, kept: frozenset[int]) -> None:
    """What was kept closed belongs to this broadcast; a relay it does not need falls."""
    needless = kept - set(turn.run.channels)
    if needless:
        turn.give(RelayOff(tuple(sorted(needless))))
    turn.change(kept=None)


def close_relays(turn: Turn, kept: Kept | None = None) -> None:
    """Command its relays closed, for as long as they may be from now on: some of it may have been used.

    `kept`: those that are commanded closed already, and may be since then.
    """
    run, asked = turn.run, frozenset() if kept is None else kept.channels
    asked_at = turn.now if kept is None or kept.asked_at is None else kept.asked_at
    before = {channel: asked_at if channel in asked else turn.now for channel in run.channels}
    since = [closed_since(run.relay_log, channel) or at for channel, at in before.items()]
    used_ms = max(length_ms(at, turn.now) for at in since)
    turn.change_run(asked_at=min(before.values()))
    turn.give(RelayOn(relay_wait.lines_of(turn.state, run), max(1, run.limits.max_on_s * 1000 - used_ms)))


def prepare_first(turn: Turn, planned: Planned, cues: tuple[Cue, ...]) -> None:
    """Let the output open what follows at once, while what was cut for it fades."""
    if cues and cues[0].item.kind in handover.ON_DISK:
        turn.give(Prepare(cues[0], None, level_of(turn.state, planned)))


def check_warm(turn: Turn) -> None:
    """Go on air once every relay is closed, or once waiting for them is over."""
    run = turn.run
    at = run.start
    if relay_wait.open_still(turn.state, run):
        if run.deadline is None or turn.now < run.deadline:
            return
        relay_failed(turn, "the relay board did not answer in time")
        at = max(at, turn.now)
    at = max(at, relay_wait.warm_at(run) or at)
    if is_hushed(turn.state.plan, run, at):
        off_air.cut(turn, "quiet_hours", rest=None)  # decided anew
        return
    turn.change_run(start=at, why_late=relay_wait.why_late(turn.state, run, at))
    begin_cue(turn, at)


def relay_failed(turn: Turn, message: str, code: str = "relay_failed") -> None:
    """Say that its relays can't be relied on: once, until it is told that this is over. The sound goes on.

    The first `code` stays the reason of what was not heard for sure.
    """
    run = turn.run
    turn.change_run(relay_failed=run.relay_failed or code, failure_told=True)
    if not run.failure_told:
        turn.incident(code, run.planned.broadcast.key, message)


def begin_cue(turn: Turn, at: datetime) -> None:
    """Start the cue at the current position at its instant, or pass over it where it may no longer be heard.

    An instant that has passed by a moment still counts: a pause ends where it should.
    """
    run = turn.run
    at = max(at, run.start)  # what failed before the first instant does not shorten the warm-up
    if not _pass_over(turn, at):
        return
    run, cue = turn.run, turn.run.cue
    is_pause = cue.item.kind is ItemKind.PAUSE
    if is_pause:
        made_good.make_good(turn, run.position, at)
        run, cue = turn.run, turn.run.cue
    if run.warm_again and not is_pause:
        _warm_again(turn, at)
        return
    when = at if is_pause else max(at, turn.now)
    turn.change_run(playing=True, cue_at=when, started_at=None, marked_at=None, stalled_at=None, silent_ms=0)
    handover.mark_intent(turn, cue)
    if is_pause:
        _note_lateness(turn, when)
        turn.change_run(started_at=when, marked_at=turn.now)
        turn.go(Happening.SILENCE_BEGINS, when + timedelta(milliseconds=cue.length_ms))
        handover.prepare_next(turn)
        return
    turn.give(Play(cue, at if at > turn.now else None, run.volume_percent))
    turn.go(Happening.SOUND_BEGINS, when + START_PATIENCE)


def _pass_over(turn: Turn, at: datetime) -> bool:
    """Account for cues that may not, or need not, be heard; False when none is left and the tail is on."""
    while (reason := why_not_heard(turn.run, max(at, turn.now), at)) is not None:
        run = turn.run
        turn.account(silent_airing(run.planned, run.cue, Outcome.SKIPPED, reason, on_disk=True))
        if run.position + 1 == len(run.cues):
            _all_said(turn)
            return False
        turn.change_run(position=run.position + 1)
    return True


def _all_said(turn: Turn) -> None:
    turn.change_run(playing=False)
    turn.go(Happening.ALL_SAID, turn.now + timedelta(milliseconds=turn.run.limits.tail_ms))


def _warm_again(turn: Turn, at: datetime) -> None:
    """The relays fell and were commanded closed anew: the next sound waits for them and the amplifier."""
    turn.change_run(
        warm_again=False,
        relay_failed=None,
        failure_told=False,
        start=at,
        playing=False,
        cue_at=None,
        started_at=None,
        marked_at=None,
        stalled_at=None,
        silent_ms=0,
    )
    turn.go(Happening.RELAYS_FELL, turn.now + relay_wait.patience(turn.state, turn.run))
    check_warm(turn)


def started(turn: Turn, at: datetime) -> None:
    """The first sample of the current cue is out, or will be in a moment."""
    _note_lateness(turn, at)
    turn.change_run(started_at=at, deadline=_overdue_at(turn, at))
    _make_good(turn)
    marks.mark_progress(turn)
    handover.prepare_next(turn)


def _overdue_at(turn: Turn, started_at: datetime) -> datetime:
    cue = turn.run.cue
    left = timedelta(milliseconds=cue.length_ms)
    patience = timedelta(0) if cue.item.kind is ItemKind.LIVE else left * 0.02 + END_PATIENCE
    overdue_at = started_at + left + patience
    until = turn.run.failed_live.get(cue.item.instead_of or "")
    return overdue_at if until is None else max(started_at, min(overdue_at, until))


def next_is_heard(turn: Turn) -> None:
    """Nobody told the end of the current cue, and the next one sounds."""
    handover.account_whole(turn)
    take_over(turn)


def take_over(turn: Turn) -> None:
    """What was handed over is the current cue now."""
    handover.promote(turn)
    run = turn.run
    if run.started_at is None:
        turn.go(Happening.SOUND_BEGINS, max(run.cue_at or turn.now, turn.now) + START_PATIENCE)
    else:
        turn.go(Happening.SOUND_BEGINS, _overdue_at(turn, run.started_at))
        _make_good(turn)
        marks.mark_progress(turn)
    handover.prepare_next(turn)


def _note_lateness(turn: Turn, at: datetime) -> None:
    """The first sample of the broadcast decides whether all of it counts as late."""
    cue = turn.run.cue
    if turn.run.late is None:
        due = planned = cue.planned_start + timedelta(milliseconds=cue.start_ms)
        if turn.run.planned.at_once:  # nobody could know of it ahead: the amplifier's time is no lateness
            due += lead(len(turn.run.channels), turn.run.limits.warm_up_ms)
        turn.change_run(late=at - due > ON_TIME, behind=at - planned)


def _make_good(turn: Turn) -> None:
    """A sound has begun: what it is late by, the pauses after it give back."""
    end = handover.nominal_end(turn.run)
    if end is not None:
        made_good.make_good(turn, turn.run.position + 1, end)


def cue_ended(turn: Turn, at: datetime, aired_ms: int) -> None:
    """The current cue was heard to its end."""
    run = turn.run
    if run.started_at is None:
        turn.change_run(started_at=at - timedelta(milliseconds=aired_ms))
    airing = heard_airing(turn.run, at, aired_ms, Outcome.AIRED, None)
    follows_at = handover.seam(turn.run, at)
    turn.change_run(playing=False)
    if run.position + 1 == len(run.cues):
        turn.give(JournalProgress(airing))
        turn.change_run(pending=airing)
        turn.go(Happening.ALL_SAID, at + timedelta(milliseconds=run.limits.tail_ms))
        return
    turn.account(airing)
    advance(turn, follows_at)


def silence_over(turn: Turn) -> None:
    """The pause has lasted as long as it was to, or the microphone is given back before."""
    run = turn.run
    began = run.started_at or turn.now
    end = run.deadline or turn.now
    if run.planned.origin is Origin.MICROPHONE:
        end = min(end, turn.now)
    cue_ended(turn, end, min(length_ms(began, end), run.cue.length_ms))


def advance(turn: Turn, at: datetime) -> None:
    """On to the next cue, which begins at `at` unless it was handed over already, or to the tail."""
    run = turn.run
    if run.next_at is not None and not handover.silences(run):
        take_over(turn)
    elif run.position + 1 < len(run.cues):
        turn.change_run(position=run.position + 1)
        begin_cue(turn, at)
    else:
        _all_said(turn)
