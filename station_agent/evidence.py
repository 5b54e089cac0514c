"""How sure we are that an item was heard, and the airing that says so. Never more than what was seen.

Grades: played (the output said so) → relay_commanded (every relay of its zones was commanded closed before
the first sample) → relay_confirmed (each was also read back closed before the first sample, and none opened
before the last). A broadcast whose zones need no relay can reach `played` only.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from schedules.wire.plan import ItemKind
from schedules.wire.report import Airing, EvidenceGrade, Outcome, RelayChange
from station_agent.playout_state import Run
from station_agent.playout_values import Cue, Planned

DRAFT_NUMBER = 1
"""Airings are numbered by the journal, at the moment they are final."""

MAX_RELAY_CHANGES = 64


def grade(
    channels: Collection[int], log: tuple[RelayChange, ...], started_at: datetime, ended_at: datetime
) -> EvidenceGrade:
    """The weakest grade among the zones' relays between the first and the last sample."""
    if not channels:
        return EvidenceGrade.PLAYED
    grades = (_channel_grade(channel, log, started_at, ended_at) for channel in channels)
    return min(grades, key=lambda one: one.rank)


def _channel_grade(
    channel: int, log: tuple[RelayChange, ...], started_at: datetime, ended_at: datetime
) -> EvidenceGrade:
    on = confirmed = False
    for change in log:
        if change.channel != channel:
            continue
        if change.at <= started_at:
            confirmed = change.on and (change.confirmed or (on and confirmed))
            on = change.on
        elif change.at < ended_at and not change.on:
            return EvidenceGrade.PLAYED
    if not on:
        return EvidenceGrade.PLAYED
    return EvidenceGrade.RELAY_CONFIRMED if confirmed else EvidenceGrade.RELAY_COMMANDED


def heard_airing(run: Run, ended_at: datetime, aired_ms: int, outcome: Outcome, reason: str | None) -> Airing:
    """The airing of the run's current cue, of which something was heard. `aired` needs no reason."""
    cue = run.cue
    started_at = run.started_at
    assert started_at is not None  # noqa: S101 - callers ask only after the first sample
    evidence = grade(run.channels, run.relay_log, started_at, ended_at)
    if outcome is Outcome.AIRED:
        outcome, reason = _how_it_started(run, evidence)
    return _airing(
        run.planned,
        cue,
        zones=run.planned.broadcast.zones,
        started_at=started_at,
        ended_at=max(started_at, ended_at),
        aired_ms=max(0, aired_ms),
        outcome=outcome,
        reason=reason,
        evidence=evidence,
        relay=run.relay_log[-MAX_RELAY_CHANGES:],
    )


def _how_it_started(run: Run, evidence: EvidenceGrade) -> tuple[Outcome, str | None]:
    if run.cue.start_ms:
        return Outcome.JOINED, run.why_late
    if run.late:
        return Outcome.LATE, run.why_late
    unsure = run.relay_failed is not None and evidence is EvidenceGrade.PLAYED
    return Outcome.AIRED, "relay_failed" if unsure else None


def silent_airing(planned: Planned, cue: Cue, outcome: Outcome, reason: str, *, on_disk: bool) -> Airing:
    """The airing of a cue of which nothing was heard: skipped or missed, and why."""
    has_audio = cue.item.kind in (ItemKind.JINGLE, ItemKind.ANNOUNCEMENT)
    return _airing(
        planned,
        cue,
        zones=planned.broadcast.zones,
        started_at=None,
        ended_at=None,
        aired_ms=0,
        outcome=outcome,
        reason=reason,
        evidence=EvidenceGrade.DELIVERED if on_disk and has_audio else EvidenceGrade.ORDERED,
        relay=(),
    )


def _airing(
    planned: Planned,
    cue: Cue,
    *,
    zones: tuple[str, ...],
    started_at: datetime | None,
    ended_at: datetime | None,
    aired_ms: int,
    outcome: Outcome,
    reason: str | None,
    evidence: EvidenceGrade,
    relay: tuple[RelayChange, ...],
) -> Airing:
    return Airing(
        number=DRAFT_NUMBER,
        item=cue.item.key,
        broadcast=planned.broadcast.key,
        plan_serial=planned.serial,
        kind=cue.item.kind,
        message_class=planned.broadcast.message_class,
        title=cue.item.title,
        language=cue.item.language,
        sha256=cue.item.sha256,
        zones=zones,
        planned_start=cue.planned_start,
        planned_ms=cue.item.duration_ms,
        started_at=started_at,
        ended_at=ended_at,
        aired_ms=min(aired_ms, 24 * 3600 * 1000),
        outcome=outcome,
        reason=reason,
        evidence=evidence,
        relay=relay,
    )


def length_ms(start: datetime, end: datetime) -> int:
    """Whole milliseconds from start to end, never negative."""
    return max(0, int((end - start) / timedelta(milliseconds=1)))
