"""How the reader wants the pages: their language, and light or dark."""

from __future__ import annotations

from apiflask import APIBlueprint, APIFlask
from flask import current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from broadcaster.accounts.service import current_person, open_to_all, signed_in, wish_language
from broadcaster.database import db
from broadcaster.ways_back import way_back, without_host
from broadcaster.web import language

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"
ONE_YEAR_S = 365 * 24 * 3600

blueprint = APIBlueprint("web", __name__, enable_openapi=False)


def set_up(app: APIFlask) -> None:
    """Offer the reader's theme to the layout."""
    app.jinja_env.globals.update(theme=theme, themes=THEMES, this_page=this_page)
    app.register_blueprint(blueprint)


def theme() -> str:
    """The reader's choice; `auto` follows their device."""
    chosen = request.cookies.get(THEME_COOKIE, "auto")
    return chosen if chosen in THEMES else "auto"


def this_page() -> str:
    """The address that shows this page again; of a refused form the address of its page, where it has one."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    adapter = current_app.create_url_adapter(request)
    if adapter is not None and "GET" in adapter.allowed_methods():
        return request.path
    return without_host(request.referrer or "", request.host).partition("?")[0]


@blueprint.post("/language")
@open_to_all
def change_language() -> Response:
    """Speak another language from now on: kept with the person, and in this browser for the sign-in page.

    A stranger's choice goes with whoever signs in next here (`accounts.signing_in.entered`).
    """
    chosen = request.form.get("language", "")
    response = _back()
    if chosen in language.LANGUAGES:
        if signed_in():
            current_person().language = chosen
            db.session.commit()
        else:
            wish_language(chosen)
        _remember(response, language.COOKIE, chosen)
    return response


@blueprint.post("/appearance")
@open_to_all
def change_theme() -> Response:
    """Light, dark, or as the device is."""
    chosen = request.form.get("theme", "")
    response = _back()
    if chosen in THEMES:
        _remember(response, THEME_COOKIE, chosen)
    return response


def _remember(response: Response, name: str, value: str) -> None:
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    response.set_cookie(name, value, max_age=ONE_YEAR_S, samesite="Lax", httponly=True, secure=secure)


def _back() -> Response:
    """To the page the reader came from, if it is ours."""
    return redirect(way_back(request.form.get("next", ""), url_for("accounts.settings")), code=303)
