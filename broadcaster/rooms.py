"""Every room's doors, lowest room first: what create_app registers. A new room adds its lines here."""

from __future__ import annotations

from apiflask import APIFlask

from broadcaster.accounts import pages as accounts_pages


def set_up(app: APIFlask) -> None:
    """Register the blueprints of every room."""
    app.register_blueprint(accounts_pages.blueprint)
