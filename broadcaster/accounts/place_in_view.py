"""The place somebody's lists are narrowed to, remembered with the person."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from broadcaster.accounts.access import current_person
from broadcaster.accounts.known_places import KnownPlaces, known_places
from broadcaster.accounts.models import Person
from broadcaster.accounts.place_models import PlaceInView
from broadcaster.accounts.reaching import reach
from broadcaster.database import db
from broadcaster.ways_back import way_back
from broadcaster.web.navigation import add_to_top_line

blueprint = APIBlueprint("in_view", __name__, template_folder="templates", enable_openapi=False)


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Every page offers the choice in its top line."""
    add_to_top_line(state.app, "accounts/place_filter.html")  # type: ignore[arg-type]  # an APIFlask here


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the top line calls."""
    return {"place_in_view": chosen, "place_filter_choices": choices}


@blueprint.post("/place")
def choose() -> Response:
    """Look at one place from now on, or with none at all there is."""
    look_at(db.session, current_person(), request.form.get("place", ""))
    db.session.commit()
    return redirect(way_back(request.form.get("next", ""), url_for("today.show")), 303)


def look_at(session: Session, person: Person, code: str) -> None:
    """Narrow the person's lists to a place within their reach; anything else takes the filter away."""
    row = session.get(PlaceInView, person.id)
    if not code or code not in known_places(session) or not reach(person).holds(code):
        if row is not None:
            session.delete(row)
    elif row is None:
        session.add(PlaceInView(person_id=person.id, place_code=code))
    else:
        row.place_code = code


def chosen() -> str:
    """The code of the place looked at; empty for all."""
    row = db.session.get(PlaceInView, current_person().id)
    return row.place_code if row and reach(current_person()).holds(row.place_code) else ""


def choices() -> list[tuple[str, str, int]]:
    """Code, name and depth of all there is, of what is widest, and of what lies below the place looked at.

    Province, then districts, then the kumban and villages of the district one is in: never hundreds at once.
    """
    known = known_places(db.session)
    found = reach(current_person())
    here = chosen()
    open_ones = set(_way_up(known, here)) if here else set()
    first = _("The whole province") if found.everywhere else _("All my places")
    shown: list[tuple[str, str, int]] = [("", str(first), 0)]
    roots = [code for code in known if found.holds(code) and not _holds_parent(known, found, code)]
    if found.everywhere:  # the province itself is the first line
        roots = [code for code, place in known.items() if place.parent_code in roots]
    for code in _by_name(known, roots):
        shown += _branch(known, code, open_ones, 0)
    return shown


def _branch(known: KnownPlaces, code: str, open_ones: set[str], depth: int) -> list[tuple[str, str, int]]:
    lines = [(code, known[code].name_in(_language()), depth)]
    if code in open_ones:
        for below in _by_name(known, [one for one, place in known.items() if place.parent_code == code]):
            lines += _branch(known, below, open_ones, depth + 1)
    return lines


def _holds_parent(known: KnownPlaces, found: Any, code: str) -> bool:
    parent = known[code].parent_code
    return parent is not None and found.holds(parent)


def _way_up(known: KnownPlaces, code: str) -> list[str]:
    way: list[str] = []
    step: str | None = code
    while step is not None and step in known and step not in way:
        way.append(step)
        step = known[step].parent_code
    return way


def _by_name(known: KnownPlaces, codes: list[str]) -> list[str]:
    return sorted(codes, key=lambda code: (known[code].name_in(_language()).casefold(), code))


def _language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "en"
