"""How often one may try: sign-in by address and by account, enrolment by address. Counted in memory."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIFlask
from flask import request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)

SIGN_IN_BY_ADDRESS = "30 per 15 minutes"
SIGN_IN_BY_ACCOUNT = "10 per 15 minutes"
ENROLMENT = "20 per 15 minutes"
"""Stations behind one province router share an address, so this is not stricter."""


def set_up(app: APIFlask) -> None:
    """Guard the sign-in form, which Flask-Security registered."""
    limiter.init_app(app)
    by_address = limiter.limit(SIGN_IN_BY_ADDRESS, methods=["POST"])
    by_account = limiter.limit(SIGN_IN_BY_ACCOUNT, methods=["POST"], key_func=_account)
    view: Callable[..., object] = app.view_functions["security.login"]
    app.view_functions["security.login"] = by_address(by_account(view))  # type: ignore[assignment]  # still a view


def _account() -> str:
    """The account asked for, so that many machines cannot take turns at one password."""
    asked = request.form.get("email", "")
    if not asked and request.is_json:
        body = request.get_json(silent=True)
        asked = str(body.get("email", "")) if isinstance(body, dict) else ""
    return f"account:{asked.strip().casefold()[:255]}"
