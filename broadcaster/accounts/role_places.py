"""Intentions about where roles hold: give a role for the whole province or for some places."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import g, has_request_context
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from broadcaster.accounts.audit import record
from broadcaster.accounts.known_places import known_places
from broadcaster.accounts.models import Person
from broadcaster.accounts.place_models import RolePlace
from broadcaster.accounts.roles import Role
from broadcaster.errors import BadInput, NotPossible

PlacesByRole = dict[Role, tuple[str, ...]]


def places_by_role(session: Session, person: Person) -> PlacesByRole:
    """Where each of the person's roles holds, codes in order; empty is the whole province."""
    if not has_request_context():
        return _read(session, person)
    kept: dict[int, PlacesByRole] = g.setdefault("places_by_role", {})
    if person.id not in kept:
        kept[person.id] = _read(session, person)
    return kept[person.id]


def set_places(
    session: Session,
    person: Person,
    role: Role,
    codes: Iterable[str],
    now: datetime,
    actor: Person | str | None = None,
) -> None:
    """One of the person's roles holds in exactly these places; with none, in the whole province.

    `BadInput` for a place nobody knows and for administrators, who are never narrowed; `NotPossible` for a
    role the person does not have.
    """
    wanted = checked_places(session, codes)
    if role not in person.role_set:
        raise NotPossible(f"{person.email} is no {role.value}; give the role first", code="role_not_given")
    if role is Role.ADMINISTRATOR and wanted:
        raise BadInput(
            "an administrator's role holds for the whole province; give another role for some places",
            field="places",
            code="administrator_everywhere",
        )
    before = places_by_role(session, person)[role]
    if before == wanted:
        return
    session.execute(delete(RolePlace).where(RolePlace.person_id == person.id, RolePlace.role == role))
    session.add_all(RolePlace(person_id=person.id, role=role, place_code=code) for code in wanted)
    session.flush()
    _forget(person)
    record(
        session,
        action="person.places",
        subject=f"person:{person.id}",
        before={"role": role.value, "places": list(before)},
        after={"role": role.value, "places": list(wanted)},
        actor=actor,
        now=now,
    )


def set_places_of_all(
    session: Session, person: Person, codes: Iterable[str], now: datetime, actor: Person | str | None = None
) -> None:
    """Every role of the person but the administrator's holds in exactly these places."""
    wanted = checked_places(session, codes)
    narrowed = sorted(person.role_set - {Role.ADMINISTRATOR})
    if wanted and not narrowed:
        raise BadInput(
            "an administrator's role holds for the whole province; give another role for some places",
            field="places",
            code="administrator_everywhere",
        )
    for role in narrowed:
        set_places(session, person, role, wanted, now, actor)


def forget_lost_roles(session: Session, person: Person) -> None:
    """Where a role held that the person no longer has: given anew later, it is said anew where."""
    lost = [role for role in Role if role not in person.role_set]
    session.execute(delete(RolePlace).where(RolePlace.person_id == person.id, RolePlace.role.in_(lost)))
    _forget(person)


def checked_places(session: Session, codes: Iterable[str]) -> tuple[str, ...]:
    """The codes, each once and in order; `BadInput` names the one nobody knows."""
    wanted = tuple(sorted({code.strip() for code in codes if code.strip()}))
    known = known_places(session)
    for code in wanted:
        if code not in known:
            raise BadInput(
                f"there is no place {code}; `place list` shows the codes",
                field="places",
                code="place_not_there",
                place=code,
            )
    return wanted


def _forget(person: Person) -> None:
    if has_request_context():
        g.setdefault("places_by_role", {}).pop(person.id, None)


def _read(session: Session, person: Person) -> PlacesByRole:
    rows = session.scalars(
        select(RolePlace).where(RolePlace.person_id == person.id).order_by(RolePlace.place_code)
    ).all()
    return {
        role: tuple(row.place_code for row in rows if row.role is role)
        for role in Role
        if role in person.role_set
    }
