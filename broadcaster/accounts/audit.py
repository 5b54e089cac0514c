"""The trail: every change of state writes who did it, from where, in the same transaction."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.models import AuditEntry, Person
from broadcaster.accounts.origin import Via, origin

COMMAND_LINE = "command line"
SERVER = "server"
LONGEST_WORDS = 8000
"""Characters of an entry that can be searched; more is kept in `before` and `after`."""

_UNSEEN = dict.fromkeys((0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))


def record(
    session: Session,
    *,
    action: str,
    subject: str,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    actor: Person | str | None = None,
) -> AuditEntry:
    """Write one line of the trail.

    `action` is a verb with its room ("recording.approve"), `subject` names the thing ("recording:12"),
    `before` and `after` hold what changed, as JSON values. `actor` is a person, a word for who acted without
    being one ("station:thateng-neua"), or None for the command line, or the server where nobody asked. From
    where is filled in by itself.
    """
    where = origin()
    person = actor if isinstance(actor, Person) else None
    nobody = SERVER if where.via is Via.SERVER else COMMAND_LINE
    name = person.name if person else (actor if isinstance(actor, str) else nobody)
    entry = AuditEntry(
        at=now,
        actor_id=person.id if person else None,
        actor=name,
        action=action,
        subject=subject,
        via=where.via.value,
        from_address=where.address,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
        words=folded(" ".join([name, subject, *_leaves(before), *_leaves(after)]))[:LONGEST_WORDS],
    )
    session.add(entry)
    return entry


def trail(session: Session, subject: str | None = None, most: int = 100) -> Sequence[AuditEntry]:
    """The newest lines first, of one thing or of everything."""
    query = select(AuditEntry).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    return session.scalars(query).all()


def folded(text: str) -> str:
    """As it is searched: case, width, ways to compose a letter, and signs nobody sees make no difference."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_UNSEEN).split())


def _leaves(value: object) -> Iterator[str]:
    """The texts and numbers in a JSON value."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from _leaves(one)
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from _leaves(one)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
