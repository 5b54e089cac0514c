"""Links that let somebody choose a password: invitations, and for those who forgot theirs.

Rule 1: a link is good once, for a time, until it is withdrawn or a newer one is made.
Rule 2: only its hash is kept; it can be read on the page that made it, and in the letter to its reader.
Rule 3: a link opens the choice of a password, never a way around the second factor.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from flask import current_app, has_request_context, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broadcaster import mail
from broadcaster.accounts import pauses, people
from broadcaster.accounts.audit import COMMAND_LINE, record
from broadcaster.accounts.models import Person
from broadcaster.accounts.roles import Role
from broadcaster.accounts.sessions import hash_of
from broadcaster.accounts.sign_in_models import AccountLink, LinkKind
from broadcaster.config import Settings
from broadcaster.errors import NotPossible, NotThere

GOOD_FOR = {LinkKind.INVITATION: timedelta(days=7), LinkKind.RESET: timedelta(days=1)}
PATH = "/welcome/"


def invite(
    session: Session,
    email: str,
    roles: Iterable[Role],
    name: str,
    now: datetime,
    *,
    language: str = "lo",
    actor: Person | str | None = None,
) -> tuple[Person, str]:
    """Somebody new, who chooses their own password by the word of the link that comes with them.

    `BadInput` for a bad address or one in use. They have their roles from now on, and sign in only later.
    """
    person = people.add_invited(session, email, roles, name, now, language=language, actor=actor)
    return person, make(session, person, now, actor)


def make(session: Session, person: Person, now: datetime, actor: Person | str | None = None) -> str:
    """The word of a new link, an invitation or a reset by what the person needs; earlier ones end."""
    if not person.invited and not person.active:
        raise NotPossible(
            "this account is locked; let it in again first", code="locked_out", name=person.name
        )
    kind = kind_for(person)
    _end_open(session, person, now)
    word = secrets.token_urlsafe(32)
    maker = actor.name if isinstance(actor, Person) else actor or COMMAND_LINE
    session.add(
        AccountLink(
            kind=kind,
            person_id=person.id,
            token_hash=hash_of(word),
            made_by=maker,
            made_at=now,
            expires_at=now + GOOD_FOR[kind],
        )
    )
    until = (now + GOOD_FOR[kind]).isoformat()
    record(
        session,
        action=f"person.{'invite' if person.invited else 'reset_link'}",
        subject=f"person:{person.id}",
        after={"email": person.email, "until": until},
        actor=actor,
        now=now,
    )
    return word


def kind_for(person: Person) -> LinkKind:
    """An invitation for who never came in, else a way to a new password."""
    return LinkKind.INVITATION if person.invited else LinkKind.RESET


def find(session: Session, word: str, now: datetime) -> AccountLink:
    """The link of this word while it is good; `NotThere` otherwise, whatever the reason."""
    found = session.scalar(select(AccountLink).where(AccountLink.token_hash == hash_of(word)))
    if found is None or not is_open(found, now):
        raise NotThere("this link is not good any more; ask for a new one", code="link_over")
    return found


def is_open(link: AccountLink, now: datetime) -> bool:
    """Whether it can still be used. That of somebody locked out can not."""
    unused = link.used_at is None and link.withdrawn_at is None and now < link.expires_at
    return unused and (link.person.active or link.person.invited)


def use(session: Session, link: AccountLink, password: str, language: str, now: datetime) -> Person:
    """Choose the password. `BadInput` for a weak one leaves the link good; `NotThere` when used meanwhile."""
    person = link.person
    people.check_own_password(person, password)
    taken = session.execute(
        update(AccountLink)
        .where(AccountLink.id == link.id, AccountLink.used_at.is_(None), AccountLink.withdrawn_at.is_(None))
        .values(used_at=now)
    )
    if not taken.rowcount:  # type: ignore[attr-defined]  # an UPDATE has it
        raise NotThere("this link is not good any more; ask for a new one", code="link_over")
    if language in people.LANGUAGES:
        person.language = language
    if person.invited:
        person.invited, person.active = False, True
        record(session, action="person.join", subject=f"person:{person.id}", actor=person, now=now)
    people.set_password(session, person, password, now, actor=person)
    pauses.forget(session, person)
    return person


def withdraw(session: Session, person: Person, now: datetime, actor: Person | str | None = None) -> None:
    """What was handed out opens nothing any more. `NotPossible` when nothing is open."""
    if not _end_open(session, person, now):
        raise NotPossible("there is no open link for this person", code="no_open_link", name=person.name)
    record(session, action="person.link_withdrawn", subject=f"person:{person.id}", actor=actor, now=now)


def open_links(session: Session, now: datetime, person: Person | None = None) -> Sequence[AccountLink]:
    """Links that wait to be opened, the newest first."""
    query = select(AccountLink).where(
        AccountLink.used_at.is_(None), AccountLink.withdrawn_at.is_(None), AccountLink.expires_at > now
    )
    if person is not None:
        query = query.where(AccountLink.person_id == person.id)
    return session.scalars(query.order_by(AccountLink.id.desc())).all()


def address(word: str) -> str:
    """The link itself: under the configured address, else the one this page was asked for by."""
    settings: Settings = current_app.config["SETTINGS"]
    base = settings.mail.base_url
    if not base:
        server = f"http://{settings.server.host}:{settings.server.port}"
        base = request.host_url if has_request_context() else server
    return base.rstrip("/") + PATH + word


def send(session: Session, person: Person, link: str, now: datetime) -> bool:
    """Have the link sent to its reader in their language; False when no mail server is configured."""
    if not mail.is_configured(current_app.config["SETTINGS"]):
        return False
    with force_locale(person.language):
        if person.invited:
            subject = _("Your account at Sekong Broadcaster")
            body = _(
                "Hello %(name)s,\n\nan account was made for you. Open this link within 7 days and choose "
                "your password:\n\n%(link)s\n\nThe link works once. Give it to nobody.",
                name=person.name,
                link=link,
            )
        else:
            subject = _("A new password for Sekong Broadcaster")
            body = _(
                "Hello %(name)s,\n\nopen this link within one day and choose a new password:\n\n%(link)s\n\n"
                "The link works once. If you did not ask for it, tell your administrator.",
                name=person.name,
                link=link,
            )
        mail.queue(session, to=person.email, subject=subject, body=body, now=now)
    return True


def _end_open(session: Session, person: Person, now: datetime) -> int:
    ended = (
        update(AccountLink)
        .where(
            AccountLink.person_id == person.id,
            AccountLink.used_at.is_(None),
            AccountLink.withdrawn_at.is_(None),
            AccountLink.expires_at > now,
        )
        .values(withdrawn_at=now)
    )
    return int(session.execute(ended).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it
