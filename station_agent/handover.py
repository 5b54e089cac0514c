"""The seam between two items: the next sound is handed to the output while the current cue still goes on.

Rules
1. `HAND_OVER_AHEAD` before its nominal beginning the next sound, where it is on the disk, gets its intent and
   is handed to the output, to begin exactly there. What has an intent never plays again.
2. The current cue stays the current one until its own end is told, or until that is overdue while the next
   one sounds already; then the next one takes its place, after the silences between them: the end of a sound
   is told some 20 ms late, and a silence may be shorter than that.
3. What was handed over and not heard when the broadcast ends is accounted as not heard, never as cut.
4. Nominal ends follow the instants asked for: what starts a few milliseconds late makes nothing after it
   late, nor does a file that is longer than its approved duration.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from schedules.wire.plan import ItemKind
from schedules.wire.report import Outcome
from station_agent.evidence import MILLISECOND, heard_airing, silent_airing
from station_agent.phases import SOUNDING, Phase
from station_agent.planned import Cue
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import JournalIntent, Play, Prepare, TakeBack

ON_DISK = frozenset({ItemKind.JINGLE, ItemKind.ANNOUNCEMENT})
SILENT = ItemKind.PAUSE
HAND_OVER_AHEAD = timedelta(milliseconds=400)
SEAM = timedelta(milliseconds=100)
"""A file may be this much longer or shorter than its approved duration: padding, rounding."""
CAUGHT_UP = timedelta(milliseconds=10)
"""Lateness up to this is made good at each seam: both sounds are heard together for so long, none is cut."""
OVERDUE = timedelta(seconds=1)
"""So long an end is waited for while the next sound is heard already."""


def silences(run: Run) -> tuple[Cue, ...]:
    """The pauses that come directly after the current cue."""
    cues, first = run.cues, run.position + 1
    behind = first
    while behind < len(cues) and cues[behind].item.kind is SILENT:
        behind += 1
    return cues[first:behind]


def following(run: Run) -> Cue | None:
    """The next cue that is no pause."""
    position = _position_of_following(run)
    return run.cues[position] if position < len(run.cues) else None


def _position_of_following(run: Run) -> int:
    return run.position + 1 + len(silences(run))


def nominal_end(run: Run) -> datetime | None:
    """When the current cue's approved audio, or its silence, ends; None while that can't be told."""
    cue = run.cue
    if run.started_at is None or cue.item.kind is ItemKind.LIVE or cue.item.instead_of is not None:
        return None
    asked = run.started_at if run.cue_at is None else run.cue_at
    begins = max(asked, run.started_at - CAUGHT_UP)
    return begins + cue.length_ms * MILLISECOND


def seam(run: Run, ended_at: datetime) -> datetime:
    """Where what follows begins, nominally: the current cue's nominal end, unless it ended elsewhere."""
    nominal = nominal_end(run)
    return nominal if nominal is not None and abs(ended_at - nominal) <= SEAM else ended_at


def due_at(state: PlayoutState) -> datetime | None:
    """When the next cue is to be handed over; None while there is none, or nothing to hand over."""
    run = state.run
    if run is None or run.next_at is not None or run.warm_again or state.phase not in SOUNDING:
        return None
    between = silences(run)
    after = run.cues[run.position + 1 + len(between) :]
    if not after or after[0].item.kind not in ON_DISK or after[0].item.instead_of is not None:
        return None
    cue, end = after[0], nominal_end(run)
    if end is None:
        return None
    for silence in between:
        if silence.item.valid_until is not None or silence.item.instead_of is not None:
            return None  # whether it is kept is decided when its turn comes
        end += silence.length_ms * MILLISECOND
    if cue.item.valid_until is not None and end > cue.item.valid_until:
        return None  # it is passed over when its turn comes
    return end - HAND_OVER_AHEAD


