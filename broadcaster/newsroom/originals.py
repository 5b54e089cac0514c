"""The files as they were brought: kept beside the broadcast audio, so that an edit starts from the best.

An original lies under its SHA-256 in a store of its own. What could not be used is set aside there too, for
`SET_ASIDE_FOR`, so that somebody can look at it or try it again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.config import Settings
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.loose_bytes import hold, let_go
from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.removal_models import Store
from broadcaster.newsroom.sound import IngestState
from content_library import AudioStore
from content_library.hashing import sha256_of

Sound = TypeVar("Sound", Recording, Jingle)
SET_ASIDE_FOR = timedelta(days=14)
FETCHED = "incoming-original-"


def originals_store() -> AudioStore:
    """Where originals lie."""
    store: AudioStore = current_app.extensions["originals_store"]
    return store


def keep_original(session: Session, sound: Recording | Jingle, file: Path) -> None:
    """Keep a copy of the file, if this server keeps originals; commits the hash before the bytes are there,
    so that nothing lies in the store of which no row knows.
    """
    settings: Settings = current_app.config["SETTINGS"]
    sha256 = sound.source_sha256 or sha256_of(file)
    hold(session, sha256)
    sound.source_sha256 = sha256
    sound.source_size_bytes = file.stat().st_size
    session.commit()
    if settings.audio.keep_originals:
        originals_store().put_file(file, sound.source_sha256)


def has_original(sound: Recording | Jingle) -> bool:
    """Whether the file it was made from is still here."""
    return sound.source_sha256 is not None and originals_store().exists(sound.source_sha256)


@contextlib.contextmanager
def fetched(store: AudioStore, sha256: str) -> Iterator[Path]:
    """A stored file as a path on this machine, for as long as the block lasts. Raises NotInStore."""
    lying_here = store.local_path(sha256)
    if lying_here is not None:
        yield lying_here
        return
    settings: Settings = current_app.config["SETTINGS"]
    copy = upload_folder(settings) / f"{FETCHED}{sha256}"
    try:
        store.export(sha256, copy)
        yield copy
    finally:
        copy.unlink(missing_ok=True)


def forget_original(session: Session, sound: Recording | Jingle, now: datetime) -> None:
    """Let go of the file it was made from: a job removes it, unless others were made from it too."""
    sha256, sound.source_sha256 = sound.source_sha256, None
    let_go(session, Store.ORIGINALS, sha256, now)
    jobs.ask(session, "forget_loose_bytes", now)


def forget_what_was_set_aside(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A job: files that could not be used go after two weeks; their rows and reasons stay."""
    before = now - SET_ASIDE_FOR
    sounds: list[Recording | Jingle] = [*_set_aside(session, Recording, before)]
    sounds += _set_aside(session, Jingle, before)
    for sound in sounds:
        forget_original(session, sound, now)


def _set_aside(session: Session, table: type[Sound], before: datetime) -> Sequence[Sound]:
    old = select(table).where(
        table.ingest == IngestState.FAILED, table.source_sha256.is_not(None), table.created_at < before
    )
    return session.scalars(old).all()
