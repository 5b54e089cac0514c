"""The built front end: names with a hash in them, kept by browsers for a year, sent compressed."""

from __future__ import annotations

import json
from pathlib import Path

from apiflask import APIBlueprint, APIFlask
from flask import Response, abort, current_app, request, send_from_directory, url_for

from broadcaster.accounts.service import open_to_all

BUILD = Path(__file__).parent / "static" / "build"
ONE_YEAR_S = 365 * 24 * 3600

blueprint = APIBlueprint("assets", __name__, enable_openapi=False)


def set_up(app: APIFlask) -> None:
    """Read the manifest that `node build.mjs` wrote and offer `asset(name)` to templates."""
    app.extensions["assets"] = manifest()
    app.jinja_env.globals["asset"] = asset
    app.register_blueprint(blueprint)


def manifest() -> dict[str, str]:
    """Plain name → built name; empty when the front end was not built (`doctor` says so)."""
    try:
        names: dict[str, str] = json.loads((BUILD / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return names


def asset(name: str) -> str:
    """The URL of a built file, by its plain name ("app.css")."""
    names: dict[str, str] = current_app.extensions["assets"]
    return url_for("assets.built", name=names.get(name, name))


@blueprint.get("/assets/<path:name>")
@open_to_all
def built(name: str) -> Response:
    """A built file. Its name changes with its content, so it never goes stale."""
    if name == "manifest.json" or name.endswith(".gz"):
        abort(404)
    packed = request.accept_encodings.quality("gzip") > 0 and (BUILD / f"{name}.gz").is_file()
    response = send_from_directory(BUILD, f"{name}.gz" if packed else name, conditional=True)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
        response.mimetype = _media_type(name)
    response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR_S}, immutable"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def _media_type(name: str) -> str:
    kinds = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    return kinds.get(Path(name).suffix, "application/octet-stream")