def look(turn: Turn, cut_comes_at: Callable[[Turn], datetime | None]) -> None:
    """Hand the next cue over where it is time, unless the broadcast gives way before it would begin."""
    due = due_at(turn.state)
    if due is None or turn.now < due:
        return
    begins = due + HAND_OVER_AHEAD
    cut_at = None if turn.now >= begins else cut_comes_at(turn)
    if turn.now >= begins or (cut_at is not None and cut_at <= begins):
        return  # it follows once the end of the current one is told
    run, cue = turn.run, following(turn.run)
    assert cue is not None  # noqa: S101 - `due_at` asked for it
    mark_intent(turn, cue)
    turn.change_run(next_at=begins)
    turn.give(Play(cue, begins, run.volume_percent))


def mark_intent(turn: Turn, cue: Cue) -> None:
    """From here on the cue never plays again, whatever comes."""
    run = turn.run
    turn.give(JournalIntent(silent_airing(run.planned, cue, Outcome.MISSED, "power_lost", on_disk=True)))
    final, begun = turn.state.final, turn.state.begun
    turn.change(final=final.with_(cue.item.key), begun=begun.with_(run.planned.broadcast.key))


def prepare_next(turn: Turn) -> None:
    """Let the output open what follows while this one goes on."""
    cue = following(turn.run) if turn.run.next_at is None else None
    if cue is not None and cue.item.kind in ON_DISK:
        turn.give(Prepare(cue, None, turn.run.volume_percent))


def is_whole(run: Run, played_ms: int) -> bool:
    """Whether what was cut by the sound after it had been heard to its nominal end all the same."""
    whole = timedelta(milliseconds=run.cue.length_ms)
    return run.next_at is not None and timedelta(milliseconds=played_ms) >= whole - SEAM


def is_next(state: PlayoutState, key: str) -> bool:
    """Whether the output speaks of the cue that was handed over."""
    run = state.run
    if run is None or run.next_at is None or state.phase not in SOUNDING:
        return False
    cue = following(run)
    return cue is not None and cue.item.key == key


def is_heard(run: Run, now: datetime) -> bool:
    """Whether the cue handed over has begun to sound."""
    return run.next_started_at is not None and run.next_started_at <= now


def next_started(turn: Turn, at: datetime) -> None:
    """The first sample of the cue handed over is out: the end of the current one must come now."""
    run = turn.run
    turn.change_run(next_started_at=at)
    if turn.state.phase is Phase.ITEM and run.deadline is not None:
        turn.change_run(deadline=min(run.deadline, max(at, turn.now) + OVERDUE))


def account_whole(turn: Turn) -> None:
    """The next sound is heard, so the current cue has been, up to its nominal end, and so have the silences
    between them. The last of those becomes the current cue."""
    between = len(silences(turn.run))
    for _ in range(between):
        end = _account_to_its_end(turn)
        turn.change_run(
            position=turn.run.position + 1, cue_at=end, started_at=end, stalled_at=None, silent_ms=0
        )
    _account_to_its_end(turn)


def _account_to_its_end(turn: Turn) -> datetime:
    run = turn.run
    end = nominal_end(run)
    assert end is not None  # noqa: S101 - nothing is handed over before it is known
    turn.account(heard_airing(run, end, run.cue.length_ms, Outcome.AIRED, None))
    return end


def promote(turn: Turn) -> None:
    """The cue handed over becomes the current one; the former one was accounted."""
    run = turn.run
    turn.change_run(
        position=run.position + 1,
        playing=True,
        cue_at=run.next_at,
        started_at=run.next_started_at,
        stalled_at=None,
        silent_ms=0,
        marked_at=None,
        next_at=None,
        next_started_at=None,
    )


def give_up(turn: Turn, outcome: Outcome, reason: str) -> None:
    """The cue handed over is not heard: account it, and leave it out."""
    run, position = turn.run, _position_of_following(turn.run)
    turn.account(silent_airing(run.planned, run.cues[position], outcome, reason, on_disk=True))
    cues = (*run.cues[:position], *run.cues[position + 1 :])
    turn.change_run(cues=cues, next_at=None, next_started_at=None)


def take_back_withdrawn(turn: Turn) -> None:
    """The province withdrew the recording that was handed over: it is not heard, the current one goes on."""
    cue = following(turn.run)
    if turn.run.next_at is not None and cue is not None and cue.item.sha256 in turn.state.withdrawn:
        turn.give(TakeBack(cue.item.key))
        give_up(turn, Outcome.SKIPPED, "withdrawn")
