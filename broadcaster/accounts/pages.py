"""Settings: one's own account, and for administrators everybody's."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import render_template

from broadcaster.accounts.access import current_person

blueprint = APIBlueprint("accounts", __name__, template_folder="templates", enable_openapi=False)


@blueprint.get("/settings")
def settings() -> str:
    """What can be set, for the person who asks."""
    return render_template("accounts/settings.html", person=current_person())
