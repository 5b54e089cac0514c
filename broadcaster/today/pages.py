"""The first page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from apiflask import APIBlueprint
from flask import render_template
from flask_babel import get_locale

from broadcaster import clock
from broadcaster.accounts.service import Role, current_person, in_view, reach
from broadcaster.airings.service import AiringFilter, airings, day_bounds
from broadcaster.database import db
from broadcaster.fleet.service import Contact, Station, contact, stations
from broadcaster.newsroom.service import announcements
from broadcaster.places.boundaries import ATTRIBUTION
from broadcaster.places.drawing import ProvinceMap, province_map
from broadcaster.places.service import Place, PlaceKind, paths, tree, villages
from broadcaster.programming.service import slots_for_plan
from broadcaster.today.heard import heard_lately
from broadcaster.today.lines import district_rows
from broadcaster.today.needs import needs
from broadcaster.today.on_air import next_up, on_air_now
from broadcaster.today.wording import to_do
from broadcaster.web.day_line import DayLineRow
from broadcaster.web.wording import zone

blueprint = APIBlueprint("today", __name__, template_folder="templates", enable_openapi=False)

CONTACT_TONES = {Contact.ONLINE: "done", Contact.QUIET: "wait", Contact.SILENT: "fail", Contact.WAITING: ""}


@dataclass(frozen=True)
class FirstSteps:
    """What a new province still lacks before something can be heard."""

    villages: bool
    stations: bool
    announcements: bool
    slots: bool

    @property
    def done(self) -> bool:
        """Whether everything is there."""
        return self.villages and self.stations and self.announcements and self.slots


@blueprint.get("/")
def show() -> str:
    """The province now."""
    now = clock.now()
    person = current_person()
    shown = in_view(person)
    fleet = list(stations(db.session, reach=shown))
    among = None if shown.everywhere else frozenset(station.id for station in fleet)
    waiting = needs(db.session, now, approves=reach(person, Role.APPROVER), shown=shown)
    return render_template(
        "today/today.html",
        now=now,
        steps=_first_steps(fleet),
        stations=fleet,
        online=sum(contact(station, now) is Contact.ONLINE for station in fleet),
        on_air=on_air_now(db.session, now, among),
        coming=next_up(db.session, now, among),
        to_do=[to_do(need) for need in waiting],
        rows=_rows(fleet, now, among),
        heard=heard_lately(db.session, now, among),
        map=_map(fleet, now),
        attribution=ATTRIBUTION,
        language=_language(),
        illustrative=any(station.village.illustrative for station in fleet),
    )


def _first_steps(fleet: list[Station]) -> FirstSteps:
    return FirstSteps(
        villages=bool(villages(db.session)),
        stations=bool(fleet),
        announcements=bool(announcements(db.session, most=1)),
        slots=bool(slots_for_plan(db.session)),
    )


def _rows(fleet: list[Station], now: datetime, among: frozenset[str] | None) -> tuple[DayLineRow, ...]:
    start, end = day_bounds(now.astimezone(zone()).date(), zone())
    above = paths(db.session)
    names = _district_names()
    districts = {
        station.id: names[code]
        for station in fleet
        for code in above.get(station.village_code, ())
        if code in names
    }
    lines = airings(db.session, AiringFilter(start, end, among=among), now)
    return district_rows(lines, districts, names.values())


def _district_names() -> dict[str, str]:
    branches = [branch for root in tree(db.session) for branch in root.below]
    return {
        branch.place.code: branch.place.name_in(_language())
        for branch in branches
        if branch.place.kind == PlaceKind.DISTRICT
    }


def _map(fleet: list[Station], now: datetime) -> ProvinceMap:
    tones = {station.village_code: (CONTACT_TONES[contact(station, now)], "") for station in fleet}
    places: list[Place] = [station.village for station in fleet]
    return province_map(places, tones)


def _language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "en"
