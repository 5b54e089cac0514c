"""Door: how somebody wants the library's lists shown."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import redirect, request
from werkzeug.wrappers import Response

from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom.library_pages import list_address
from broadcaster.newsroom.list_wishes import keep_wish

blueprint = APIBlueprint("list_wishes", __name__, enable_openapi=False)


@blueprint.post("/library/lists")
def keep() -> Response:
    """So many rows and these columns from now on, wherever the person signs in; back to the list."""
    page, rows = request.form.get("page", ""), request.form.get("rows", "")
    count = int(rows) if rows.isascii() and rows.isdecimal() and len(rows) < 6 else 0
    keep_wish(accounts.current_person(), page, count, request.form.getlist("column"))
    db.session.commit()
    return redirect(list_address(page, request.form.get("asked", "")), 303)
