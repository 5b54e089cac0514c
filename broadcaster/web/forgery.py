"""No form is taken that our own page did not send (CSRF). Stations and tokens sign their requests instead."""

from __future__ import annotations

from apiflask import APIFlask
from flask import current_app
from flask_security.utils import get_request_attr
from flask_wtf import CSRFProtect

from broadcaster.accounts.service import is_station_door, signed_in

csrf = CSRFProtect()


def set_up(app: APIFlask) -> None:
    """Check the token of every changing request, save those that carry no cookie's authority."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # our own check below decides which requests need it
    app.config["WTF_CSRF_TIME_LIMIT"] = (
        None  # as long as the session: nothing typed is lost to a long phone call
    )
    csrf.init_app(app)
    app.before_request(_check)


def _check() -> None:
    if not current_app.config["WTF_CSRF_ENABLED"] or is_station_door():
        return
    if signed_in() and get_request_attr("fs_authn_via") == "token":
        return
    csrf.protect()
