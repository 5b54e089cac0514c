"""Flask-Security set to our rules, and the gate every request passes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIFlask
from flask import Response, abort, jsonify, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import user_logged_out  # type: ignore[import-untyped]  # publishes no types
from flask_security import FSQLALiteUserDatastore, Security
from flask_security.signals import user_authenticated
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import second_factor, signing_in
from broadcaster.accounts.access import asked_view, current_person, needs_sign_in, signed_in, speaks_json
from broadcaster.accounts.freshness import FRESH_FOR, present_session
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.passwords import MIN_PASSWORD_LENGTH
from broadcaster.accounts.sessions import REMEMBERED_FOR
from broadcaster.accounts.sign_in_forms import (
    PASSWORD_RIGHT_AT,
    CodeForm,
    ConfirmForm,
    SignInForm,
    SpareCodeForm,
)
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.secret import Secrets
from broadcaster.ways_back import Leads, judged

HALF_WAY_FOR = timedelta(minutes=10)
HALF_WAY = ("security.two_factor_token_validation", "security.mf_recovery")
"""After the password, before the code."""
CLOSED = (
    "security.two_factor_setup",
    "security.two_factor_setup_validate",
    "security.two_factor_rescue",
    "security.tf_select",
    "security.mf_recovery_codes",
)
"""Doors Flask-Security brings along and we have others for."""
ASKS_FOR_TOKEN = "include_auth_token"  # noqa: S105 - a word in an address
"""By which Flask-Security gives a token to whoever has the password: past the second factor that must be set
up, and beyond signing out everywhere. Ours are made at the server (`user token`), and the trail knows it.
"""


def set_up(app: APIFlask, settings: Settings, secrets: Secrets) -> None:
    """Sign-in by session for people and by token for their programs; closed unless a view says otherwise."""
    app.config.update(_configuration(settings, secrets), **_words())
    people: Any = (Person, RoleRow)  # mapped classes have Flask-Security's mixins at run time only
    security = Security(
        app,
        FSQLALiteUserDatastore(db, *people),
        login_form=SignInForm,
        verify_form=ConfirmForm,
        two_factor_verify_code_form=CodeForm,
        mf_recovery_form=SpareCodeForm,
        totp_cls=second_factor.Codes,
        mf_recovery_codes_util_cls=second_factor.SpareCodes,
    )
    security.login_manager.user_loader(signing_in.load)
    for endpoint in CLOSED:
        app.view_functions[endpoint] = _closed
    app.before_request(_refuse_no_address)
    app.before_request(_gate)
    user_authenticated.connect(signing_in.entered, app)
    user_logged_out.connect(signing_in.left, app)


def _configuration(settings: Settings, secrets: Secrets) -> dict[str, Any]:
    return {
        "SECRET_KEY": secrets.session_key,
        "SECURITY_PASSWORD_SALT": secrets.password_salt,
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_LENGTH_MIN": MIN_PASSWORD_LENGTH,
        "SECURITY_PASSWORD_NORMALIZE_FORM": "NFC",
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False, "test_environment": True},
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_LOGOUT_CSRF": True,
        "SECURITY_POST_LOGOUT_VIEW": "/sign-in",
        "SECURITY_STATIC_FOLDER": None,
        "SECURITY_SEND_REGISTER_EMAIL": False,
        "SECURITY_TOKEN_MAX_AGE": int(timedelta(days=30).total_seconds()),
        "SECURITY_TOKEN_AUTHENTICATION_KEY": None,  # in the header only: addresses stand in logs
        "SECURITY_FRESHNESS": FRESH_FOR,
        "SECURITY_FRESHNESS_ALLOW_AUTH_TOKEN": False,
        "SECURITY_VERIFY_URL": "/confirm",
        "SECURITY_VERIFY_TEMPLATE": "accounts/confirm.html",
        "SECURITY_TWO_FACTOR": True,
        "SECURITY_TWO_FACTOR_ENABLED_METHODS": [second_factor.METHOD],
        "SECURITY_TWO_FACTOR_RESCUE_EMAIL": False,
        "SECURITY_TWO_FACTOR_TOKEN_VALIDATION_URL": "/sign-in/code",
        "SECURITY_TWO_FACTOR_VERIFY_CODE_TEMPLATE": "accounts/code.html",
        "SECURITY_TOTP_SECRETS": {"1": secrets.second_factor_key},
        "SECURITY_TOTP_ISSUER": second_factor.ISSUER,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES": True,
        "SECURITY_MULTI_FACTOR_RECOVERY_CODES_N": second_factor.SPARE_CODES,
        "SECURITY_MULTI_FACTOR_RECOVERY_URL": "/sign-in/spare-code",
        "SECURITY_MULTI_FACTOR_RECOVERY_TEMPLATE": "accounts/spare_code.html",
        "SESSION_COOKIE_NAME": "sekong_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.server.secure_cookies,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": REMEMBERED_FOR,
    }


def _words() -> dict[str, Any]:
    """What Flask-Security says on our pages."""
    return {
        "SECURITY_MSG_GENERIC_AUTHN_FAILED": (
            _l("The e-mail address or the password is not right."),
            "error",
        ),
        "SECURITY_MSG_REAUTHENTICATION_SUCCESSFUL": (_l("Thank you. Go on."), "done"),
        "SECURITY_MSG_TWO_FACTOR_PERMISSION_DENIED": (
            _l("That took too long. Begin again with your password."),
            "wait",
        ),
        "SECURITY_MSG_TWO_FACTOR_LOGIN_SUCCESSFUL": (_l("You are signed in."), "done"),
        "SECURITY_MSG_INVALID_RECOVERY_CODE": (
            _l("This is no spare code of yours, or it was used before."),
            "error",
        ),
        "SECURITY_MSG_PASSWORD_NOT_PROVIDED": (_l("This is needed."), "error"),
    }


def _refuse_no_address() -> None:
    """A way back that is no address at all, as `//[`: Flask-Security stumbles over it in several places."""
    ours = (request.endpoint or "").startswith("security.")
    if ours and any(judged(wanted) is Leads.NOWHERE for wanted in request.values.getlist("next")):
        abort(400)


def _gate() -> BaseResponse | None:
    """Send strangers to the sign-in page, and who must set up a second factor there; tell programs."""
    _forget_half_way()
    if ASKS_FOR_TOKEN in request.args:
        abort(404)
    if not needs_sign_in():
        return None
    if not signed_in():
        target = url_for(
            "security.login", next=request.full_path.rstrip("?") if request.method == "GET" else None
        )
        return _sent(target, {"message": _("Sign in first.")}, 401)
    signing_in.seen()
    by_session = present_session() is not None
    if by_session and second_factor.must_set_up(current_person()) and not _leads_to_set_up():
        words = _("Set up your authenticator app first.")
        target = url_for("account_sign_in.set_up_second_factor")
        return _sent(target, {"message": words, "code": "second_factor_needed"}, 403)
    return None


def _sent(target: str, told: dict[str, str], status: int) -> BaseResponse:
    if speaks_json():
        refusal: Response = jsonify(told)
        refusal.status_code = status
        return refusal
    if "HX-Request" in request.headers:
        return Response(status=401, headers={"HX-Redirect": target})
    return redirect(target)


def _leads_to_set_up() -> bool:
    """Doors that stay open to who must set up a second factor before anything else."""
    through = request.endpoint in ("security.logout", "security.verify")
    return through or bool(getattr(asked_view(), "before_second_factor", False))


def _forget_half_way() -> None:
    """A password given ten minutes ago is too old to be followed by a code."""
    if request.endpoint in HALF_WAY:
        given = float(session.get(PASSWORD_RIGHT_AT, 0))
        if clock.now().timestamp() - given > HALF_WAY_FOR.total_seconds():
            session.pop("tf_state", None)


def _closed(**_values: object) -> BaseResponse:
    abort(404)
