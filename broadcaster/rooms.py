"""Every room's doors, lowest room first: what create_app registers. A new room adds its lines here."""

from __future__ import annotations

from apiflask import APIFlask

from broadcaster.accounts import link_pages, place_in_view, role_place_pages, sign_in_pages, trail_pages
from broadcaster.accounts import pages as accounts_pages
from broadcaster.airings import api as airings_api
from broadcaster.airings import pages as airings_pages
from broadcaster.campaigns import pages as campaigns_pages
from broadcaster.fleet import api as fleet_api
from broadcaster.fleet import pages as fleet_pages
from broadcaster.newsroom import api as newsroom_api
from broadcaster.newsroom import (
    attachment_pages,
    belonging_pages,
    bulk_edit_pages,
    inbox_api,
    inbox_pages,
    jingle_pages,
    letters_pages,
    library_acts,
    list_wish_pages,
    matrix_pages,
    recording_pages,
    revision_pages,
    search_pages,
    step_api,
    texts_api,
    tus_doors,
    twin_pages,
    upload_pages,
    waveform_pages,
)
from broadcaster.newsroom import pages as newsroom_pages
from broadcaster.places import pages as places_pages
from broadcaster.programming import api as programming_api
from broadcaster.programming import slot_pages
from broadcaster.today import pages as today_pages


def set_up(app: APIFlask) -> None:
    """Register the blueprints of every room."""
    app.register_blueprint(accounts_pages.blueprint)
    app.register_blueprint(link_pages.blueprint)
    app.register_blueprint(sign_in_pages.blueprint)
    app.register_blueprint(trail_pages.blueprint)
    app.register_blueprint(role_place_pages.blueprint)
    app.register_blueprint(place_in_view.blueprint)
    app.register_blueprint(places_pages.blueprint)
    app.register_blueprint(newsroom_pages.blueprint)
    app.register_blueprint(library_acts.blueprint)
    app.register_blueprint(list_wish_pages.blueprint)
    app.register_blueprint(bulk_edit_pages.blueprint)
    app.register_blueprint(search_pages.blueprint)
    app.register_blueprint(belonging_pages.blueprint)
    app.register_blueprint(recording_pages.blueprint)
    app.register_blueprint(waveform_pages.blueprint)
    app.register_blueprint(jingle_pages.blueprint)
    app.register_blueprint(tus_doors.blueprint)
    app.register_blueprint(upload_pages.blueprint)
    app.register_blueprint(revision_pages.blueprint)
    app.register_blueprint(attachment_pages.blueprint)
    app.register_blueprint(twin_pages.blueprint)
    app.register_blueprint(newsroom_api.blueprint)
    app.register_blueprint(texts_api.blueprint)
    app.register_blueprint(step_api.blueprint)
    app.register_blueprint(inbox_pages.blueprint)
    app.register_blueprint(inbox_api.blueprint)
    app.register_blueprint(matrix_pages.blueprint)
    app.register_blueprint(letters_pages.blueprint)
    app.register_blueprint(slot_pages.blueprint)
    app.register_blueprint(programming_api.blueprint)
    app.register_blueprint(fleet_pages.blueprint)
    app.register_blueprint(fleet_api.blueprint)
    app.register_blueprint(airings_pages.blueprint)
    app.register_blueprint(airings_api.blueprint)
    app.register_blueprint(campaigns_pages.blueprint)
    app.register_blueprint(today_pages.blueprint)
