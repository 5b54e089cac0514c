"""Pages: what aired, incidents, and a station's day on the station's own page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import lazy_gettext
from markupsafe import Markup

from broadcaster import clock
from broadcaster.accounts.service import current_person, in_view
from broadcaster.airings import service, wording
from broadcaster.airings.announcement_heard import who_heard_it
from broadcaster.airings.spreadsheet import csv_answer
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.fleet.service import Station, add_panel
from broadcaster.fleet.service import stations as all_stations
from broadcaster.newsroom.service import add_announcement_panel
from broadcaster.web.day_line import DayLineBar, DayLineRow
from broadcaster.web.mishaps import add_sentences
from broadcaster.web.wording import local_time, zone
from schedules.message_class import MessageClass
from schedules.reconciliation import ItemState
from schedules.wire.base import format_instant

MOST_LINES = 1000
NEXT_SHOWN = 3
"""Of what is still to come today, so many stand open on a station's page."""

MISHAPS = {
    "day_beyond": lazy_gettext("There is nothing on %(day)s. Choose a year from %(first)s to %(last)s."),
}

blueprint = APIBlueprint("airings", __name__, template_folder="templates", enable_openapi=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as the address bar has it."""

    day: date
    station: str | None
    state: ItemState | None

    @property
    def query(self) -> dict[str, str]:
        """For links that keep the filter."""
        values = {"day": self.day.isoformat(), "station": self.station, "state": self.state}
        return {name: str(value) for name, value in values.items() if value}


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """A station's page shows its day; errors are told in this room's words."""
    add_sentences(MISHAPS)
    add_announcement_panel(state.app, who_heard_it)  # type: ignore[arg-type]  # as below
    add_panel(state.app, station_day)  # type: ignore[arg-type]  # the sansio App is a Flask here


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the templates of this room call."""
    return {
        "item_state_words": wording.state_words,
        "evidence_words": wording.evidence_words,
        "evidence_grades": list(wording.EVIDENCE),
        "origin_words": wording.origin_words,
        "title_words": wording.title_words,
        "reason_words": wording.reason_words,
        "incident_words": wording.incident_words,
        "incident_tone": wording.incident_tone,
    }


@blueprint.get("/aired")
def what_aired() -> str:
    """A day of the province: every planned item, and what became of it."""
    asked = _asked()
    lines = _lines(asked)
    counts = Counter(line.state for line in lines)
    shown = lines[:MOST_LINES] if asked.day > clock.now().astimezone(zone()).date() else lines[-MOST_LINES:]
    known = _stations()
    return render_template(
        "airings/aired.html",
        asked=asked,
        lines=[line for line in reversed(shown) if line.state is not ItemState.UPCOMING],
        upcoming=[line for line in shown if line.state is ItemState.UPCOMING],
        left_out=max(0, len(lines) - MOST_LINES),
        counts=[(state, counts[state]) for state in ItemState if counts[state]],
        states=[state for state in ItemState if state is not ItemState.UNPLANNED],
        stations=known,
        today=clock.now().astimezone(zone()).date(),
        one_day=timedelta(days=1),
        incidents=service.incidents(
            db.session,
            station=asked.station,
            since=clock.now() - timedelta(days=7),
            most=5,
            among=frozenset(known),
        ),
    )


@blueprint.get("/aired.csv")
def aired_csv() -> Response:
    """The same day for a spreadsheet, times in UTC and in the province's time."""
    asked = _asked()
    columns = (
        "station",
        "planned_start_utc",
        "planned_local",
        "title",
        "language",
        "state",
        "reason",
        "started_at_utc",
        "aired_ms",
        "planned_ms",
        "evidence",
        "sha256",
        "item",
        "origin",
    )
    return csv_answer(f"aired-{asked.day}", columns, [_csv_row(line) for line in _lines(asked)])


@blueprint.get("/incidents")
def incidents() -> str:
    """What stations noticed, newest first."""
    station = request.args.get("station") or None
    known = _stations()
    return render_template(
        "airings/incidents.html",
        incidents=service.incidents(db.session, station=station, among=frozenset(known)),
        stations=known,
        station=station,
    )


def station_day(station: Station, now: datetime) -> Markup:
    """Today at one station: the day line, and each item planned against actual."""
    today = now.astimezone(zone()).date()
    settings: Settings = current_app.config["SETTINGS"]
    lines = service.account(db.session, station.id, today, settings.zone, now)
    later = [line for line in lines if line.state is ItemState.UPCOMING][NEXT_SHOWN:]
    return Markup(  # noqa: S704 - a template made it, and templates escape
        render_template(
            "airings/station_day.html",
            station=station,
            lines=lines,
            known=[line for line in lines if line not in later],
            later=later,
            row=DayLineRow(label="", bars=bars(lines)),
            now=now,
            incidents=service.incidents(
                db.session, station=station.id, since=now - timedelta(days=7), most=5
            ),
        )
    )


def bars(lines: Sequence[service.AccountedAiring]) -> tuple[DayLineBar, ...]:
    """Items on the day line: where they aired once that is known, else where they are planned."""
    return tuple(
        DayLineBar(
            start=start,
            end=start + timedelta(milliseconds=line.planned_ms),
            title=_bar_title(line),
            message_class=MessageClass(line.message_class),
            tone=None if line.state is ItemState.UPCOMING else wording.state_words(line.state)[1],
        )
        for line in lines
        for start in [(line.airing.started_at if line.airing else None) or line.planned_start]
    )


def _bar_title(line: service.AccountedAiring) -> str:
    """`Flood (test of an alert, aired)`."""
    said = [wording.origin_words(line.origin), wording.state_words(line.state)[0]]
    return f"{wording.title_words(line.origin, line.title)} ({', '.join(one for one in said if one)})"


def _asked() -> Asked:
    today = clock.now().astimezone(zone()).date()
    try:
        day = date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        day = today
    states = {state.value: state for state in ItemState}
    return Asked(day, request.args.get("station") or None, states.get(request.args.get("state", "")))


def _stations() -> dict[str, Station]:
    """Every station there is for whoever asks, retired ones too."""
    reach = in_view(current_person())
    return {one.id: one for one in all_stations(db.session, retired=True, reach=reach)}


def _lines(asked: Asked) -> list[service.AccountedAiring]:
    start, end = service.day_bounds(asked.day, zone())
    among = None if in_view(current_person()).everywhere else frozenset(_stations())
    filters = service.AiringFilter(start, end, station=asked.station, state=asked.state, among=among)
    return service.airings(db.session, filters, clock.now())


def _csv_row(line: service.AccountedAiring) -> tuple[object, ...]:
    said = line.airing
    return (
        line.station,
        format_instant(line.planned_start),
        local_time(line.planned_start, seconds=True),
        line.title,
        line.language,
        line.state.value,
        said.reason if said else None,
        format_instant(said.started_at) if said and said.started_at else None,
        said.aired_ms if said else None,
        line.planned_ms,
        said.evidence.value if said else None,
        line.sha256,
        line.item,
        line.origin.value,
    )
