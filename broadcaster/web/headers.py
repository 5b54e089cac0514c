"""What browsers are told with every page: nothing from elsewhere, nothing inline, framed by none."""

from __future__ import annotations

import secrets

from apiflask import APIFlask
from flask import Response, g, request

from broadcaster.accounts.service import is_station_door

POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(self), payment=(), usb=(), interest-cohort=()"


def set_up(app: APIFlask) -> None:
    """Add the headers to every answer for browsers, and `csp_nonce()` to templates."""
    app.jinja_env.globals["csp_nonce"] = nonce
    app.after_request(_add)


def nonce() -> str:
    """This answer's own word that lets its script tags run."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    return str(g.csp_nonce)


def _add(response: Response) -> Response:
    given = response.headers
    if is_station_door():  # no browser reads these answers, and villages pay by the byte
        if response.status_code != 304:
            given["X-Content-Type-Options"] = "nosniff"
        return response
    given.setdefault("X-Content-Type-Options", "nosniff")
    given.setdefault("Content-Security-Policy", POLICY.format(nonce=nonce()))
    given.setdefault("Referrer-Policy", "same-origin")
    given.setdefault("Permissions-Policy", PERMISSIONS)
    given.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if response.mimetype == "text/html":
        given["Cache-Control"] = "private, no-cache"
    if request.is_secure:
        given.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
