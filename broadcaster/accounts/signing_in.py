"""A browser comes in and goes out: the row that stands for it, and the word in its cookie."""

from __future__ import annotations

from typing import Any, cast

from flask import g, request, session
from flask_security import login_user
from flask_security.utils import set_request_attr

from broadcaster import clock
from broadcaster.accounts import pauses, people, sessions
from broadcaster.accounts.audit import record
from broadcaster.accounts.freshness import present_session
from broadcaster.accounts.models import Person
from broadcaster.database import db

WORD = "sign_in_word"
LANGUAGE_WISH = "language_wish"
"""In a stranger's session: the language chosen before signing in, until somebody signs in here."""

_REMEMBER = "_remember"
"""Flask-Login's wish for a cookie of its own, which no row could end: ours stays longer instead."""


def load(user_id: str) -> Person | None:
    """Who the cookie stands for, while its row lives, its account is open and its password is the same."""
    row = sessions.find(db.session, str(session.get(WORD, "")), clock.now())
    person = db.session.get(Person, row.person_id) if row is not None else None
    if row is None or person is None or not person.active or person.fs_uniquifier != user_id:
        return None
    g.sign_in_session = row
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", row.fresh_at.timestamp())
    return person


def enter(person: Person) -> None:
    """Sign this browser in, as after the sign-in page. The caller has committed what came before."""
    login_user(cast("Any", person))


def wish_language(language: str) -> None:
    """A stranger chose the language of the pages: it goes with whoever signs in next in this session."""
    session[LANGUAGE_WISH] = language


def forget_language_wish() -> None:
    """Another page asked for the language itself."""
    session.pop(LANGUAGE_WISH, None)


def entered(_sender: object, user: Person, **_more: object) -> None:
    """Somebody proved who they are: begin their row with a new word, and forget their wrong attempts.

    A language chosen on the way in becomes theirs, also in place of an earlier one: the switch means the
    same before the door as behind it, and this was their latest word. What a cookie or the browser made the
    sign-in page speak, chosen by nobody in this session, changes no one's language: on a shared computer it
    may have been somebody else's.
    """
    now = clock.now()
    before = present_session()
    if before is not None:
        sessions.end(before, now)
    remembered = session.pop(_REMEMBER, None) == "set"
    row, word = sessions.begin(
        db.session,
        user,
        now,
        from_address=request.remote_addr or "",
        browser=request.user_agent.string,
        remembered=remembered,
    )
    wished = session.pop(LANGUAGE_WISH, None)
    if wished in people.LANGUAGES:
        user.language = wished
    for name in ("csrf_token", "password_right_at", "second_factor_secret"):
        session.pop(name, None)
    session[WORD] = word
    session.permanent = remembered
    g.sign_in_session = row
    pauses.forget(db.session, user)
    record(db.session, action="person.sign_in", subject=f"person:{user.id}", actor=user, now=now)
    db.session.commit()


def left(_sender: object, user: Person, **_more: object) -> None:
    """Signed out: the row ends, so that a copy of the cookie opens nothing either."""
    session.pop(WORD, None)
    row = g.pop("sign_in_session", None)
    if row is None:
        return
    now = clock.now()
    sessions.end(row, now)
    record(db.session, action="person.sign_out", subject=f"person:{row.person_id}", actor=user, now=now)
    db.session.commit()


def seen() -> None:
    """Note now and then that this browser is still in use."""
    row = present_session()
    if row is not None and sessions.was_seen(row, clock.now(), request.remote_addr or ""):
        db.session.commit()
