"""Whose work a sound is: everybody who brought it or edited it on its way to this version.

Who trims a recording makes a version of their own; what is said in it is still what somebody else brought. So
the author of a version is not one person, and none of them approves it or checks its language.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, aliased

from broadcaster.accounts.models import Person
from broadcaster.newsroom.models import Jingle, Recording


def had_a_hand_in(session: Session, person: Person | None, sound: Recording | Jingle) -> bool:
    """Whether this person brought or edited the sound; nobody did who acts at the command line."""
    if person is None:
        return False
    if person.id == sound.created_by_id or isinstance(sound, Jingle):
        return person.id == sound.created_by_id
    theirs = select(Recording.id).where(Recording.id == sound.id, by_the_hand_of(person))
    return session.scalar(theirs) is not None


def by_the_hand_of(person: Person) -> ColumnElement[bool]:
    """The same as a condition on `Recording`: theirs is this version, the one it was made from, an earlier
    one made from that, or a recording that was brought as the very same file.
    """
    earlier = aliased(Recording)
    line = or_(
        earlier.id == Recording.made_from_id,
        and_(
            earlier.announcement_id == Recording.announcement_id,
            earlier.made_from_id == Recording.made_from_id,
            earlier.id < Recording.id,
        ),
    )
    same_file = aliased(Recording)
    return or_(
        Recording.created_by_id.is_not_distinct_from(person.id),
        select(earlier.id).where(earlier.created_by_id == person.id, line).exists(),
        select(same_file.id)
        .where(
            same_file.created_by_id == person.id,
            same_file.made_from_id.is_(None),
            same_file.source_sha256 == Recording.source_sha256,
        )
        .exists(),
    )
