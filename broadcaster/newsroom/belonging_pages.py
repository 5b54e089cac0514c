"""Doors: whose an announcement is; and the gate learns to whom the newsroom's addresses lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from apiflask import APIBlueprint
from flask import flash, redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import belonging, service, trail_names, wording
from broadcaster.places import service as places
from broadcaster.places.service import Branch
from broadcaster.web.language import page_language
from broadcaster.web.mishaps import add_sentences, say

blueprint = APIBlueprint("belonging", __name__, template_folder="templates", enable_openapi=False)

MISHAPS = {
    "name_your_place": lazy_gettext(
        "Choose which of your places it belongs to; what is for the whole province is made at its office."
    ),
}


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """The gate asks this room whose the things in its addresses are, the trail how they are called."""
    app: Any = state.app  # the sansio App is a Flask here
    accounts.belongs(app, "announcement_id", belonging.owner_of_announcement)
    accounts.belongs(app, "recording_id", belonging.owner_of_recording)
    accounts.belongs(app, "jingle_id", belonging.owner_of_jingle)
    accounts.names_subjects(app, "announcement", trail_names.name_announcements)
    accounts.names_subjects(app, "recording", trail_names.name_recordings)
    accounts.names_subjects(app, "jingle", trail_names.name_jingles)
    accounts.words_values(app, "kind", accounts.by_table(wording.KINDS))
    add_sentences(MISHAPS)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the announcement's page calls."""
    return {"owner_name": owner_name, "owner_choices": owner_choices}


@blueprint.post("/announcements/<int:announcement_id>/place")
@accounts.requires(accounts.Role.EDITOR)
def give(announcement_id: int) -> Response:
    """Another place, or the whole province, owns it from now on."""
    announcement = service.announcement(db.session, announcement_id)
    person = accounts.current_person()
    try:
        belonging.give_to(db.session, announcement, request.form.get("place") or None, person, clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(_("It belongs to: %(place)s.", place=owner_name(announcement.place_code)), "done")
    return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id), 303)


def owner_name(place_code: str | None) -> str:
    """Whose something is, in the reader's language."""
    if place_code is None:
        return str(_("the whole province"))
    known = accounts.known_places(db.session).get(place_code)
    return known.name_in(page_language()) if known else place_code


def owner_choices() -> list[SelectChoice]:
    """To whom the person who asks can give an announcement: what they reach as an editor, widest first."""
    reach = accounts.reach(accounts.current_person(), accounts.Role.EDITOR)
    whole = [SelectChoice("", str(_("the whole province")))] if reach.everywhere else []
    return [*whole, *_below(places.choosable(db.session, reach), 0, skip_province=reach.everywhere)]


def _below(branches: Iterable[Branch], depth: int, *, skip_province: bool) -> Iterator[SelectChoice]:
    for branch in branches:
        is_province = branch.place.parent_code is None
        if not (is_province and skip_province):
            yield SelectChoice(branch.place.code, "– " * depth + branch.place.name_in(page_language()))
        yield from _below(branch.below, depth + (not is_province), skip_province=skip_province)
