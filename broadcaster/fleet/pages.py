"""Pages: the stations, a new one with its one-time code, one station, its zones and limits."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from broadcaster import clock
from broadcaster.accounts.service import (
    NamedSubject,
    Role,
    belongs,
    current_person,
    fresh,
    in_view,
    names_subjects,
    reach,
    requires,
)
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.fleet import service, wording
from broadcaster.fleet.audio_recalls import withdrawals
from broadcaster.fleet.enrol_command import enrol_command
from broadcaster.fleet.forms import NewStationForm, StationSettingsForm, fill_in, zones_of
from broadcaster.fleet.reach import known_stations
from broadcaster.fleet.station_panels import panels
from broadcaster.fleet.station_search import search_stations
from broadcaster.fleet.zone_words import limits_from, quiet_hours_words, zone
from broadcaster.newsroom.service import add_search, tell_withdrawals
from broadcaster.places.service import place, villages
from broadcaster.programming.service import standard_limits, tell_stations
from broadcaster.web.language import page_language
from broadcaster.web.mishaps import add_sentences, say

SHOWN_CODE = "enrolment_code"

blueprint = APIBlueprint("fleet", __name__, template_folder="templates", enable_openapi=False)


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Errors are told in the fleet's words; programming learns where stations are, the gate whose."""
    add_sentences(wording.MISHAPS)
    add_search(search_stations)
    belongs(state.app, "station_id", service.owner_of_station)  # type: ignore[arg-type]  # as below
    names_subjects(state.app, "station", name_stations)  # type: ignore[arg-type]  # as below
    tell_withdrawals(state.app, withdrawals)  # type: ignore[arg-type]  # the sansio App is a Flask here
    tell_stations(state.app, known_stations)  # type: ignore[arg-type]  # the sansio App is a Flask here


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the fleet's templates call."""
    return {
        "enrol_command": enrol_command,
        "contact_words": wording.contact_words,
        "finding_words": wording.finding_words,
        "gap_words": wording.gap_words,
        "plan_words": wording.plan_words,
        "quiet_hours_words": quiet_hours_words,
    }


@blueprint.get("/stations")
def stations() -> str:
    """Every station in use, those that need somebody first."""
    now = clock.now()
    order = list(service.Contact)
    weight = {service.Contact.SILENT: -2, service.Contact.WAITING: -1}
    rows = [
        (one, service.contact(one, now))
        for one in service.stations(db.session, reach=in_view(current_person()))
    ]
    rows.sort(key=lambda row: (weight.get(row[1], order.index(row[1])), row[0].village.name))
    return render_template("fleet/stations.html", rows=rows, relay_ok=service.relay_ok)


@blueprint.route("/stations/new", methods=["GET", "POST"])
@requires(Role.ADMINISTRATOR)
def new_station() -> str | Response | tuple[str, int]:
    """For which village; then the code to type there."""
    form = NewStationForm()
    form.village.choices = [
        SelectChoice(one.code, f"{one.name_in(page_language())} · {one.code}") for one in villages(db.session)
    ]
    if form.validate_on_submit():
        settings: Settings = current_app.config["SETTINGS"]
        station, code = service.create_station(
            db.session,
            place(db.session, form.village.data),
            (zone("Loudspeaker", form.channel.data),),
            clock.now(),
            limits=standard_limits(settings),
            actor=current_person(),
        )
        db.session.commit()
        session[SHOWN_CODE] = {"station": station.id, "code": code}
        return redirect(url_for("fleet.show_station", station_id=station.id))
    if request.method == "GET":
        form.village.data = request.args.get("village", "")
    page = render_template("fleet/new_station.html", form=form)
    return (page, 422) if request.method == "POST" else page


@blueprint.get("/stations/<station_id>")
def show_station(station_id: str) -> str:
    """How one station is, what it follows, what it airs today."""
    now = clock.now()
    station = service.station(db.session, station_id)
    published = service.current_plan(db.session, station.id)
    plan = service.plan_of(published) if published is not None else None
    upcoming = [one for one in plan.broadcasts if one.planned_start > now][:8] if plan is not None else []
    return render_template(
        "fleet/station.html",
        station=station,
        contact=service.contact(station, now),
        findings=service.findings(station),
        published=published,
        upcoming=upcoming,
        panels=panels(station, now),
        code=_code_to_show(station),
        may_change=reach(current_person(), Role.OPERATOR).holds(station.village_code),
        may_enrol=current_person().may(Role.ADMINISTRATOR),
    )


@blueprint.route("/stations/<station_id>/settings", methods=["GET", "POST"])
@requires(Role.OPERATOR)
def station_settings(station_id: str) -> str | Response | tuple[str, int]:
    """Zones and limits."""
    station = service.station(db.session, station_id)
    form = StationSettingsForm()
    if form.validate_on_submit():
        try:
            _change(station, form)
        except BadInput as error:
            db.session.rollback()
            field = form[error.field] if error.field in form._fields else form.zones
            field.errors = [*field.errors, say(error)]
        else:
            flash(_("Saved. The next plan carries it to the station."), "success")
            return redirect(url_for("fleet.show_station", station_id=station.id))
    if request.method == "GET":
        fill_in(form, station)
    page = render_template("fleet/settings.html", form=form, station=station)
    return (page, 422) if request.method == "POST" else page


@blueprint.post("/stations/<station_id>/code")
@requires(Role.ADMINISTRATOR)
@fresh
def renew_code(station_id: str) -> Response:
    """A new one-time code, shown once."""
    station = service.station(db.session, station_id)
    code = service.new_code(db.session, station, clock.now(), actor=current_person())
    db.session.commit()
    session[SHOWN_CODE] = {"station": station.id, "code": code}
    return redirect(url_for("fleet.show_station", station_id=station.id))


@blueprint.post("/stations/<station_id>/retire")
@requires(Role.ADMINISTRATOR)
@fresh
def retire(station_id: str) -> Response:
    """No more plans; the page asked first."""
    station = service.station(db.session, station_id)
    service.retire_station(db.session, station, clock.now(), actor=current_person())
    db.session.commit()
    flash(_("%(station)s is retired.", station=station.village.name), "success")
    return redirect(url_for("fleet.stations"))


def name_stations(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """Stations in the trail, by their village."""
    return {
        one.id: NamedSubject(
            one.village.name_in(page_language()), url_for("fleet.show_station", station_id=one.id)
        )
        for one in service.stations(session, retired=True)
        if one.id in keys
    }


def _change(station: service.Station, form: StationSettingsForm) -> None:
    limits = limits_from(
        station.limit_values,
        form.warm_up_ms.data,
        form.tail_ms.data,
        form.max_on_s.data,
        form.volume_percent.data,
        form.quiet.data,
    )
    zones = zones_of(form, station.zone_list)
    service.change_station(db.session, station, zones, limits, clock.now(), actor=current_person())
    db.session.commit()


def _code_to_show(station: service.Station) -> str | None:
    """The one-time code made just now, once."""
    waiting = session.get(SHOWN_CODE)
    if not isinstance(waiting, dict) or waiting.get("station") != station.id:
        return None
    session.pop(SHOWN_CODE)
    return str(waiting["code"])
