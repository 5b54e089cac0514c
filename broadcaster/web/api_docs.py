"""The published description of the API for people, drawn by the copy of Swagger UI built into the assets."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template

blueprint = APIBlueprint("api_docs", __name__, enable_openapi=False)


@blueprint.get("/api/docs")
def docs() -> str:
    """The API's doors, their bodies and answers; needs sign-in like every page."""
    return render_template("web/api_docs.html")
