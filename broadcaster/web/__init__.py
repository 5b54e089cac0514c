"""The shell every page stands in: layout, navigation, language, security headers, static assets."""

from __future__ import annotations

from apiflask import APIFlask

from broadcaster.web import forgery, language


def set_up(app: APIFlask) -> None:
    """Give the application its templates, assets, languages and headers."""
    language.set_up(app)
    forgery.set_up(app)
