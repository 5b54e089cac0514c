"""Dangerous acts ask once more who is there, unless that was proved within the last quarter of an hour.

What was sent is kept: the page that asks holds the fields of the act, and sends them on with the answer.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

from flask import Response, g, jsonify, render_template, request, url_for
from flask_babel import gettext as _

from broadcaster import clock
from broadcaster.accounts import pauses, second_factor, sessions
from broadcaster.accounts.access import current_person, speaks_json
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person
from broadcaster.accounts.sign_in_models import SignInSession
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError, NotPossible
from broadcaster.ways_back import without_host

FRESH_FOR = sessions.FRESH_FOR
View = TypeVar("View", bound=Callable[..., Any])

FIELD = "confirm_with"
"""The field of the page that asks: a password, or the app's code."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
NOT_YOU = "not_you"
MUST_WAIT = "must_wait"


def present_session() -> SignInSession | None:
    """The row of this browser's sign-in; None for programs, which have none."""
    row: SignInSession | None = g.get("sign_in_session")
    return row


def is_fresh() -> bool:
    """Whether whoever asks proved lately who they are. A token never did."""
    row = present_session()
    return row is not None and sessions.is_fresh(row, clock.now())


def fresh(view: View) -> View:
    """Let changing requests of this door ask for the password or a code first, unless just given.

    A page gets the question and goes on by itself; htmx is sent to it; programs are told 401 `confirm_first`.
    """

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if request.method in SAFE or is_fresh():
            return view(*args, **kwargs)
        person = current_person()
        mistake = None
        if present_session() is not None and request.form.get(FIELD):
            try:
                confirm(person, request.form[FIELD], clock.now())
                return view(*args, **kwargs)
            except (BadInput, NotPossible) as error:
                if error.code not in (NOT_YOU, MUST_WAIT):
                    raise
                mistake = error
        return _ask(mistake)

    guarded.asks_who = True  # type: ignore[attr-defined]  # for a test that walks the doors
    return cast("View", guarded)


def confirm(person: Person, typed: str, now: datetime) -> None:
    """Prove who one is by password or code; then this browser is fresh.

    `BadInput` when it is neither, `NotPossible` while a pause for wrong attempts lasts.
    """
    counted = _counted(person, now)
    if not _proves(person, typed):
        _wrong(person, now)
        raise BadInput("the password or code is not right", field="confirm", code=NOT_YOU)
    pauses.take_back(db.session, counted)
    row = present_session()
    if row is not None:
        row.fresh_at = now
    db.session.commit()


def confirm_password(person: Person, typed: str, now: datetime) -> None:
    """Prove who one is by the password alone, before it is changed. Errors as of `confirm`."""
    counted = _counted(person, now)
    if not (person.password and person.verify_and_update_password(typed)):
        _wrong(person, now)
        raise BadInput("the present password is not right", field="present", code="wrong_password")
    pauses.take_back(db.session, counted)
    db.session.commit()


def _counted(person: Person, now: datetime) -> tuple[pauses.Counted, pauses.Counted]:
    counted = pauses.counted_for(db.session, person.email, request.remote_addr or "")
    until = pauses.attempt(db.session, counted, now)
    if until is not None:
        raise NotPossible(
            f"too many wrong attempts; try again after {until.isoformat()}",
            code=MUST_WAIT,
            minutes=max(1, -int((now - until).total_seconds() // 60)),
        )
    return counted


def _wrong(person: Person, now: datetime) -> None:
    subject = f"person:{person.id}"
    record(db.session, action="person.confirm_failed", subject=subject, actor=person, now=now)
    db.session.commit()


def _proves(person: Person, typed: str) -> bool:
    figures = typed.replace(" ", "")
    if person.has_second_factor and len(figures) == 6 and figures.isdecimal():
        return second_factor.is_right(person, figures)
    return bool(person.password) and person.verify_and_update_password(typed)


def _ask(mistake: BroadcasterError | None) -> Any:
    words = _("Confirm first that it is you.")
    if speaks_json() or request.is_json or present_session() is None:
        return jsonify(message=words, code="confirm_first"), 401
    if "HX-Request" in request.headers:
        back = without_host(request.headers.get("HX-Current-URL", ""), request.host)
        return Response(status=401, headers={"HX-Redirect": url_for("security.verify", next=back or "/")})
    kept = [
        (name, value) for name, value in request.form.items(multi=True) if name not in (FIELD, "csrf_token")
    ]
    page = render_template("accounts/confirm_act.html", kept=kept, field=FIELD, mistake=mistake)
    return page, 429 if mistake is not None and mistake.code == MUST_WAIT else 401
