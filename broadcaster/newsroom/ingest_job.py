"""The background job that makes an upload broadcast-ready, telling the page how far it is.

It commits on the way: that is how the page sees its steps.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import jingles, recordings
from broadcaster.newsroom.audio_in import limits_of, make_broadcast_ready, upload_folder
from broadcaster.newsroom.loose_bytes import held_audio
from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.originals import fetched, has_original, keep_original, originals_store
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.uploads import forget, kept_file
from content_library import (
    AudioStore,
    BroadcastAudio,
    ContentLibraryError,
    Edit,
    IngestStep,
    MachineError,
)

TELL_EVERY = 0.1


def ingest_recording(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Job `ingest_recording`: payload `{"recording": id}`. One that is gone or done is passed over."""
    recording = session.get(Recording, payload["recording"])
    if recording is None or not _is_open(recording):
        return

    def keep(audio: BroadcastAudio) -> None:
        recordings.refuse_identical(
            session, recording.announcement, recording.language, audio.sha256, recording.id
        )
        recording.take_audio(audio)
        recordings.note_added(session, recording, recording.created_by, now)

    _ingest(session, recording, keep)


def ingest_jingle(session: Session, payload: dict[str, Any], now: datetime) -> None:
    """Job `ingest_jingle`: payload `{"jingle": id}`."""
    jingle = session.get(Jingle, payload["jingle"])
    if jingle is None or not _is_open(jingle):
        return

    def keep(audio: BroadcastAudio) -> None:
        jingles.refuse_identical_jingle(session, audio.sha256, jingle.id)
        jingle.take_audio(audio)
        jingles.note_jingle_added(session, jingle, jingle.created_by, now)

    _ingest(session, jingle, keep)


def give_up_recording(session: Session, payload: dict[str, Any], why: str, now: datetime) -> None:  # noqa: ARG001 - the signature of every farewell
    """The job was set aside: the page says so, and the upload is not kept."""
    _set_aside(session.get(Recording, payload["recording"]), why)


def give_up_jingle(session: Session, payload: dict[str, Any], why: str, now: datetime) -> None:  # noqa: ARG001 - as above
    """As `give_up_recording`."""
    _set_aside(session.get(Jingle, payload["jingle"]), why)


def _set_aside(sound: Recording | Jingle | None, why: str) -> None:
    if sound is None or not _is_open(sound):
        return
    upload = sound.upload
    words = f"preparing this file was given up: {why}; export it again as WAV"
    _note_failure(sound, BroadcasterError(words, code="given_up"))
    forget(current_app.config["SETTINGS"], upload)


def _is_open(sound: Recording | Jingle) -> bool:
    return sound.ingest in (IngestState.WAITING, IngestState.WORKING)


def _ingest(session: Session, sound: Recording | Jingle, keep: Any) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    store: AudioStore = current_app.extensions["audio_store"]
    upload = sound.upload
    sound.ingest = IngestState.WORKING
    session.commit()
    try:
        with _source(session, settings, sound) as source:
            make = partial(
                make_broadcast_ready,
                source,
                store,
                limits=limits_of(settings),
                workdir=upload_folder(settings),
                progress=lambda step, share: _tell(session, sound, step, share),
                edit=Edit.from_dict(sound.edit) if sound.edit else None,
            )
            keep(held_audio(session, store, make))
    except (ContentLibraryError, BroadcasterError, OSError) as error:
        _note_failure(sound, error)
    session.commit()
    forget(settings, upload)


@contextlib.contextmanager
def _source(session: Session, settings: Settings, sound: Recording | Jingle) -> Iterator[Path]:
    """What it is made from: the upload, else the original, else the broadcast copy of the whole version."""
    upload = kept_file(settings, sound.upload or "gone")
    if upload.exists():
        keep_original(session, sound, upload)
        yield upload
        return
    whole = sound.made_from if isinstance(sound, Recording) else None
    if has_original(sound):
        found = fetched(originals_store(), sound.source_sha256 or "")
    elif whole is not None and whole.sha256 is not None:
        audio_store: AudioStore = current_app.extensions["audio_store"]
        found = fetched(audio_store, whole.sha256)
    else:
        yield upload
        return
    with found as path:
        yield path


def _tell(session: Session, sound: Recording | Jingle, step: IngestStep, share: float) -> None:
    if sound.step == step.value and share - sound.progress < TELL_EVERY:
        return
    sound.step = step.value
    sound.progress = share
    session.commit()


def _note_failure(sound: Recording | Jingle, error: ContentLibraryError | BroadcasterError | OSError) -> None:
    if isinstance(error, OSError):
        error = MachineError(f"the server's disk or memory failed: {error.strerror}; tell the administrator")
    figures = error.figures if isinstance(error, ContentLibraryError) else error.params
    sound.ingest = IngestState.FAILED
    sound.error_code = error.code
    sound.error = str(error)
    sound.error_figures = {
        name: value for name, value in figures.items() if isinstance(value, str | int | float)
    }
    sound.upload = None
