"""Which villages have a station: told to the rooms below, which plan for villages."""

from __future__ import annotations

from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.fleet.models import StationState
from broadcaster.fleet.stations import profile, stations
from broadcaster.places.service import paths
from broadcaster.programming.service import KnownStation


def known_stations(session: Session, settings: Settings) -> tuple[KnownStation, ...]:
    """Every station in use, with whether its PC is enrolled."""
    ways_up = paths(session)
    return tuple(
        KnownStation(profile(session, one, settings, ways_up), one.state is StationState.ACTIVE)
        for one in stations(session)
    )
