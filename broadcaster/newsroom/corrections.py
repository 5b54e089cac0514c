"""Corrections of an announcement that was never approved: another title, or away with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible
from broadcaster.newsroom.loose_bytes import let_go
from broadcaster.newsroom.models import Announcement
from broadcaster.newsroom.removal_models import Store
from broadcaster.newsroom.revisions import rename, was_approved
from broadcaster.newsroom.sound import IngestState


def may_be_renamed(announcement: Announcement) -> bool:
    """While nothing in it was ever approved: an approval was given under the title it had."""
    return not was_approved(announcement)


def may_be_removed(announcement: Announcement) -> bool:
    """While it holds nothing, or only uploads that failed."""
    return all(one.ingest == IngestState.FAILED for one in announcement.recordings)


def rename_announcement(
    session: Session, announcement: Announcement, title: str, person: Person | None, now: datetime
) -> None:
    """Another title. `BadInput` for the title, `NotPossible` once a recording was approved."""
    rename(session, announcement, title, person, now)


def remove_announcement(
    session: Session, announcement: Announcement, person: Person | None, now: datetime
) -> None:
    """Take it away with its failed uploads, which have left no audio. The trail keeps that it was there.

    `NotPossible` when a recording of it has audio, or a programme or a campaign holds it.
    """
    if not may_be_removed(announcement):
        raise NotPossible(
            "it has a recording; only an announcement without any can be removed", code="has_recordings"
        )
    failed = [
        {"original_name": one.original_name, "error": one.error_code} for one in announcement.recordings
    ]
    subject, title = f"announcement:{announcement.id}", announcement.title
    try:
        with session.begin_nested():
            for one in list(announcement.recordings):
                let_go(session, Store.ORIGINALS, one.source_sha256, now)
                announcement.recordings.remove(one)
                session.delete(one)
            session.flush()
            session.delete(announcement)
            session.flush()
    except IntegrityError as error:
        raise NotPossible(
            "a programme or a campaign holds it; take it out there first", code="announcement_in_use"
        ) from error
    accounts.record(
        session,
        action="announcement.removed",
        subject=subject,
        before={"title": title, "failed": failed},
        actor=person,
        now=now,
    )
