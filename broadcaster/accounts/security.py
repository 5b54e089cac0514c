"""Flask-Security set to our rules, and the gate every request passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIFlask
from flask import Response, jsonify, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.signals import user_authenticated, user_failed_authn
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts.access import needs_sign_in, signed_in, speaks_json
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.people import MIN_PASSWORD_LENGTH
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.secret import Secrets

SESSION_LIFETIME = timedelta(hours=12)
REMEMBERED_FOR = timedelta(days=14)


def set_up(app: APIFlask, settings: Settings, secrets: Secrets) -> None:
    """Sign-in by session for people and by token for their programs; closed unless a view says otherwise."""
    app.config.update(_configuration(settings, secrets))
    people: Any = (Person, RoleRow)  # mapped classes have Flask-Security's mixins at run time only
    Security(app, FSQLALiteUserDatastore(db, *people))
    app.before_request(_gate)
    user_failed_authn.connect(_failed, app)
    user_authenticated.connect(_entered, app)


def _configuration(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    wrong = lazy_gettext("The e-mail address or the password is not right.")
    return {
        "SECRET_KEY": secrets.session_key,
        "SECURITY_PASSWORD_SALT": secrets.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": MIN_PASSWORD_LENGTH,
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFC",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (wrong, "error"),
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_TOKEN_MAX_AGE": int(timedelta(days=30).total_seconds()),
        "SESSION_COOKIE_NAME": "sekong_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.server.secure_cookies,
        "REMEMBER_COOKIE_NAME": "sekong_remember",
        "REMEMBER_COOKIE_HTTPONLY": True,
        "REMEMBER_COOKIE_SAMESITE": "Lax",
        "REMEMBER_COOKIE_SECURE": settings.server.secure_cookies,
        "REMEMBER_COOKIE_DURATION": REMEMBERED_FOR,
        "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
    }


def _gate() -> BaseResponse | None:
    """Send strangers to the sign-in page; tell programs 401."""
    if not needs_sign_in() or signed_in():
        return None
    if speaks_json():
        refusal: Response = jsonify(message=_("Sign in first."))
        refusal.status_code = 401
        return refusal
    target = url_for(
        "security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None
    )
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def _entered(_sender: object, user: Person, **_more: object) -> None:
    """A sign-in is part of the trail."""
    record(db.session, action="person.sign_in", subject=f"person:{user.id}", actor=user, now=clock.now())
    db.session.commit()


def _failed(_sender: object, user: Person | None = None, **_more: object) -> None:
    """A failed one too, with where it came from; what was typed is not kept."""
    record(
        db.session,
        action="person.sign_in_failed",
        subject=f"person:{user.id}" if user else "person:unknown",
        after={"from": request.remote_addr},
        actor="stranger",
        now=clock.now(),
    )
    db.session.commit()
