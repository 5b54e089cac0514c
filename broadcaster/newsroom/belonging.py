"""Whose an announcement is: the province's, or a place's. Who reaches the place may touch it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput, NotThere
from broadcaster.newsroom.models import Announcement, Jingle, Recording
from broadcaster.places import service as places

EDITOR = accounts.Role.EDITOR


def owner_of_announcement(session: Session, announcement_id: int) -> tuple[str, ...] | None:
    """The place it belongs to, none for the whole province; None where there is no such announcement."""
    row = session.execute(
        select(Announcement.place_code).where(Announcement.id == announcement_id)
    ).one_or_none()
    return None if row is None else _codes(row[0])


def owner_of_recording(session: Session, recording_id: int) -> tuple[str, ...] | None:
    """As its announcement's."""
    row = session.execute(
        select(Announcement.place_code).join(Recording).where(Recording.id == recording_id)
    ).one_or_none()
    return None if row is None else _codes(row[0])


def owner_of_jingle(session: Session, jingle_id: int) -> tuple[str, ...] | None:
    """Jingles belong to the whole province."""
    return None if session.get(Jingle, jingle_id) is None else ()


def visible(reach: accounts.Reach) -> ColumnElement[bool]:
    """Announcements that concern somebody with this reach, as a condition for a query of them."""
    if reach.everywhere:
        return true()
    if not reach.places:
        return Announcement.id.is_(None)
    return or_(Announcement.place_code.is_(None), Announcement.place_code.in_(reach.inside | reach.above))


def may_touch(announcement: Announcement, person: Person, *roles: accounts.Role) -> bool:
    """Whether one of the roles reaches whose it is."""
    return person.may(*roles) and accounts.reach(person, *roles).touches(_codes(announcement.place_code))


def refuse_foreign(
    session: Session, announcement: Announcement, person: Person | None, *roles: accounts.Role
) -> None:
    """`NotAllowed`, with whose it is, where none of the roles reaches it: for doors without its address."""
    accounts.refuse_beyond(session, person, roles, _codes(announcement.place_code))


def refuse_unseen(session: Session, announcement_id: int, person: Person | None) -> None:
    """`NotThere` for an announcement that does not concern the person, as for one that is not there."""
    codes = owner_of_announcement(session, announcement_id)
    if codes is None or not accounts.reach(person).sees(codes):
        raise not_there(announcement_id)


def not_there(announcement_id: int) -> NotThere:
    """The same answer for an announcement that does not concern the person as for one that does not exist."""
    return NotThere(
        f"there is no announcement {announcement_id}; look it up in the list of announcements",
        code="announcement_not_there",
        announcement=announcement_id,
    )


def owning_place(session: Session, author: Person | None, wanted: str | None) -> str | None:
    """Whose a new announcement is to be: the place wanted, else the province, else the author's only place.

    `BadInput` for a place nobody knows, and where the author has several places and named none; `NotAllowed`
    for one beyond the author's reach as an editor.
    """
    if wanted:
        code = places.known_code(session, wanted)
        accounts.refuse_beyond(session, author, (EDITOR,), (code,))
        return code
    reach = accounts.reach(author, EDITOR)
    if reach.everywhere:
        return None
    if len(reach.places) != 1:
        raise BadInput(
            "say which of your places it belongs to; the whole province is not yours",
            field="place",
            code="name_your_place",
        )
    return next(iter(reach.places))


def give_to(
    session: Session, announcement: Announcement, wanted: str | None, person: Person | None, now: datetime
) -> None:
    """Another owner, None is the whole province. Who gives it must reach both, as an editor."""
    code = places.known_code(session, wanted) if wanted else None
    accounts.refuse_beyond(session, person, (EDITOR,), _codes(announcement.place_code))
    accounts.refuse_beyond(session, person, (EDITOR,), _codes(code))
    before, announcement.place_code = announcement.place_code, code
    if before == code:
        return
    accounts.record(
        session,
        action="announcement.given",
        subject=f"announcement:{announcement.id}",
        before={"place": before},
        after={"place": code},
        actor=person,
        now=now,
    )


def _codes(place_code: str | None) -> tuple[str, ...]:
    return () if place_code is None else (place_code,)
