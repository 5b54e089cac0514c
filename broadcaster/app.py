"""The application: settings in, a Flask app with every room out. Nothing is started here."""

from __future__ import annotations

from typing import Any

from apiflask import APIFlask
from flask import request

from broadcaster import clock, rooms, web, work
from broadcaster.accounts import security
from broadcaster.clock import Clock, system_clock
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.secret import read_secret
from content_library import AudioStore

MAX_JSON_BYTES = 4 * 1024 * 1024


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
    clock.set_clock(app, app_clock)
    app.before_request(_bound_json)  # before sign-in by token, which reads a JSON body of any size
    app.extensions["job_handlers"] = work.HANDLERS
    app.extensions["audio_store"] = AudioStore.open(settings.audio_store)
    db.init_app(app)
    security.set_up(app, settings, secrets)
    web.set_up(app)
    rooms.set_up(app)
    app.config.update(overrides or {})
    return app


def _bound_json() -> None:
    if request.is_json:
        request.max_content_length = MAX_JSON_BYTES
