"""Page: the search over everything, which the top line of every page leads to."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app, render_template, request

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.newsroom import library
from broadcaster.newsroom.everywhere import Seeker, search_everywhere
from broadcaster.newsroom.search import LONGEST_QUESTION, question

blueprint = APIBlueprint("search", __name__, template_folder="templates", enable_openapi=False)


@blueprint.get("/search")
def everywhere() -> str:
    """Announcements, recordings, villages, stations: a few of each, and the way to the rest."""
    asked = question(request.args.get("q", "")[:LONGEST_QUESTION])
    settings: Settings = current_app.config["SETTINGS"]
    around = library.Around(accounts.in_view(accounts.current_person()), clock.now(), settings.zone)
    found = search_everywhere(db.session, Seeker(asked, around)) if asked else []
    return render_template("newsroom/search.html", asked=asked, found=found)
