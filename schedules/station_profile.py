"""What the province knows of a station when it plans for it."""

from __future__ import annotations

from dataclasses import dataclass

from schedules.wire.plan import StationLimits, Zone


@dataclass(frozen=True, slots=True)
class StationProfile:
    """One village station.

    `place_path` holds place codes, the village's own first, then its kumban, district and province.
    `languages` are the village's, in its own order. `time_zone` is an IANA name.
    """

    station: str
    village: str
    place_path: tuple[str, ...]
    languages: tuple[str, ...]
    time_zone: str
    zones: tuple[Zone, ...]
    limits: StationLimits
