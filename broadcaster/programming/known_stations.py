"""Where a station is: a higher room tells this one, which must not promise what nobody can hear."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Flask, current_app
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from schedules.station_profile import StationProfile


@dataclass(frozen=True)
class KnownStation:
    """A station in use, as plans are made for it; `enrolled` once its PC has come forward."""

    profile: StationProfile
    enrolled: bool

    @property
    def village_code(self) -> str:
        """The village it stands in."""
        return self.profile.place_path[0]


Finder = Callable[[Session, Settings], Iterable[KnownStation]]


def tell_stations(app: Flask, finder: Finder) -> None:
    """From now on ask this for the stations in use."""
    app.extensions["known_stations"] = finder


def stations_by_village(session: Session, settings: Settings) -> dict[str, list[KnownStation]]:
    """The stations in use by their village's code."""
    finder: Finder | None = current_app.extensions.get("known_stations")
    found: dict[str, list[KnownStation]] = defaultdict(list)
    for one in finder(session, settings) if finder else ():
        found[one.village_code].append(one)
    return dict(found)
