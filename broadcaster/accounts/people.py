"""Intentions about people: add one, change what they may do, lock them out, find them."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime

import email_validator
from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.accounts import sessions
from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.passwords import check_password
from broadcaster.accounts.role_places import forget_lost_roles
from broadcaster.accounts.roles import Role
from broadcaster.errors import BadInput, NotPossible, NotThere

LANGUAGES = ("en", "lo")


def add_person(
    session: Session,
    email: str,
    password: str,
    roles: Iterable[Role],
    name: str,
    now: datetime,
    *,
    language: str = "en",
    actor: Person | str | None = None,
) -> Person:
    """Somebody new who can sign in. `BadInput` for a bad address, a short password or an address in use."""
    address = _free_address(session, email)
    check_password(password, address, name)
    person = _new(session, address, name, roles, now, language)
    person.password = hash_password(password)
    _record_new(session, person, now, actor)
    return person


def add_invited(
    session: Session,
    email: str,
    roles: Iterable[Role],
    name: str,
    now: datetime,
    *,
    language: str = "en",
    actor: Person | str | None = None,
) -> Person:
    """Somebody new without a password, who cannot sign in before they opened their link (`links`)."""
    person = _new(session, _free_address(session, email), name, roles, now, language)
    person.invited, person.active = True, False
    _record_new(session, person, now, actor)
    return person


def change_roles(
    session: Session, person: Person, roles: Iterable[Role], now: datetime, actor: Person | str | None = None
) -> None:
    """Give exactly these roles; those kept hold where they held. The last administrator keeps theirs."""
    wanted = frozenset(roles)
    before = person.role_set
    if Role.ADMINISTRATOR in before - wanted:
        _keep_an_administrator(session, person)
    person.roles = _rows(session, wanted)
    forget_lost_roles(session, person)
    record(
        session,
        action="person.roles",
        subject=f"person:{person.id}",
        before={"roles": sorted(before)},
        after={"roles": sorted(wanted)},
        actor=actor,
        now=now,
    )


def set_active(
    session: Session, person: Person, active: bool, now: datetime, actor: Person | str | None = None
) -> None:
    """Lock somebody out, at once and everywhere, or let them in again.

    `NotPossible` for the last administrator, and for somebody invited who has no password to come in with.
    """
    if person.invited:
        raise NotPossible(
            f"{person.name} was invited and never signed in; withdraw the link, or make a new one",
            code="still_invited",
            name=person.name,
        )
    if person.active and not active and Role.ADMINISTRATOR in person.role_set:
        _keep_an_administrator(session, person)
    before = person.active
    person.active = active
    if not active:
        person.fs_uniquifier = secrets.token_hex(32)
        sessions.end_all(session, person, now)
    record(
        session,
        action="person.active",
        subject=f"person:{person.id}",
        before={"active": before},
        after={"active": active},
        actor=actor,
        now=now,
    )


def set_password(
    session: Session, person: Person, password: str, now: datetime, actor: Person | str | None = None
) -> None:
    """A new password; every session and every token of the old one ends. `BadInput` for a weak one."""
    check_own_password(person, password)
    person.password = hash_password(password)
    person.fs_uniquifier = secrets.token_hex(32)
    sessions.end_all(session, person, now)
    record(session, action="person.password", subject=f"person:{person.id}", actor=actor, now=now)


def check_own_password(person: Person, password: str) -> None:
    """`BadInput` in words unless the password is good enough for this person."""
    check_password(password, person.email, person.name)


def people(session: Session) -> Sequence[Person]:
    """Everybody, by name."""
    return session.scalars(select(Person).order_by(func.lower(Person.name), Person.id)).all()


def person(session: Session, person_id: int) -> Person:
    """One person; `NotThere` otherwise."""
    found = session.get(Person, person_id)
    if found is None:
        raise NotThere(f"there is no person {person_id}", code="no_person")
    return found


def person_by_email(session: Session, email: str) -> Person:
    """One person by address; `NotThere` otherwise."""
    found = session.scalar(select(Person).where(func.lower(Person.email) == email.strip().lower()))
    if found is None:
        raise NotThere(f"nobody has the address {email}", code="no_person")
    return found


def make_roles(session: Session) -> None:
    """Write the rows of all roles that are not there yet."""
    existing = set(session.scalars(select(RoleRow.name)))
    session.add_all(RoleRow(name=role.value) for role in Role if role.value not in existing)
    session.flush()


def _rows(session: Session, roles: Iterable[Role]) -> list[RoleRow]:
    make_roles(session)
    names = [role.value for role in roles]
    return list(session.scalars(select(RoleRow).where(RoleRow.name.in_(names)).order_by(RoleRow.id)))


def _keep_an_administrator(session: Session, leaving: Person) -> None:
    administrators = [
        other for other in people(session) if other.active and Role.ADMINISTRATOR in other.role_set
    ]
    if administrators == [leaving]:
        raise NotPossible(
            "this is the last administrator; make somebody else administrator first",
            code="last_administrator",
        )


def _new(
    session: Session, address: str, name: str, roles: Iterable[Role], now: datetime, language: str
) -> Person:
    person = Person(
        email=address,
        name=name.strip()[:120] or address[:120],
        language=language if language in LANGUAGES else "en",
        created_at=now,
        fs_uniquifier=secrets.token_hex(32),
        roles=_rows(session, roles),
    )
    session.add(person)
    session.flush()
    return person


def _record_new(session: Session, person: Person, now: datetime, actor: Person | str | None) -> None:
    after = {"email": person.email, "roles": sorted(person.role_set)}
    record(session, action="person.add", subject=f"person:{person.id}", after=after, actor=actor, now=now)


def _free_address(session: Session, email: str) -> str:
    address = _address(email)
    if session.scalar(select(Person.id).where(func.lower(Person.email) == address.lower())) is not None:
        raise BadInput(f"{address} is already in use", field="email", code="email_in_use", email=address)
    return address


def _address(email: str) -> str:
    try:
        checked = email_validator.validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        )
    except email_validator.EmailNotValidError as error:
        message = f"{email!r} is not an e-mail address: {error}"
        raise BadInput(message, field="email", code="bad_email", email=email) from error
    return checked.normalized
