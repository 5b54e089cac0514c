"""What was planned against what was reported: every planned item in exactly one state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.airings.models import AiringEntry, IncidentEntry
from broadcaster.errors import BadInput
from broadcaster.fleet.service import PlannedItem, planned
from schedules.airing_origin import Origin, origin_of
from schedules.local_time import airing_instant
from schedules.reconciliation import AccountedItem, ItemState, reconcile
from schedules.reconciliation import PlannedItem as PlannedValue
from schedules.wire.report import Airing, EvidenceGrade

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Days that can be asked for; beyond them instants have no local time."""

EDGE = timedelta(hours=24)
"""An item may air this much after it was planned (the longest 'late'), and stand in another day's list."""


@dataclass(frozen=True, slots=True)
class AiringFilter:
    """Which airings: from and to (without) an instant, of one station or some, in one state; None is all."""

    from_utc: datetime
    to_utc: datetime
    station: str | None = None
    state: ItemState | None = None
    among: frozenset[str] | None = None

    @property
    def station_ids(self) -> frozenset[str] | None:
        """The stations asked for; None is all."""
        one = None if self.station is None else frozenset({self.station})
        return self.among if one is None else one if self.among is None else one & self.among


@dataclass(frozen=True, slots=True)
class AccountedAiring:
    """One line of what aired: an item of a station, its state, and what the station said of it."""

    station: str
    state: ItemState
    title: str
    language: str | None
    sha256: str | None
    kind: str
    message_class: str
    broadcast: str
    item: str
    planned_start: datetime
    planned_ms: int
    plan_serial: int
    airing: Airing | None

    @property
    def evidence(self) -> EvidenceGrade | None:
        """How sure we are; None before the station has said anything."""
        return self.airing.evidence if self.airing else None

    @property
    def origin(self) -> Origin:
        """Who wanted it on the air."""
        return origin_of(self.broadcast)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """A local day as instants, its end not included; `BadInput` for a year nobody broadcasts in."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"there is nothing on {day}; choose a year from {FIRST_YEAR} to {LAST_YEAR}"
        raise BadInput(message, field="day", code="day_beyond", day=day, first=FIRST_YEAR, last=LAST_YEAR)
    start = airing_instant(datetime.combine(day, time()), zone)
    return start, airing_instant(datetime.combine(day + timedelta(days=1), time()), zone)


def airings(session: Session, filters: AiringFilter, now: datetime) -> list[AccountedAiring]:
    """Every item planned in the time asked for, and what aired unplanned then, by planned start."""
    ids = filters.station_ids
    plans: dict[str, list[PlannedItem]] = defaultdict(list)
    for item in planned(session, filters.from_utc, filters.to_utc, ids):
        plans[item.station_id].append(item)
    reported: dict[str, list[AiringEntry]] = defaultdict(list)
    for entry in _entries(session, filters):
        reported[entry.station_id].append(entry)
    lines: list[AccountedAiring] = []
    for station_id in sorted({*plans, *reported}):
        lines += account_station(station_id, plans[station_id], reported[station_id], filters, now)
    wanted = [line for line in lines if filters.state is None or line.state is filters.state]
    return sorted(wanted, key=lambda line: (line.planned_start, line.station, line.item))


def account(
    session: Session, station_id: str, day: date, zone: ZoneInfo, now: datetime
) -> list[AccountedAiring]:
    """One station's local day."""
    start, end = day_bounds(day, zone)
    return airings(session, AiringFilter(start, end, station=station_id), now)


def account_station(
    station_id: str,
    items: Iterable[PlannedItem],
    entries: Iterable[AiringEntry],
    filters: AiringFilter,
    now: datetime,
) -> list[AccountedAiring]:
    """The items of one station, each in its one state, as far as they were planned in the time asked for."""
    rows = {row.item: row for row in items}
    values = [_planned_value(row) for row in rows.values()]
    wires = [as_airing(entry) for entry in entries]
    lines: list[AccountedAiring] = []
    for one in reconcile(values, wires, now):
        row = rows.get(one.item)
        line = _planned_line(row, one) if row is not None else _unplanned_line(station_id, one)
        if line is not None and filters.from_utc <= line.planned_start < filters.to_utc:
            lines.append(line)
    return lines


def as_airing(entry: AiringEntry) -> Airing:
    """The row as the station wrote it."""
    values = {name: getattr(entry, name) for name in Airing.model_fields if name != "entry"}
    return Airing.model_validate(values)


def incidents(
    session: Session,
    *,
    station: str | None = None,
    since: datetime | None = None,
    most: int = 200,
    among: Collection[str] | None = None,
) -> Sequence[IncidentEntry]:
    """What needs attention, newest first; of one station, or of those `among`."""
    query = select(IncidentEntry).order_by(IncidentEntry.at.desc(), IncidentEntry.id.desc()).limit(most)
    if station is not None:
        query = query.where(IncidentEntry.station_id == station)
    if among is not None:
        query = query.where(IncidentEntry.station_id.in_(among))
    if since is not None:
        query = query.where(IncidentEntry.received_at >= since)
    return session.scalars(query).all()


def sounded(
    session: Session, hashes: Iterable[str], from_utc: datetime | None = None, to_utc: datetime | None = None
) -> list[AiringEntry]:
    """Reported airings of this audio that were on the air at least in part, planned in the time asked for.

    Those of plans: an alert, a test or what the operator played tells nothing of who was to hear it.
    """
    query = select(AiringEntry).where(
        AiringEntry.sha256.in_(tuple(hashes)),
        AiringEntry.outcome.in_(("aired", "late", "joined", "cut")),
        AiringEntry.of_a_plan(),
    )
    if from_utc is not None:
        query = query.where(AiringEntry.planned_start >= from_utc)
    if to_utc is not None:
        query = query.where(AiringEntry.planned_start < to_utc)
    return list(session.scalars(query.order_by(AiringEntry.id)))


def _entries(session: Session, filters: AiringFilter) -> Sequence[AiringEntry]:
    query = select(AiringEntry).where(
        AiringEntry.planned_start >= filters.from_utc - EDGE,
        AiringEntry.planned_start < filters.to_utc + EDGE,
    )
    if filters.station_ids is not None:
        query = query.where(AiringEntry.station_id.in_(filters.station_ids))
    return session.scalars(query.order_by(AiringEntry.id)).all()


def _planned_value(row: PlannedItem) -> PlannedValue:
    return PlannedValue(
        row.item, row.broadcast, row.title, row.language, row.sha256, row.planned_start, row.planned_ms
    )


def _planned_line(row: PlannedItem, one: AccountedItem) -> AccountedAiring:
    return AccountedAiring(
        station=row.station_id,
        state=one.state,
        title=row.title,
        language=row.language,
        sha256=row.sha256,
        kind=row.kind,
        message_class=row.message_class,
        broadcast=row.broadcast,
        item=row.item,
        planned_start=row.planned_start,
        planned_ms=row.planned_ms,
        plan_serial=row.plan_serial,
        airing=one.airing,
    )


def _unplanned_line(station_id: str, one: AccountedItem) -> AccountedAiring | None:
    airing = one.airing
    if airing is None:
        return None
    return AccountedAiring(
        station=station_id,
        state=ItemState(airing.outcome.value),
        title=airing.title,
        language=airing.language,
        sha256=airing.sha256,
        kind=airing.kind.value,
        message_class=airing.message_class.value,
        broadcast=airing.broadcast,
        item=airing.item,
        planned_start=airing.planned_start,
        planned_ms=airing.planned_ms,
        plan_serial=airing.plan_serial,
        airing=airing,
    )
