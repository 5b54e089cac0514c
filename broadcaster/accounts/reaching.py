"""How far the person who asks reaches, and the refusal of what lies beyond."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import get_locale
from sqlalchemy.orm import Session, object_session

from broadcaster.accounts.known_places import known_places, parents
from broadcaster.accounts.models import Person
from broadcaster.accounts.place_models import PlaceInView
from broadcaster.accounts.reach import EVERYWHERE, NOWHERE, Reach, reach_of
from broadcaster.accounts.role_places import places_by_role
from broadcaster.accounts.roles import Role
from broadcaster.database import db
from broadcaster.errors import NotAllowed


def reach(person: Person | None, *roles: Role) -> Reach:
    """How far a person's roles reach: of these roles only, or of all they have.

    None is whoever is at the server's command line, who reaches everywhere; so do administrators.
    """
    if person is None or Role.ADMINISTRATOR in person.role_set:
        return EVERYWHERE
    asked = person.role_set & frozenset(roles or Role)
    if not asked:
        return NOWHERE
    session = object_session(person) or db.session
    held = places_by_role(session, person)
    if any(not held[role] for role in asked):
        return EVERYWHERE
    return reach_of({code for role in asked for code in held[role]}, parents(session))


def in_view(person: Person | None) -> Reach:
    """What a person's lists show: all they reach, narrowed to the place they chose to look at."""
    found = reach(person)
    if person is None:
        return found
    session = object_session(person) or db.session
    chosen = session.get(PlaceInView, person.id)
    return found.narrowed(chosen.place_code, parents(session)) if chosen else found


def refuse_beyond(
    session: Session, person: Person | None, roles: Iterable[Role], codes: Iterable[str]
) -> None:
    """`NotAllowed`, with whose it is, unless a thing of these places may be touched by one of the roles.

    No codes at all is a thing of the whole province.
    """
    wanted = tuple(codes)
    found = reach(person, *roles)
    if found.touches(wanted):
        return
    known = known_places(session)
    beyond = known.get(next((code for code in wanted if not found.holds(code)), ""))
    if beyond is None or beyond.parent_code is None:
        raise NotAllowed(
            "this belongs to the whole province; ask somebody at the province's office",
            code="beyond_reach_province",
        )
    locale = get_locale()
    raise NotAllowed(
        f"this belongs to {beyond.name} ({beyond.code}); ask somebody there or at the province's office",
        code="beyond_reach",
        place=beyond.name_in(str(locale.language) if locale else "en"),
    )
