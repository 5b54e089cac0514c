"""People and recordings for tests of the way to approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.newsroom import service
from tests.broadcaster.newsroom.audio import ready_audio


def person(
    session: Session,
    now: datetime,
    name: str,
    *roles: accounts.Role,
    languages: Sequence[str] = (),
    language: str = "en",
) -> Person:
    """Somebody with these roles everywhere, who understands these languages."""
    accounts.make_roles(session)
    somebody = Person(
        email=f"{name}@example.org",
        name=name,
        created_at=now,
        active=True,
        language=language,
        fs_uniquifier=f"unique-{name}",
        languages_known=list(languages),
    )
    somebody.roles = list(session.query(RoleRow).filter(RoleRow.name.in_([role.value for role in roles])))
    session.add(somebody)
    session.flush()
    return somebody


def draft(
    session: Session,
    now: datetime,
    about: service.Announcement,
    name: str,
    author: Person | None = None,
    language: str = "lo",
) -> service.Recording:
    """A recording with audio of its own."""
    return service.attach_recording(session, about, language, ready_audio(name), f"{name}.wav", author, now)


def submitted(
    session: Session,
    now: datetime,
    about: service.Announcement,
    name: str,
    author: Person | None = None,
    language: str = "lo",
) -> service.Recording:
    """One that awaits approval."""
    recording = draft(session, now, about, name, author, language)
    service.submit_recording(session, recording, author, now)
    return recording
