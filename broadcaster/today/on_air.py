"""What should be on the air now, by the plans. Stations report afterwards, and the page says so."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from broadcaster.fleet.service import PlannedItem, planned

LONGEST_ITEM = timedelta(hours=3)
LOOK_AHEAD = timedelta(days=2)


@dataclass(frozen=True)
class OnAir:
    """One title that is on the air by plan: since when, until when at the last station, at how many."""

    title: str
    stations: int
    started_at: datetime
    ends_at: datetime


def on_air_now(session: Session, now: datetime, among: Collection[str] | None = None) -> tuple[OnAir, ...]:
    """Titles whose planned time holds this instant, those at most stations first; of the stations `among`."""
    return current(planned(session, now - LONGEST_ITEM, now + timedelta(milliseconds=1), among), now)


def next_up(session: Session, now: datetime, among: Collection[str] | None = None) -> PlannedItem | None:
    """The announcement planned next at any station of those `among`, within two days."""
    coming = planned(session, now, now + LOOK_AHEAD, among)
    return next((item for item in coming if item.kind == "announcement"), None)


def current(items: Iterable[PlannedItem], now: datetime) -> tuple[OnAir, ...]:
    """Of these items, the announcements and live streams whose time holds `now`, joined by title."""
    found: dict[str, list[PlannedItem]] = {}
    for item in items:
        if item.kind in ("announcement", "live") and item.planned_start <= now < ends_at(item):
            found.setdefault(item.title, []).append(item)
    lines = [
        OnAir(
            title,
            len({item.station_id for item in group}),
            min(item.planned_start for item in group),
            max(ends_at(item) for item in group),
        )
        for title, group in found.items()
    ]
    return tuple(sorted(lines, key=lambda line: (-line.stations, line.title)))


def ends_at(item: PlannedItem) -> datetime:
    """The planned end of an item."""
    return item.planned_start + timedelta(milliseconds=item.planned_ms)
