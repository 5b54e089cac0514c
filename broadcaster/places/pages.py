"""The province's places: map, list by district, one village."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import get_locale

from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.places import finding
from broadcaster.places.boundaries import ATTRIBUTION
from broadcaster.places.drawing import province_map
from broadcaster.places.known_places import all_places, name_places, owner_of_place, place_words
from broadcaster.places.models import PlaceKind

blueprint = APIBlueprint("places", __name__, template_folder="templates", enable_openapi=False)


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """The room of accounts learns which places there are, and whose a place's page is."""
    accounts.tell_places(state.app, all_places)  # type: ignore[arg-type]  # the sansio App is a Flask here
    accounts.belongs(state.app, "code", owner_of_place, blueprint.name)  # type: ignore[arg-type]  # as above
    accounts.names_subjects(state.app, "place", name_places)  # type: ignore[arg-type]  # as above
    for key in ("place", "places", "village"):
        accounts.words_values(state.app, key, place_words)  # type: ignore[arg-type]  # as above


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the pages on which roles are given call."""
    return {"all_place_branches": lambda: finding.tree(db.session)}


@blueprint.get("/places")
def places() -> str:
    """All villages by district, on the map and as a list; `?search=` narrows the list."""
    tree = finding.tree(db.session, accounts.in_view(accounts.current_person()))
    villages = [village for root in tree for village in root.villages]
    wanted = request.args.get("search", "").strip()
    districts = [branch for root in tree for branch in root.below if branch.place.kind == PlaceKind.DISTRICT]
    shown = [
        (district, [village for village in district.villages if finding.is_called(village, wanted)])
        for district in districts
    ]
    return render_template(
        "places/places.html",
        districts=[(district, found) for district, found in shown if found or not wanted],
        villages=villages,
        search=wanted,
        map=province_map(villages),
        attribution=ATTRIBUTION,
        language=_language(),
        illustrative=any(village.illustrative for village in villages),
    )


@blueprint.get("/places/<code>")
def one(code: str) -> str:
    """One place: where it belongs, who lives there, in which languages it is spoken to."""
    place = finding.place(db.session, code)
    above = [finding.place(db.session, step) for step in finding.path(db.session, place)[1:]]
    reach = accounts.reach(accounts.current_person())
    below = finding.villages(db.session, [place.code], reach) if place.kind != PlaceKind.VILLAGE else []
    return render_template(
        "places/place.html",
        place=place,
        above=above[::-1],
        below=below,
        map=province_map(below or [place]),
        attribution=ATTRIBUTION,
        language=_language(),
        illustrative=place.illustrative or any(village.illustrative for village in below),
    )


def _language() -> str:
    locale = get_locale()
    return str(locale.language) if locale else "en"
