"""The application: settings in, a Flask app with every room out. Nothing is started here."""

from __future__ import annotations

from apiflask import APIFlask

from broadcaster import clock, rooms, web
from broadcaster.clock import Clock, system_clock
from broadcaster.config import Settings
from broadcaster.database import db
from content_library import AudioStore


def create_app(settings: Settings, *, app_clock: Clock = system_clock) -> APIFlask:
    """The province server's WSGI application. Reads its secret from the data folder; opens no socket."""
    app = APIFlask(
        "broadcaster",
        title="Sekong Broadcaster",
        version="0.1.0",
        docs_path="/api/docs",
        spec_path="/api/openapi.json",
        static_folder=None,  # type: ignore[arg-type]  # Flask takes None: web/ serves its own files
    )
    app.config.update(
        SETTINGS=settings,
        SQLALCHEMY_ENGINES={"default": settings.database_url},
        MAX_CONTENT_LENGTH=settings.audio.max_upload_bytes + 1024 * 1024,
    )
    clock.set_clock(app, app_clock)
    app.extensions["audio_store"] = AudioStore.open(settings.audio_store)
    db.init_app(app)
    web.set_up(app)
    rooms.set_up(app)
    return app
