"""Intentions about people: add one, change what they may do, lock them out, find them."""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime

import email_validator
from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.roles import Role
from broadcaster.errors import BadInput, NotPossible, NotThere

MIN_PASSWORD_LENGTH = 10
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
    address = _address(email)
    _check_password(password)
    if session.scalar(select(Person.id).where(func.lower(Person.email) == address.lower())) is not None:
        raise BadInput(f"{address} is already in use", field="email", code="email_in_use", email=address)
    wanted = tuple(roles)
    person = Person(
        email=address,
        name=name.strip()[:120] or address,
        password=hash_password(password),
        language=language if language in LANGUAGES else "en",
        created_at=now,
        fs_uniquifier=secrets.token_hex(32),
        roles=_rows(session, wanted),
    )
    session.add(person)
    session.flush()
    after = {"email": address, "roles": sorted(wanted)}
    record(session, action="person.add", subject=f"person:{person.id}", after=after, actor=actor, now=now)
    return person


def change_roles(
    session: Session, person: Person, roles: Iterable[Role], now: datetime, actor: Person | str | None = None
) -> None:
    """Give exactly these roles. The last administrator keeps theirs."""
    wanted = frozenset(roles)
    before = person.role_set
    if Role.ADMINISTRATOR in before - wanted:
        _keep_an_administrator(session, person)
    person.roles = _rows(session, wanted)
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
    """Lock somebody out, at once and everywhere, or let them in again."""
    if person.active and not active and Role.ADMINISTRATOR in person.role_set:
        _keep_an_administrator(session, person)
    before = person.active
    person.active = active
    if not active:
        person.fs_uniquifier = secrets.token_hex(32)
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
    """A new password; every session of the old one ends."""
    _check_password(password)
    person.password = hash_password(password)
    person.fs_uniquifier = secrets.token_hex(32)
    record(session, action="person.password", subject=f"person:{person.id}", actor=actor, now=now)


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


def _address(email: str) -> str:
    try:
        checked = email_validator.validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        )
    except email_validator.EmailNotValidError as error:
        message = f"{email!r} is not an e-mail address: {error}"
        raise BadInput(message, field="email", code="bad_email", email=email) from error
    return checked.normalized


def _check_password(password: str) -> None:
    if len(unicodedata.normalize("NFC", password)) < MIN_PASSWORD_LENGTH:
        raise BadInput(
            f"the password is too short; take at least {MIN_PASSWORD_LENGTH} characters",
            field="password",
            code="short_password",
            length=MIN_PASSWORD_LENGTH,
        )
    if len(password) > 256:
        raise BadInput("the password is too long", field="password", code="long_password", length=256)
