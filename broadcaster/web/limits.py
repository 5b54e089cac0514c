"""How often one may try to enrol, by address. Counted in memory; wrong sign-ins are counted in `accounts`."""

from __future__ import annotations

from apiflask import APIFlask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(key_func=get_remote_address, storage_uri="memory://", headers_enabled=True)

ENROLMENT = "20 per 15 minutes"
"""Stations behind one province router share an address, so this is not stricter."""


def set_up(app: APIFlask) -> None:
    """Let doors say how often they may be tried."""
    limiter.init_app(app)
