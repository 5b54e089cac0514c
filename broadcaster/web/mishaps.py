"""When something goes wrong: a page in the reader's language for people, `{"message"}` for programs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import current_app, jsonify, render_template, request
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, DBAPIError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from broadcaster.accounts.service import speaks_json
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.full_disk import no_space

_sentences: dict[str, LazyString] = {
    "email_in_use": lazy_gettext("This address is already in use."),
    "bad_email": lazy_gettext("This is not an e-mail address."),
    "short_password": lazy_gettext("The password is too short; take at least %(length)s characters."),
    "long_password": lazy_gettext("The password is too long; take at most %(length)s characters."),
    "wrong_password": lazy_gettext("The present password is not right."),
    "common_password": lazy_gettext(
        "This password is among the first that are guessed. "
        "Take three or four words that do not belong together."
    ),
    "own_password": lazy_gettext(
        "The password holds your own name or address. Take words nobody connects with you."
    ),
    "wrong_code": lazy_gettext("The code is not right. Type the one the app shows now."),
    "not_you": lazy_gettext("The password or the code is not right."),
    "must_wait": lazy_gettext("Too many wrong attempts. Try again in %(minutes)s minutes."),
    "link_over": lazy_gettext("This link is not good any more. Ask for a new one."),
    "no_open_link": lazy_gettext("There is no open link for %(name)s."),
    "locked_out": lazy_gettext("%(name)s is locked out. Let them in again first."),
    "still_invited": lazy_gettext(
        "%(name)s was invited and never signed in. Withdraw the link, or make a new one."
    ),
    "no_second_factor": lazy_gettext("No authenticator app is set up."),
    "second_factor_off": lazy_gettext("Second factors are switched off on this server."),
    "last_administrator": lazy_gettext(
        "This is the last administrator. Make somebody else administrator first."
    ),
    "no_person": lazy_gettext("This person is not in the list."),
    "beyond_reach": lazy_gettext(
        "This belongs to %(place)s. Ask somebody who works there, or at the province's office."
    ),
    "beyond_reach_province": lazy_gettext(
        "This belongs to the whole province. Ask somebody at the province's office."
    ),
    "administrator_everywhere": lazy_gettext(
        "An administrator's role holds for the whole province. Give another role for some places."
    ),
    "role_not_given": lazy_gettext("They do not have this role. Give it first."),
    "place_not_there": lazy_gettext("There is no place with the code %(place)s."),
    "bad_village_file": lazy_gettext("Nothing was taken in. %(problems)s"),
    "not_utf8": lazy_gettext("The file is not UTF-8 text. Save the table as CSV UTF-8."),
    "file_too_large": lazy_gettext("The file is too large."),
    "not_storable": lazy_gettext("Something in the form is not right"),
    "disk_full": lazy_gettext("The server's disk is full. Nothing was saved. Tell your administrator."),
    "unreadable": lazy_gettext("The file cannot be read."),
}

_MEANINGS: dict[int, tuple[LazyString, LazyString]] = {
    400: (
        lazy_gettext("The request did not arrive whole"),
        lazy_gettext("Go back, load the page again, and send it once more. Nothing was changed."),
    ),
    401: (lazy_gettext("Sign in first"), lazy_gettext("This page is for people of the province's office.")),
    403: (
        lazy_gettext("This is not yours to do"),
        lazy_gettext("Your role does not include it. Ask an administrator if it should."),
    ),
    404: (
        lazy_gettext("There is nothing here"),
        lazy_gettext("The page was moved or removed, or the address has a mistake."),
    ),
    409: (lazy_gettext("That is not possible now"), lazy_gettext("Something else changed in the meantime.")),
    413: (
        lazy_gettext("The file is too large"),
        lazy_gettext("Send a shorter recording, or one in a compressed format such as MP3."),
    ),
    422: (lazy_gettext("Something in the form is not right"), lazy_gettext("Go back and correct it.")),
    429: (
        lazy_gettext("Too many attempts"),
        lazy_gettext("Wait a quarter of an hour, then try again."),
    ),
    500: (
        lazy_gettext("The server made a mistake"),
        lazy_gettext("It was written to the log. Try again; if it stays, tell your administrator."),
    ),
}


def set_up(app: APIFlask) -> None:
    """Answer every error in the form its reader understands."""
    app.error_processor(_api)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(BroadcasterError, _ours)
    app.register_error_handler(OSError, _machine)
    app.register_error_handler(DBAPIError, _machine)
    app.jinja_env.globals["say"] = say


def add_sentences(sentences: Mapping[str, LazyString]) -> None:
    """A room's own error codes in words, with named placeholders for the error's `params`.

    `ValueError` when another room has used a code: one of them would speak the other's words.
    """
    taken = [code for code, words in sentences.items() if _sentences.get(code, words) is not words]
    if taken:
        raise ValueError(f"these error codes have words already: {', '.join(taken)}; name them for the room")
    _sentences.update(sentences)


def say(error: BroadcasterError) -> str:
    """The error in the reader's language; its English sentence where nobody translated the code."""
    words = _sentences.get(error.code)
    if words is None:
        return str(error)
    return str(words) % error.params if error.params else str(words)


def _ours(error: BroadcasterError) -> tuple[Response | str, int]:
    if speaks_json():
        return jsonify(message=say(error), code=error.code), error.http_status
    return _page(error.http_status, say(error)), error.http_status


def _machine(error: OSError | DBAPIError) -> tuple[Response | str, int]:
    """A full disk is told as one, a value no column can hold is the sender's mistake (PostgreSQL keeps no NUL
    in a text); all else is the server's, with its trace in the log.
    """
    told: BroadcasterError | None = no_space(error)
    if told is None and isinstance(error, DataError):
        db.session.rollback()
        current_app.logger.warning("a value was sent that cannot be stored: %s", error.orig)
        told = BadInput("a value holds signs that cannot be stored; type it anew", code="not_storable")
    if told is None:
        raise error
    db.session.rollback()
    return _ours(told)


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    if status >= 500:
        db.session.rollback()  # a session that broke off in a statement could not even say whose page this is
    headers = {name: value for name, value in error.get_headers() if name in ("Allow", "Retry-After")}
    if speaks_json():
        title = _MEANINGS[status][0] if status in _MEANINGS else error.name
        return jsonify(message=str(title)), status, headers
    return _page(status), status, headers


def _api(error: HTTPError) -> Any:
    """A request that does not fit its published description; `detail` says which field."""
    body = {"message": error.message or _("The request is not right."), "detail": error.detail}
    return jsonify(body), error.status_code, error.headers


def _page(status: int, sentence: str | None = None) -> str:
    title, advice = _MEANINGS.get(status, _MEANINGS[500 if status >= 500 else 400])
    if "HX-Request" in request.headers:
        return render_template("web/mishap_fragment.html", title=title, advice=sentence or advice)
    return render_template("web/mishap.html", title=title, advice=sentence or advice)
