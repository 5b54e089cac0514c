"""Recordings: an announcement's audio in one language, ingested at once or by a background job."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom.announcements import known_language
from broadcaster.newsroom.audio_in import make_broadcast_ready
from broadcaster.newsroom.loose_bytes import held_audio
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.newsroom.originals import has_original
from broadcaster.newsroom.sound import IngestState
from content_library import AudioStore, BroadcastAudio, IngestLimits
from content_library.naming import display_name

GONE = ("withdrawn", "expired")


def add_recording(
    session: Session,
    store: AudioStore,
    announcement: Announcement,
    language: str,
    source: Path,
    original_name: str,
    author: Person | None,
    now: datetime,
    *,
    limits: IngestLimits | None = None,
) -> Recording:
    """Ingest a file now and attach it as a draft. Nothing is left behind when it is refused."""
    tag = known_language(language)
    audio = held_audio(session, store, lambda: make_broadcast_ready(source, store, limits=limits))
    return attach_recording(session, announcement, tag, audio, original_name, author, now)


def attach_recording(
    session: Session,
    announcement: Announcement,
    language: str,
    audio: BroadcastAudio,
    original_name: str,
    author: Person | None,
    now: datetime,
) -> Recording:
    """A draft from audio that is in the store already. `NotPossible` when this very audio is there."""
    tag = known_language(language)
    refuse_identical(session, announcement, tag, audio.sha256)
    recording = new_version(session, announcement, tag, original_name, author, now)
    recording.take_audio(audio)
    session.flush()
    note_added(session, recording, author, now)
    return recording


def receive_recording(
    session: Session,
    announcement: Announcement,
    language: str,
    upload: str,
    original_name: str,
    author: Person | None,
    now: datetime,
) -> Recording:
    """A recording whose upload lies in the upload folder under `upload`; a job makes it broadcast-ready."""
    recording = new_version(session, announcement, known_language(language), original_name, author, now)
    recording.ingest = IngestState.WAITING
    recording.upload = upload
    session.flush()
    jobs.ask(session, "ingest_recording", now, {"recording": recording.id})
    return recording


def recording(session: Session, recording_id: int) -> Recording:
    """One recording; `NotThere` if it does not exist."""
    found = session.get(Recording, recording_id)
    if found is None:
        raise NotThere(
            f"there is no recording {recording_id}; `recording list` shows what there is",
            code="recording_not_there",
            recording=recording_id,
        )
    return found


def recordings(session: Session, *, state: str = "", most: int = 500) -> list[Recording]:
    """Newest first, optionally only those in a state."""
    wanted = select(Recording).order_by(Recording.id.desc()).limit(most)
    if state:
        wanted = wanted.where(Recording.state == state)
    return list(session.scalars(wanted))


def try_again(session: Session, recording: Recording, person: Person | None, now: datetime) -> None:
    """Prepare a failed upload once more, from the file set aside. `NotPossible` when that is gone."""
    if recording.ingest != IngestState.FAILED or not has_original(recording):
        raise NotPossible(
            "the file is not here any more; bring it once more", code="file_missing", recording=recording.id
        )
    accounts.record(
        session,
        action="recording.tried_again",
        subject=recording.subject,
        before={"error": recording.error_code},
        actor=person,
        now=now,
    )
    recording.ingest = IngestState.WAITING
    recording.error = recording.error_code = None
    recording.error_figures = {}
    session.flush()
    jobs.ask(session, "ingest_recording", now, {"recording": recording.id})


def refuse_identical(
    session: Session, announcement: Announcement, language: str, sha256: str, but: int | None = None
) -> None:
    """`NotPossible` when the announcement has this very audio in this language, still in use."""
    same = session.scalar(
        select(Recording).where(
            Recording.announcement_id == announcement.id,
            Recording.language == language,
            Recording.sha256 == sha256,
            Recording.state.not_in(GONE),
            Recording.id != (but or 0),
        )
    )
    if same is not None:
        raise NotPossible(
            f"this very audio is there already as recording {same.id} ({same.original_name}); nothing added",
            code="identical_audio",
            recording=same.id,
            name=same.original_name,
        )


def note_added(session: Session, recording: Recording, author: Person | None, now: datetime) -> None:
    """Write into the audit trail that a recording has its audio."""
    accounts.record(
        session,
        action="recording.added",
        subject=recording.subject,
        after={
            "announcement": recording.announcement_id,
            "language": recording.language,
            "sha256": recording.sha256,
        },
        actor=author,
        now=now,
    )


def new_version(
    session: Session,
    announcement: Announcement,
    language: str,
    original_name: str,
    author: Person | None,
    now: datetime,
) -> Recording:
    """The next version of an announcement in a language, still without audio."""
    newest = session.scalar(
        select(func.max(Recording.version)).where(
            Recording.announcement_id == announcement.id, Recording.language == language
        )
    )
    recording = Recording(
        announcement=announcement,
        language=language,
        version=(newest or 0) + 1,
        original_name=display_name(original_name),
        created_by=author,
        created_at=now,
    )
    session.add(recording)
    return recording
