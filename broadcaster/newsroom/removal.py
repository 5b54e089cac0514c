"""Taking a recording away that nobody has asked approval for, or could use; for a while it can come back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.database import UtcDateTime
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom.loose_bytes import GRACE, hold, let_go
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.newsroom.recordings import refuse_identical
from broadcaster.newsroom.removal_models import RemovedRecording, Store
from broadcaster.newsroom.sound import IngestState

UNDECIDED = ("draft", "returned")
"""States in which a recording with audio can still go; later it is taken back first, or withdrawn."""


def is_removable(recording: Recording) -> bool:
    """Whether it may go: its upload failed, or its audio waits for nobody and was never approved."""
    if recording.ingest == IngestState.FAILED:
        return True
    done = recording.ingest == IngestState.DONE
    return done and recording.state in UNDECIDED and recording.approved_at is None


def remove_recording(
    session: Session, recording: Recording, person: Person | None, now: datetime
) -> RemovedRecording:
    """Take it away with its texts. For `GRACE` it can come back; then its audio and its original file go.

    `NotPossible` when somebody is to decide or has decided about it, or when a newer version was made from it
    or, by somebody else, after it: who had a hand in a line of versions stays known.
    """
    if not is_removable(recording):
        raise NotPossible("only a draft, or an upload that failed, can be removed", code="not_removable")
    if _is_built_upon(session, recording):
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
    removed = RemovedRecording(
        announcement_id=recording.announcement_id,
        sha256=recording.sha256,
        size_bytes=recording.size_bytes,
        source_sha256=recording.source_sha256,
        source_size_bytes=recording.source_size_bytes,
        kept=_written(recording),
        removed_at=now,
    )
    session.add(removed)
    let_go(session, Store.AUDIO, recording.sha256, now + GRACE)
    let_go(session, Store.ORIGINALS, recording.source_sha256, now + GRACE)
    recording.announcement.recordings.remove(recording)
    session.delete(recording)
    session.flush()
    return removed


def removed_of(session: Session, announcement: Announcement, now: datetime) -> Sequence[RemovedRecording]:
    """What was removed from an announcement and can still come back."""
    wanted = select(RemovedRecording).where(
        RemovedRecording.announcement_id == announcement.id, RemovedRecording.removed_at > now - GRACE
    )
    return session.scalars(wanted.order_by(RemovedRecording.id)).all()


def removed_recording(session: Session, removed_id: int, now: datetime) -> RemovedRecording:
    """One that can come back; `NotThere` once its time is over, or when it came back."""
    found = session.get(RemovedRecording, removed_id)
    if found is None or found.removed_at <= now - GRACE:
        raise NotThere("it cannot be brought back any more; bring the file once more", code="removal_over")
    return found


def restore_recording(session: Session, removed_id: int, person: Person | None, now: datetime) -> Recording:
    """Undo a removal: the recording as it was, under its number and version unless they were given away.

    `NotThere` once its time is over; `NotPossible` when the very same audio came in its place.
    """
    removed = removed_recording(session, removed_id, now)
    for sha256 in filter(None, (removed.sha256, removed.source_sha256)):
        hold(session, sha256)
    session.expire(removed)
    values = _read(removed_recording(session, removed_id, now).kept)
    announcement = session.get_one(Announcement, removed.announcement_id)
    if removed.sha256 is not None:
        refuse_identical(session, announcement, values["language"], removed.sha256)
    if session.get(Recording, values["id"]) is not None:
        del values["id"]
    values["version"] = _free_version(session, announcement, values["language"], values["version"])
    recording = Recording(**values)
    announcement.recordings.append(recording)
    session.delete(removed)
    session.flush()
    accounts.record(
        session,
        action="recording.restored",
        subject=recording.subject,
        after={"language": recording.language, "version": recording.version, "sha256": recording.sha256},
        actor=person,
        now=now,
    )
    return recording


def _is_built_upon(session: Session, recording: Recording) -> bool:
    others_cut = (
        (Recording.made_from_id == recording.made_from_id)
        & (Recording.id > recording.id)
        & Recording.created_by_id.is_distinct_from(recording.created_by_id)
    )
    built = or_(Recording.made_from_id == recording.id, others_cut)
    return session.scalar(select(Recording.id).where(built).limit(1)) is not None


def _free_version(session: Session, announcement: Announcement, language: str, wanted: int) -> int:
    there = (Recording.announcement_id == announcement.id, Recording.language == language)
    if session.scalar(select(Recording.id).where(*there, Recording.version == wanted)) is None:
        return wanted
    return (session.scalar(select(func.max(Recording.version)).where(*there)) or 0) + 1


def _written(recording: Recording) -> dict[str, Any]:
    """Its row as JSON keeps it."""
    values = {column.key: getattr(recording, column.key) for column in Recording.__table__.columns}
    return {name: _as_json(value) for name, value in values.items()}


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _read(kept: dict[str, Any]) -> dict[str, Any]:
    """A row's values from what `_written` kept; columns that are no longer there are left out."""
    values: dict[str, Any] = {}
    for column in Recording.__table__.columns:
        value: Any = kept.get(column.key)
        if column.key == "ingest":
            value = IngestState(value)
        elif value is not None and isinstance(column.type, UtcDateTime):
            value = datetime.fromisoformat(value)
        values[column.key] = value
    return values
