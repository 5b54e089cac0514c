"""Pages: the week's calendar, and the slots with when they air next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, flash, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom import service as newsroom
from broadcaster.places import service as places
from broadcaster.programming import service, wording
from broadcaster.programming.announcement_places import places_of_slots
from broadcaster.programming.announcement_slots import where_it_airs
from broadcaster.programming.calendar import Occurrence, days_of
from broadcaster.web.day_line import DayLineBar, DayLineRow
from broadcaster.web.language import page_language
from broadcaster.web.mishaps import add_sentences, say
from broadcaster.web.wording import local_day

blueprint = APIBlueprint("programming", __name__, template_folder="templates", enable_openapi=False)
EDITOR = accounts.Role.EDITOR


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Errors are told in programming's words; the gate learns where slots air."""
    add_sentences(wording.MISHAPS)
    newsroom.add_announcement_panel(state.app, where_it_airs)  # type: ignore[arg-type]  # a Flask here
    newsroom.add_targets(state.app, places_of_slots)  # type: ignore[arg-type]  # a Flask here
    accounts.belongs(state.app, "slot_id", service.owner_of_slot)  # type: ignore[arg-type]  # a Flask here
    accounts.names_subjects(state.app, "slot", service.name_slots)  # type: ignore[arg-type]  # as above
    accounts.words_values(state.app, "class", accounts.by_table(wording.SHORT_CLASSES))  # type: ignore[arg-type]  # as above
    accounts.words_values(state.app, "frequency", accounts.by_table(wording.FREQUENCIES))  # type: ignore[arg-type]  # as above


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What programming's templates call."""
    return {
        "how_often": wording.how_often,
        "class_label": lambda message_class: str(wording.SHORT_CLASSES[message_class]),
        "caution_sentence": wording.caution_sentence,
        "some_of": wording.some_of,
    }


@blueprint.get("/schedule")
def schedule() -> str:
    """One week, day by day; and every slot in force."""
    settings: Settings = current_app.config["SETTINGS"]
    now = clock.now()
    today = now.astimezone(settings.zone).date()
    monday = _asked_day(today)
    monday -= timedelta(days=monday.weekday())
    reach = accounts.in_view(accounts.current_person())
    week = days_of(db.session, monday, 7, settings, now, reach)
    in_force = service.slots(db.session, reach=reach)
    following = {
        one.id: next(iter(service.next_instants(one.recurrence, settings.zone, now, 1)), None)
        for one in in_force
    }
    return render_template(
        "programming/schedule.html",
        week=week,
        rows=[_row(day, found, monday) for day, found in week],
        monday=monday,
        today=today,
        last_week=monday - timedelta(days=7),
        next_week=monday + timedelta(days=7),
        slots=sorted(in_force, key=lambda one: (following[one.id] is None, following[one.id] or now)),
        following=following,
        removed=service.slots(db.session, removed=True, reach=reach)[::-1][:20],
        just_removed=_just_removed(),
        place_name=_place_names(),
        may_edit=accounts.current_person().may(EDITOR),
        may_touch=_may_touch(),
    )


@blueprint.post("/schedule/<int:slot_id>/remove")
@accounts.requires(EDITOR)
def remove_slot(slot_id: int) -> Response:
    """Take a slot out of the plans; the page that follows offers to undo it."""
    slot = service.slot(db.session, slot_id)
    try:
        service.remove_slot(db.session, slot, accounts.current_person(), clock.now())
        db.session.commit()
    except NotPossible as error:
        db.session.rollback()
        flash(say(error), "fail")
    return redirect(url_for("programming.schedule", removed=slot_id))


@blueprint.post("/schedule/<int:slot_id>/restore")
@accounts.requires(EDITOR)
def restore_slot(slot_id: int) -> Response:
    """Undo a removal."""
    slot = service.slot(db.session, slot_id)
    try:
        service.restore_slot(db.session, slot, accounts.current_person(), clock.now())
        db.session.commit()
        flash(_("%(title)s is in the schedule again.", title=slot.programme.title), "done")
    except NotPossible as error:
        db.session.rollback()
        flash(say(error), "fail")
    return redirect(url_for("programming.schedule"))


def _asked_day(today: date) -> date:
    try:
        asked = date.fromisoformat(request.args.get("week", ""))
    except ValueError:
        return today
    return asked if abs((asked - today).days) < 3650 else today


def _row(day: date, found: tuple[Occurrence, ...], monday: date) -> DayLineRow:
    """One day of the week as a strip; all seven stand on Monday's hours, so that they line up."""
    back = monday - day
    bars = tuple(
        DayLineBar(one.at + back, one.end + back, one.slot.programme.title, one.slot.message_class)
        for one in found
    )
    return DayLineRow(local_day(day), bars, f"#day-{day.isoformat()}")


def _may_touch() -> Callable[[service.Slot], bool]:
    """Whether a slot airs only at places the person who asks reaches as an editor."""
    reach = accounts.reach(accounts.current_person(), EDITOR)
    return lambda slot: reach.touches(slot.targets)


def _just_removed() -> service.Slot | None:
    number = request.args.get("removed", "")
    if not number.isdecimal() or len(number) > 9:
        return None
    try:
        slot = service.slot(db.session, int(number))
    except NotThere:
        return None
    return slot if slot.removed_at is not None and _may_touch()(slot) else None


def _place_names() -> Callable[[str], str]:
    """What a place is called by its code; a code nobody knows any more stands for itself."""
    branches = list(places.tree(db.session))
    names: dict[str, str] = {}
    while branches:
        branch = branches.pop()
        names[branch.place.code] = wording.place_words(branch, page_language())
        branches += branch.below

    def name(code: str) -> str:
        if code not in names:
            try:
                names[code] = places.place(db.session, code).name_in(page_language())
            except NotThere:
                names[code] = code
        return names[code]

    return name
