"""Stations in the search over everything: by their id, and by the village they stand in."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from broadcaster.fleet.stations import stations
from broadcaster.newsroom.service import Hit, Hits, Seeker, marked

SHOWN = 8


def search_stations(session: Session, seeker: Seeker) -> Hits:
    """The stations in use that fit."""
    hits = [
        Hit(
            marked(one.village.name, seeker.question),
            url_for("fleet.show_station", station_id=one.id),
            one.id,
        )
        for one in stations(session, reach=seeker.reach)
        if seeker.question.fits(one.id, one.village.name, one.village.name_lo or "")
    ]
    return Hits(_("Stations"), hits[:SHOWN])
