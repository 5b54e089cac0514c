"""Instants as people at the station read them: in the village's time zone, which is named beside them."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schedules.wire.plan import Plan


def zone_of(plan: Plan | None) -> tzinfo:
    """The village's zone as its plan says; UTC while there is no plan."""
    return UTC if plan is None else zone_named(plan.time_zone)


@lru_cache(maxsize=8)
def zone_named(name: str | None) -> tzinfo:
    """The zone of that name; UTC for none, and where this machine does not know it."""
    try:
        return UTC if name is None else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def told(at: datetime, zone: tzinfo = UTC) -> str:
    """To the minute, with the zone's own short name: `2026-11-24 17:00 +07`."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M %Z}"
