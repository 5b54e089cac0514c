"""The trail: every change of state writes who did it, in the same transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.models import AuditEntry, Person

COMMAND_LINE = "command line"


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
    being one ("station:thateng-neua"), or None for the command line.
    """
    person = actor if isinstance(actor, Person) else None
    name = person.name if person else (actor if isinstance(actor, str) else COMMAND_LINE)
    entry = AuditEntry(
        at=now,
        actor_id=person.id if person else None,
        actor=name,
        action=action,
        subject=subject,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    session.add(entry)
    return entry


def trail(session: Session, subject: str | None = None, most: int = 100) -> Sequence[AuditEntry]:
    """The newest lines first, of one thing or of everything."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if subject is not None:
        query = query.where(AuditEntry.subject == subject)
    return session.scalars(query).all()
