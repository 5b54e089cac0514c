"""An upload that is whole becomes a recording; of a file that is there already its sender is asked first.

Safe to ask for again: after a crash between the last byte and the recording, the next request about the
upload, or the next sweep, takes it in.
"""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.errors import BroadcasterError, NotPossible
from broadcaster.newsroom import belonging, incoming, tus
from broadcaster.newsroom.announcements import create_announcement
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.incoming_bytes import file_of, writing
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.recordings import receive_recording
from broadcaster.newsroom.source_hash import recording_of_source
from content_library.hashing import sha256_of

TURN = "one-at-a-time.lock"


def take_in(session: Session, settings: Settings, upload: IncomingUpload, now: datetime) -> IncomingUpload:
    """Make a recording of a whole upload, or ask what to do when the same file is there; commits.

    Nothing happens to one that is not whole, that was taken in, or that another request is taking in.
    """
    if upload.state != IncomingState.ARRIVING or not upload.is_whole:
        return upload
    with contextlib.suppress(tus.Refusal), writing(settings, upload):
        session.refresh(upload)
        if upload.state == IncomingState.ARRIVING:
            upload.source_sha256 = sha256_of(file_of(settings, upload))
            with _one_at_a_time(settings):
                same = recording_of_source(session, upload.source_sha256)
                if same is not None and _may_see(session, upload.person, same):
                    upload.same_as = same
                    upload.state = IncomingState.ASKING
                    session.commit()
                else:
                    _become_recording(session, upload, now)
    return upload


def store_anyway(
    session: Session, settings: Settings, upload: IncomingUpload, now: datetime
) -> IncomingUpload:
    """The sender wants the file here too. `NotPossible` when nobody was asked, or it is here for sure."""
    _must_ask(upload)
    if upload.same_as is not None and stands_in_the_way(upload, upload.same_as):
        raise NotPossible(
            "this very file is this announcement's recording in this language already; use that one",
            code="same_file_here",
        )
    with writing(settings, upload), _one_at_a_time(settings):
        session.refresh(upload)
        _must_ask(upload)
        _become_recording(session, upload, now)
    return upload


def use_the_other(
    session: Session, settings: Settings, upload: IncomingUpload, person: Person, now: datetime
) -> Recording | None:
    """The sender is content with the recording that is there, which is given back; the upload ends."""
    _must_ask(upload)
    same = upload.same_as
    incoming.end(session, settings, upload, person, now)
    return same


def stands_in_the_way(upload: IncomingUpload, same: Recording) -> bool:
    """Whether the recording is where the upload would go: same announcement, same language."""
    return same.announcement_id == upload.announcement_id and same.language == upload.language


def take_in_all(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """A job: take in what is whole and was left by a crash; then sweep."""
    settings: Settings = current_app.config["SETTINGS"]
    whole = select(IncomingUpload).where(
        IncomingUpload.state == IncomingState.ARRIVING,
        IncomingUpload.held_bytes == IncomingUpload.size_bytes,
    )
    for upload in session.scalars(whole).all():
        with contextlib.suppress(BroadcasterError):  # its sender is told when they ask
            take_in(session, settings, upload, now)
    incoming.sweep(session, payload, now)


def _become_recording(session: Session, upload: IncomingUpload, now: datetime) -> None:
    announcement = upload.announcement or _new_announcement(session, upload, now)
    recording = receive_recording(
        session,
        announcement,
        upload.language,
        upload.file_name,
        upload.original_name,
        upload.person,
        now,
    )
    recording.source_sha256 = upload.source_sha256
    upload.announcement = announcement
    upload.recording = recording
    upload.state = IncomingState.TAKEN
    session.flush()
    accounts.record(
        session,
        action="upload.taken",
        subject=upload.subject,
        after={"recording": recording.id, "announcement": announcement.id, "language": upload.language},
        actor=upload.person,
        now=now,
    )
    session.commit()


def _new_announcement(session: Session, upload: IncomingUpload, now: datetime) -> Announcement:
    """The one that another file of the batch with this title has made, else a new one."""
    if upload.batch:
        made = session.scalar(
            select(IncomingUpload)
            .where(
                IncomingUpload.batch == upload.batch,
                IncomingUpload.person_id == upload.person_id,
                IncomingUpload.title == upload.title,
                IncomingUpload.announcement_id.is_not(None),
            )
            .limit(1)
        )
        if made is not None and made.announcement is not None:
            return made.announcement
    return create_announcement(
        session, upload.title, AnnouncementKind.OTHER, upload.person, now, place_code=upload.place_code
    )


def _may_see(session: Session, person: Person, recording: Recording) -> bool:
    owner = belonging.owner_of_announcement(session, recording.announcement_id)
    return owner is not None and accounts.reach(person).sees(owner)


def _must_ask(upload: IncomingUpload) -> None:
    if upload.state != IncomingState.ASKING:
        raise NotPossible("this upload waits for no word; load the page anew", code="upload_not_asking")


@contextlib.contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    """Two files of one batch that end together make one announcement; the lock dies with its holder."""
    with (upload_folder(settings) / TURN).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
