"""What people say of themselves: the languages they understand, and how often mail tells them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput
from broadcaster.newsroom.announcements import known_language
from broadcaster.newsroom.telling import WISHES


def keep_languages(session: Session, person: Person, languages: Iterable[str], now: datetime) -> None:
    """The languages they understand from now on, on the trail: it is what lets them check recordings."""
    wanted = sorted({known_language(tag) for tag in languages})
    before = sorted(person.languages_known or ())
    if wanted == before:
        return
    person.languages_known = wanted
    accounts.record(
        session,
        action="person.languages",
        subject=f"person:{person.id}",
        before={"languages": before},
        after={"languages": wanted},
        actor=person,
        now=now,
    )


def keep_mail_wish(session: Session, person: Person, wish: str, now: datetime) -> None:
    """How often mail tells them: "at_once", "daily" or "never"."""
    if wish not in WISHES:
        raise BadInput(f"unknown wish {wish!r}; known are {', '.join(WISHES)}", field="mail", code="bad_wish")
    if wish == person.mail_wish:
        return
    before, person.mail_wish = person.mail_wish, wish
    accounts.record(
        session,
        action="person.mail_wish",
        subject=f"person:{person.id}",
        before={"mail": before},
        after={"mail": wish},
        actor=person,
        now=now,
    )
