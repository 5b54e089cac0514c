"""Which language a page speaks: the person's, else the cookie's, else the browser's, else English."""

from __future__ import annotations

from pathlib import Path

from apiflask import APIFlask
from flask import has_request_context, request
from flask_babel import Babel, get_locale

from broadcaster.accounts.service import current_person, signed_in
from broadcaster.config import Settings

LANGUAGES = {"lo": "ລາວ", "en": "English"}
COOKIE = "language"
TRANSLATIONS = Path(__file__).parent.parent / "translations"


def set_up(app: APIFlask) -> None:
    """Babel over our catalogues, in the province's time zone."""
    settings: Settings = app.config["SETTINGS"]
    Babel(
        app,
        default_locale="en",
        default_timezone=settings.province.time_zone,
        default_translation_directories=str(TRANSLATIONS),
        locale_selector=chosen,
    )
    app.jinja_env.globals.update(languages=LANGUAGES, page_language=page_language)


def chosen() -> str:
    """The tag of the language this reader gets."""
    if not has_request_context():
        return "en"
    if signed_in():
        return current_person().language
    cookie = request.cookies.get(COOKIE, "")
    if cookie in LANGUAGES:
        return cookie
    return request.accept_languages.best_match(list(LANGUAGES), default="en") or "en"


def page_language() -> str:
    """The tag for `<html lang>`."""
    locale = get_locale()
    return str(locale.language) if locale else "en"
