"""The application: settings in, a Flask app with every room out. Nothing is started here."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import abort, current_app, request
from werkzeug.routing import IntegerConverter, Map

from broadcaster import clock, rooms, web, work
from broadcaster.accounts import gate, security
from broadcaster.clock import Clock, system_clock
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NoSpace
from broadcaster.request_body import NO_ROOM, CarefulRequest
from broadcaster.secret import read_secret
from content_library import AudioStore

MAX_JSON_BYTES = 4 * 1024 * 1024
LARGEST_ID = 2**31 - 1
"""Of a PostgreSQL integer column, in which rows are numbered."""


def create_app(
    settings: Settings, *, app_clock: Clock = system_clock, overrides: dict[str, Any] | None = None
) -> APIFlask:
    """The province server's WSGI application. Reads its secret from the data folder; opens no socket.

    `overrides` are Flask settings that win over ours; tests turn the CSRF check off with them.
    """
    secrets = read_secret(settings.data)
    app = APIFlask(
        "broadcaster",
        title="Sekong Broadcaster",
        version="0.1.0",
        docs_path=None,
        spec_path="/api/openapi.json",
        static_folder=None,  # type: ignore[arg-type]  # Flask takes None: web/ serves its own files
        template_folder="web/templates",
    )
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_ENGINES={"default": settings.database_url},
        MAX_CONTENT_LENGTH=settings.audio.max_upload_bytes + 1024 * 1024,
    )
    app.request_class = CarefulRequest
    app.url_map.converters["int"] = ShortIntegerConverter
    clock.set_clock(app, app_clock)
    app.before_request(_bound_body)  # before sign-in by token, which reads a JSON body of any size
    app.extensions["job_handlers"] = work.HANDLERS
    app.extensions["job_farewells"] = work.FAREWELLS
    app.extensions["audio_store"] = AudioStore.open(settings.audio_store)
    app.extensions["originals_store"] = AudioStore.open(settings.originals_store)
    db.init_app(app)
    security.set_up(app, settings, secrets)
    gate.set_up(app)
    web.set_up(app)
    rooms.set_up(app)
    app.config.update(overrides or {})
    return app


def _bound_body() -> None:
    """Refuse by the announced length, before anybody reads: what is too long was dropped as it arrived."""
    limit = current_app.config["MAX_CONTENT_LENGTH"]
    if request.is_json:
        limit = request.max_content_length = MAX_JSON_BYTES
    if limit is not None and (request.content_length or 0) > limit:
        abort(413)
    if request.environ.get(f"HTTP_{NO_ROOM}"):
        raise NoSpace("the disk is nearly full: this request's body was not kept; free some space")


class ShortIntegerConverter(IntegerConverter):
    """Numbers of rows: what no database column holds is no address of ours (404)."""

    def __init__(self, map: Map, **options: Any) -> None:  # noqa: A002 - the name is werkzeug's
        super().__init__(map, **({"max": LARGEST_ID} | options))
