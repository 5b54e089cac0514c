"""Stations for the places of these tests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster.fleet import service as fleet
from broadcaster.places import service as places
from schedules.wire.plan import StationLimits


def make_station(
    session: Session,
    village: str,
    now: datetime,
    *,
    enrolled: bool = True,
    limits: StationLimits | None = None,
) -> None:
    """A station in this village; with `enrolled` its PC has come forward."""
    found = places.place(session, village)
    limits = limits or StationLimits()
    station, _code = fleet.create_station(session, found, fleet.DEFAULT_ZONES, now, limits=limits)
    if enrolled:
        station.state = fleet.StationState.ACTIVE
    session.flush()
