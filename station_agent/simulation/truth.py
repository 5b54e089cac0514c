"""Whether what the journal says of an item is what was heard of it.

A check may be narrower than the promise where the world could not keep it either: nothing is measured over a
clock step, a sound that was out less than a mark before death may count as unheard, and of a worker that
hangs nobody knows at once that it is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schedules.wire.plan import ItemKind, PlanItem, PlannedBroadcast
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent.simulation.relay_promises import RelayPromises
from station_agent.simulation.sound import Sound

UNMARKED_MS = 2300
"""Marks are made each second; what sounded since the last one may be lost with the power."""
MEASURE_MS = 300
"""The station learns of first and last samples, and of relays, some moments later."""


@dataclass
class Known:
    """What the world knows of one item."""

    item: PlanItem
    broadcast: PlannedBroadcast
    sounds: list[Sound] = field(default_factory=list)
    airing: Airing | None = None
    failed: bool = False  # the output did not play it as it was asked to
    asked_for_us: int = 0  # when the journal was told that it is about to be heard


def untrue(
    airing: Airing, known: Known, stepped_us: int, now_us: int, relays: RelayPromises | None
) -> str | None:
    """What is wrong with an outcome that is journalled now; None if nothing is."""
    if known.item.kind is ItemKind.PAUSE or any(one.from_us <= stepped_us for one in known.sounds):
        return None
    if airing.reason == "output_failed" and not known.failed:
        return (
            f"{airing.item} is {airing.outcome.value} (output_failed), and the output did all it was asked to"
        )
    sounded_ms = sum(one.length_us(now_us) for one in known.sounds) // 1000
    heard_ms = _heard_us(known, now_us, relays) // 1000
    if airing.started_at is None:
        unheard = heard_ms <= UNMARKED_MS
        return None if unheard else f"{airing.item} is {airing.outcome.value}, and {heard_ms} ms were heard"
    unsure_ms = MEASURE_MS + sum(one.unnoticed_us for one in known.sounds) // 1000
    if airing.aired_ms > sounded_ms + unsure_ms:
        return f"{airing.item}: {airing.aired_ms} ms aired, {sounded_ms} ms sounded"
    whole = airing.outcome in (Outcome.AIRED, Outcome.LATE)
    if whole and known.item.kind is not ItemKind.LIVE and sounded_ms < airing.planned_ms - MEASURE_MS:
        return f"{airing.item} is {airing.outcome.value}, and only {sounded_ms} ms sounded"
    sure = airing.evidence.rank >= EvidenceGrade.RELAY_COMMANDED.rank
    if sure and airing.aired_ms > heard_ms + unsure_ms:
        return f"{airing.item}: {airing.evidence.value}, {airing.aired_ms} ms, {heard_ms} ms heard"
    return None


def _heard_us(known: Known, now_us: int, relays: RelayPromises | None) -> int:
    """For how long the item sounded with every relay of its zones closed."""
    heard = 0
    for sound in known.sounds:
        to_us = now_us if sound.to_us is None else sound.to_us
        spans = [to_us - sound.from_us]
        if relays is not None:
            spans += relays.closed_between(known.broadcast.zones, sound.from_us, to_us)
        heard += min(spans)
    return heard
