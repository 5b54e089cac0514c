"""Taking a recording away: what nobody has asked approval for, or what could not be used."""

from __future__ import annotations

import contextlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible
from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.originals import forget_original
from broadcaster.newsroom.sound import IngestState
from content_library import AudioStore
from content_library.errors import NotInStore

UNDECIDED = ("draft", "returned")
"""States in which a recording with audio can still go; later it is taken back first, or withdrawn."""


def is_removable(recording: Recording) -> bool:
    """Whether it may go: its upload failed, or its audio waits for nobody and was never approved."""
    if recording.ingest == IngestState.FAILED:
        return True
    done = recording.ingest == IngestState.DONE
    return done and recording.state in UNDECIDED and recording.approved_at is None


def remove_recording(session: Session, recording: Recording, person: Person | None, now: datetime) -> None:
    """Take it away with its texts and the file it was made from; the trail keeps that it was there.

    Its audio is for `forget_audio`, once this is committed. `NotPossible` when somebody is to decide or has
    decided about it, or when a newer version was made from it.
    """
    if not is_removable(recording):
        raise NotPossible("only a draft, or an upload that failed, can be removed", code="not_removable")
    if session.scalar(select(Recording.id).where(Recording.made_from_id == recording.id).limit(1)):
        raise NotPossible("a newer version was made from it; remove that first", code="has_newer_version")
    accounts.record(
        session,
        action="recording.removed",
        subject=recording.subject,
        before={
            "error": recording.error_code,
            "original_name": recording.original_name,
            "language": recording.language,
            "sha256": recording.sha256,
        },
        actor=person,
        now=now,
    )
    forget_original(session, recording)
    recording.announcement.recordings.remove(recording)
    session.delete(recording)
    session.flush()


def forget_audio(session: Session, store: AudioStore, sha256: str | None) -> None:
    """Remove stored audio that no row knows any more; called after the commit that took the last one away."""
    wanted = (
        session.scalar(select(table.id).where(table.sha256 == sha256).limit(1))
        for table in (Recording, Jingle)
    )
    if sha256 is None or any(number is not None for number in wanted):
        return
    with contextlib.suppress(NotInStore):
        store.delete(sha256)
