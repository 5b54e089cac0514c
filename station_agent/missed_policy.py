"""What becomes of a broadcast whose time has come: on time, late, joined, made up, or lost, and why.

Rules
1. Within `GRACE` of its instant a broadcast starts under any policy; later than `ON_TIME` it counts as late.
2. After that its policy decides: skip, late until an instant, join where it would be now, or make-up: after
   the station's next broadcast.
3. Of a broadcast that had begun and was interrupted, items whose own instants still lie ahead air at those.
4. Quiet hours hold back what would start inside them; what began before them is heard to its end.
5. Nothing withdrawn, expired or missing from the disk airs, and every item left out has its reason.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from schedules.airing_origin import Origin, origin_of
from schedules.wire.plan import ItemKind, MissedRule, PlannedBroadcast, QuietRule
from schedules.wire.report import Outcome
from station_agent.planned import Cue

ON_TIME = timedelta(milliseconds=1000)
GRACE = timedelta(seconds=15)
MAKE_UP_WITHIN = timedelta(days=7)
JOIN_LEAST = timedelta(seconds=1)
"""Less than this left of an item is not worth joining: the next one starts on its instant."""


@dataclass(frozen=True, slots=True)
class Lost:
    """A cue that will not be heard: the outcome and the reason its airing gets."""

    cue: Cue
    outcome: Outcome
    reason: str


class Verdict(NamedTuple):
    """`start`: the first sample's instant of `cues`, or None when nothing starts now.

    Cues in neither `cues` nor `lost` wait for a later decision.
    """

    start: datetime | None = None
    cues: tuple[Cue, ...] = ()
    lost: tuple[Lost, ...] = ()
    reason: str = ""


class Circumstances(NamedTuple):
    """What the decision depends on. `possible`: the earliest instant at which a first sample could be heard.

    `why`: the reason why it did not start before. `follows`: a broadcast of this station has just ended.
    """

    possible: datetime
    why: str
    begun: bool
    follows: bool
    is_quiet: Callable[[datetime], bool]
    withdrawn: frozenset[str]
    unusable: frozenset[str]


def decide(broadcast: PlannedBroadcast, open_cues: tuple[Cue, ...], case: Circumstances) -> Verdict:
    """What to do with the cues that have no outcome yet."""
    held = broadcast.quiet is QuietRule.HOLD
    if held and not case.begun and case.is_quiet(broadcast.planned_start):
        return all_lost(open_cues, Outcome.SKIPPED, "quiet_hours")
    playable, lost = _sort_out(open_cues, case)
    is_silent = all(cue.item.kind is ItemKind.PAUSE for cue in playable)
    if not playable or (is_silent and origin_of(broadcast.key) is not Origin.MICROPHONE):
        rest = tuple(Lost(cue, Outcome.SKIPPED, "nothing_to_air") for cue in playable)
        return Verdict(lost=lost + rest)
    verdict = _by_policy(broadcast, playable, case)
    if verdict.start is not None and held and case.is_quiet(verdict.start):
        waiting = tuple(Lost(cue, Outcome.SKIPPED, "quiet_hours") for cue in verdict.cues)
        return Verdict(lost=lost + verdict.lost + waiting)
    if verdict.start is None and not verdict.lost:
        return Verdict()  # it waits as a whole, and is judged as a whole later
    return verdict._replace(lost=lost + verdict.lost) if lost else verdict


def _by_policy(broadcast: PlannedBroadcast, cues: tuple[Cue, ...], case: Circumstances) -> Verdict:
    anchor = cues[0].planned_start if case.begun else broadcast.planned_start
    earliest = max(anchor, case.possible)
    missed = broadcast.missed
    if earliest - anchor <= GRACE:
        return Verdict(earliest, cues, reason=case.why)
    if missed.rule is MissedRule.LATE and missed.until is not None and earliest <= missed.until:
        return Verdict(earliest, cues, reason=case.why)
    if missed.rule is MissedRule.JOIN:
        return _join(cues, case)
    if missed.rule is MissedRule.MAKE_UP and earliest - anchor <= MAKE_UP_WITHIN:
        return Verdict(earliest, cues, reason=case.why) if case.follows else Verdict()
    if case.begun:
        return _resume(cues, case)
    return all_lost(cues, Outcome.MISSED, case.why)


def _join(cues: tuple[Cue, ...], case: Circumstances) -> Verdict:
    for index, cue in enumerate(cues):
        if cue.item.instead_of is not None:
            continue  # it never comes first
        into = case.possible - cue.planned_start
        length = timedelta(milliseconds=cue.item.duration_ms)
        can_enter = cue.item.kind is not ItemKind.LIVE
        if into <= timedelta(0) or (into <= length - JOIN_LEAST):
            start_ms = max(0, int(into / timedelta(milliseconds=1))) if can_enter else 0
            first = replace(cue, start_ms=start_ms)
            gone = tuple(Lost(before, Outcome.MISSED, case.why) for before in cues[:index])
            start = max(cue.planned_start, case.possible)
            return Verdict(start, (first, *cues[index + 1 :]), gone, case.why)
    return all_lost(cues, Outcome.MISSED, case.why)


def _resume(cues: tuple[Cue, ...], case: Circumstances) -> Verdict:
    for index, cue in enumerate(cues):
        if cue.item.instead_of is None and case.possible - cue.planned_start <= ON_TIME:
            gone = tuple(Lost(before, Outcome.MISSED, case.why) for before in cues[:index])
            return Verdict(max(cue.planned_start, case.possible), cues[index:], gone, case.why)
    return all_lost(cues, Outcome.MISSED, case.why)


def _sort_out(cues: tuple[Cue, ...], case: Circumstances) -> tuple[tuple[Cue, ...], tuple[Lost, ...]]:
    playable: list[Cue] = []
    lost: list[Lost] = []
    open_keys = {cue.item.key for cue in cues}
    for cue in cues:
        starts = max(cue.planned_start, case.possible)
        if cue.item.sha256 in case.withdrawn:
            lost.append(Lost(cue, Outcome.SKIPPED, "withdrawn"))
        elif cue.item.instead_of is not None and cue.item.instead_of not in open_keys:
            lost.append(Lost(cue, Outcome.SKIPPED, "not_needed"))  # its stream's time is over
        elif cue.item.valid_until is not None and starts > cue.item.valid_until:
            lost.append(Lost(cue, Outcome.SKIPPED, "expired"))
        elif cue.item.sha256 in case.unusable:
            lost.append(Lost(cue, Outcome.MISSED, "audio_missing"))
        else:
            playable.append(cue)
    return tuple(playable), tuple(lost)


def all_lost(cues: tuple[Cue, ...], outcome: Outcome, reason: str) -> Verdict:
    """Nothing of it is heard, for one reason."""
    return Verdict(lost=tuple(Lost(cue, outcome, reason) for cue in cues))
