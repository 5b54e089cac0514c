"""The gate of places: what a door is asked about must concern the person, and be theirs where it changes.

A room says once to which places the things in its addresses belong. From then on every door with such a thing
in its address is guarded, those that are added later too: what lies beyond is not there (404), what may be
seen but is somebody else's is refused in words (403).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, abort, current_app, request
from sqlalchemy.orm import Session

from broadcaster.accounts.access import asked_view, current_person, needs_sign_in, signed_in
from broadcaster.accounts.reaching import reach, refuse_beyond
from broadcaster.accounts.roles import Role
from broadcaster.database import db

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Owner = Callable[[Session, Any], tuple[str, ...] | None]
"""The places a thing belongs to, none at all for the whole province; None where there is no such thing."""


def set_up(app: Flask) -> None:
    """Stand behind the gate that lets nobody in who is not signed in."""
    app.extensions["owners"] = {}
    app.before_request(check)


def belongs(app: Flask, argument: str, owner: Owner, blueprint: str | None = None) -> None:
    """In the addresses of every door, or of one blueprint's, this argument names a thing with an owner."""
    app.extensions["owners"][blueprint, argument] = owner


def check() -> None:
    """404 for what does not concern whoever asks, `NotAllowed` for what they see and may not touch."""
    view = asked_view()
    if view is None or not needs_sign_in() or not signed_in():
        return
    person = current_person()
    roles: tuple[Role, ...] = getattr(view, "required_roles", ())
    if roles and not person.may(*roles):
        abort(403)  # before anybody reads what was sent
    changes = (bool(roles) and not getattr(view, "reads_only", False)) or request.method not in SAFE
    for places in _belongings():
        if not reach(person).sees(places):
            abort(404)
        if changes:
            refuse_beyond(db.session, person, roles, places)
    if getattr(view, "of_the_province", False):
        refuse_beyond(db.session, person, roles, ())


def _belongings() -> list[tuple[str, ...]]:
    owners: dict[tuple[str | None, str], Owner] = current_app.extensions["owners"]
    found = []
    for argument, value in (request.view_args or {}).items():
        owner = owners.get((request.blueprint, argument)) or owners.get((None, argument))
        places = owner(db.session, value) if owner else None
        if places is not None:
            found.append(places)
    return found
