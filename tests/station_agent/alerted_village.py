"""A village that is told alerts, and what it played of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from schedules.airing_origin import Origin, origin_of
from schedules.wire.plan import (
    PlannedBroadcast,
    Zone,
)
from schedules.wire.report import Airing
from tests.station_agent.documents import NOON, plan_of
from tests.station_agent.village_simulator import Village

LATER = NOON + timedelta(hours=6)


NIGHT = NOON + timedelta(hours=10)


TWO_ZONES = (Zone(key="horns", name="Horns", channel=1), Zone(key="market", name="Market", channel=2))


def a_village(*broadcasts: PlannedBroadcast, **more: Any) -> Village:
    village = Village()
    village.swap(plan_of(*broadcasts, **more))
    return village


def plays(village: Village) -> dict[str, list[Airing]]:
    """The airings of what no plan held, by broadcast."""
    found: dict[str, list[Airing]] = {}
    for airing in village.outcomes.values():
        if origin_of(airing.broadcast) is not Origin.PLAN:
            found.setdefault(airing.broadcast, []).append(airing)
    return found


def first_heard(village: Village) -> datetime:
    return min(at for key, at in village.played.items() if origin_of(key) is not Origin.PLAN)
