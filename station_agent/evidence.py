"""How sure we are that an item was heard, and the airing that says so. Never more than what was seen.

Grades: played (the output said so) → relay_commanded (every relay of its zones was commanded closed a warm-up
before the first sample) → relay_confirmed (each was also read back closed before the first sample, and none
opened before the last). A broadcast whose zones need no relay can reach `played` only. Where a relay was seen
to close and to open, only the time in which it was closed counts as aired.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from schedules.wire.plan import ItemKind
from schedules.wire.report import Airing, EvidenceGrade, Outcome, RelayChange
from station_agent.planned import Cue, Planned
from station_agent.playout_state import Run

DRAFT_NUMBER = 1
"""Airings are numbered by the journal, at the moment they are final."""

MAX_RELAY_CHANGES = 64
MILLISECOND = timedelta(milliseconds=1)
NO_TIME = timedelta(0)
WARM_TOLERANCE = timedelta(milliseconds=50)
"""A warm-up this much shorter than planned still counts: outputs are not exact to the millisecond."""


def grade(
    channels: Collection[int],
    log: tuple[RelayChange, ...],
    started_at: datetime,
    ended_at: datetime,
    warm_up_ms: int = 0,
) -> EvidenceGrade:
    """The weakest grade among the zones' relays between the first and the last sample."""
    warm_by = started_at - max(NO_TIME, warm_up_ms * MILLISECOND - WARM_TOLERANCE)
    if not channels:
        return EvidenceGrade.PLAYED
    grades = (_channel_grade(channel, log, started_at, ended_at, warm_by) for channel in channels)
    return min(grades, key=lambda one: one.rank)


def _channel_grade(
    channel: int,
    log: tuple[RelayChange, ...],
    started_at: datetime,
    ended_at: datetime,
    warm_by: datetime,
) -> EvidenceGrade:
    on = confirmed = False
    closed_at = started_at
    for change in log:
        if change.channel != channel:
            continue
        if change.at <= started_at:
            confirmed = change.on and (change.confirmed or (on and confirmed))
            closed_at = closed_at if on else change.at
            on = change.on
        elif change.at < ended_at and not change.on:
            return EvidenceGrade.PLAYED
    if not on or closed_at > warm_by:
        return EvidenceGrade.PLAYED
    return EvidenceGrade.RELAY_CONFIRMED if confirmed else EvidenceGrade.RELAY_COMMANDED


def closed_ms(
    channel: int, log: tuple[RelayChange, ...], started_at: datetime, ended_at: datetime
) -> int | None:
    """For how long a relay was closed between two instants; None where it was never seen to close."""
    mine = [change for change in log if change.channel == channel]
    if not any(change.on for change in mine):
        return None
    closed, on, since = NO_TIME, False, started_at
    for change in mine:
        at = min(max(change.at, started_at), ended_at)
        closed += at - since if on and at > since else NO_TIME
        on, since = change.on, max(at, since)
    closed += ended_at - since if on and ended_at > since else NO_TIME
    return closed // MILLISECOND


def closed_since(log: tuple[RelayChange, ...], channel: int) -> datetime | None:
    """Since when a relay has been closed; None while it is open."""
    since: datetime | None = None
    for change in reversed(log):
        if change.channel == channel:
            if not change.on:
                break
            since = change.at
    return since


def opened_at(run: Run) -> datetime | None:
    """When the first of the relays open now fell, if that was after the current cue's first sample."""
    instants: list[datetime] = []
    for channel in run.channels:
        opened: datetime | None = None
        for change in run.relay_log:
            if change.channel == channel:
                opened = None if change.on else min(opened or change.at, change.at)
        if opened is not None and run.started_at is not None and opened > run.started_at:
            instants.append(opened)
    return min(instants, default=None)


def heard_airing(run: Run, ended_at: datetime, aired_ms: int, outcome: Outcome, reason: str | None) -> Airing:
    """The airing of the run's current cue, of which something was heard. `aired` needs no reason."""
    cue = run.cue
    started_at = run.started_at
    assert started_at is not None  # noqa: S101 - callers ask only after the first sample
    evidence = grade(run.channels, run.relay_log, started_at, ended_at, run.limits.warm_up_ms)
    closed = [closed_ms(channel, run.relay_log, started_at, ended_at) for channel in run.channels]
    aired_ms = min([aired_ms, *_when_it_fell(aired_ms, started_at, ended_at, closed)])
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


def _when_it_fell(
    aired_ms: int, started_at: datetime, ended_at: datetime, closed: list[int | None]
) -> list[int]:
    """What can have been heard at most, for each relay that was open for a while."""
    whole_ms = length_ms(started_at, ended_at)
    return [max(0, aired_ms - (whole_ms - one)) for one in closed if one is not None and one < whole_ms]


def _how_it_started(run: Run, evidence: EvidenceGrade) -> tuple[Outcome, str | None]:
    if run.cue.start_ms:
        return Outcome.JOINED, run.why_late
    if run.late:
        return Outcome.LATE, run.why_late
    unsure = run.relay_failed is not None and evidence is EvidenceGrade.PLAYED
    return Outcome.AIRED, run.relay_failed if unsure else None


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


def sounded_ms(run: Run, until: datetime) -> int:
    """For how long the current cue has sounded by then: not while what plays it was being replaced."""
    assert run.started_at is not None  # noqa: S101 - callers ask only after the first sample
    sounds_until = until if run.stalled_at is None else min(until, run.stalled_at)
    return max(0, length_ms(run.started_at, sounds_until) - run.silent_ms)


def length_ms(start: datetime, end: datetime) -> int:
    """Whole milliseconds from start to end, never negative."""
    return max(0, (end - start) // MILLISECOND)
