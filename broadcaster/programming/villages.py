"""The villages a slot is for, as the scheduling rules see them: by their stations where they have one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.places import service as places
from broadcaster.places.models import Place
from broadcaster.programming.known_stations import stations_by_village
from schedules.slot import Slot
from schedules.station_profile import StationProfile
from schedules.wire.plan import QuietHours, StationLimits, Zone

ANY_ZONE = "all"


def standard_limits(settings: Settings) -> StationLimits:
    """What a station may do unless its own page says otherwise: the province's quiet hours."""
    return StationLimits(
        quiet_hours=QuietHours(
            start_minute=_minute(settings.province.quiet_from),
            end_minute=_minute(settings.province.quiet_until),
        )
    )


def village_profiles(
    session: Session, codes: Iterable[str], slots: Iterable[Slot], settings: Settings
) -> tuple[StationProfile, ...]:
    """Profiles of the villages below these places: a station's own, one or more, where there is a station.

    A village without one is looked at under the standard limits, with every zone the slots name.
    """
    limits = standard_limits(settings)
    keys = {ANY_ZONE}.union(*(slot.zones or () for slot in slots))
    ways_up = places.paths(session)
    zones = tuple(Zone(key=key, name=key) for key in sorted(keys))
    stations = stations_by_village(session, settings)

    def imagined(village: Place) -> StationProfile:
        return StationProfile(
            station=village.code,
            village=village.name,
            place_path=ways_up[village.code],
            languages=tuple(village.languages) or ("lo",),
            time_zone=settings.province.time_zone,
            zones=zones,
            limits=limits,
        )

    found: list[StationProfile] = []
    for village in places.villages(session, codes):
        found += [one.profile for one in stations.get(village.code, ())] or [imagined(village)]
    return tuple(found)


def _minute(wall: str) -> int:
    hours, minutes = wall.split(":")
    return int(hours) * 60 + int(minutes)
