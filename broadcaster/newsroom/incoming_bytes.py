"""The bytes of an upload on disk: appended at their offset, by one writer at a time, durably.

What is durable: the file is synced to disk, then `held_bytes` is noted in the database, every `NOTED_EVERY`
bytes and at the end of each request. Bytes beyond the noted offset may have survived a crash or not; they
are cut off before the next byte is appended. One writer at a time: whoever holds the lock on the file. The
system frees it when its holder dies.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected

from broadcaster.config import Settings
from broadcaster.errors import NoSpace
from broadcaster.newsroom import tus
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.incoming_models import IncomingUpload
from broadcaster.newsroom.space import must_fit_on_disk

LIVES_FOR = timedelta(hours=48)
"""From the last byte that came."""
NOTED_EVERY = 4 * 2**20
PIECE_BYTES = 256 * 1024


def file_of(settings: Settings, upload: IncomingUpload) -> Path:
    """Where its bytes lie."""
    return upload_folder(settings) / upload.file_name


def make_file(settings: Settings, upload: IncomingUpload) -> None:
    """An empty file for an upload, durably; only this server's own user may read it."""
    path = file_of(settings, upload)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def append(
    session: Session,
    settings: Settings,
    upload: IncomingUpload,
    said: int,
    body: IO[bytes],
    now: datetime,
    *,
    coming: int | None = None,
    checksum: tus.Checksum | None = None,
) -> int:
    """Take what comes at offset `said`; how many bytes are held now, durably.

    `Refusal` for a wrong offset, another writer, too many bytes or a wrong checksum; `NoSpace`. A body that
    breaks off is kept as far as it came, unless a checksum was to prove it. `coming`: see `check_append`.
    """
    with writing(settings, upload) as file:
        session.refresh(upload)
        tus.check_append(upload.held_bytes, upload.size_bytes, said, coming)
        must_fit_on_disk(settings, coming or 0)
        file.truncate(upload.held_bytes)
        file.seek(upload.held_bytes)
        try:
            if checksum is None:
                _take(session, upload, file, body, now)
            else:
                _take_proven(session, upload, file, body, checksum, now)
        except OSError as error:
            session.rollback()
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise NoSpace("the disk is full; what had come is kept, go on when there is room") from error
            raise
    return upload.held_bytes


@contextlib.contextmanager
def writing(settings: Settings, upload: IncomingUpload) -> Iterator[IO[bytes]]:
    """The file, held by nobody else. 423 when somebody holds it, 410 when it is gone."""
    try:
        file = file_of(settings, upload).open("r+b")
    except FileNotFoundError as error:
        raise tus.Refusal(410, "upload_gone", "the bytes of this upload are gone; begin it anew") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            message = "another request is writing to this upload; try again in a moment"
            raise tus.Refusal(423, "tus_locked", message) from error
        yield file


def _take(session: Session, upload: IncomingUpload, file: IO[bytes], body: IO[bytes], now: datetime) -> None:
    since_noted = 0
    for piece in _pieces(body, upload.size_bytes - upload.held_bytes):
        file.write(piece)
        since_noted += len(piece)
        if since_noted >= NOTED_EVERY:
            _note(session, upload, file, now)
            since_noted = 0
    _note(session, upload, file, now)


def _take_proven(
    session: Session,
    upload: IncomingUpload,
    file: IO[bytes],
    body: IO[bytes],
    checksum: tus.Checksum,
    now: datetime,
) -> None:
    seen = hashlib.new(checksum.algorithm)
    for piece in _pieces(body, upload.size_bytes - upload.held_bytes):
        seen.update(piece)
        file.write(piece)
    if not checksum.matches(seen):
        file.flush()
        file.truncate(upload.held_bytes)
        raise tus.Refusal(460, "tus_checksum", "the bytes are not those that were hashed; send them again")
    _note(session, upload, file, now)


def _pieces(body: IO[bytes], room: int) -> Iterator[bytes]:
    """The body in pieces, as far as it comes; 413 once more comes than there is room for."""
    left = room
    while True:
        try:
            piece = body.read(PIECE_BYTES)
        except (ClientDisconnected, ConnectionError):
            return
        if not piece:
            return
        if len(piece) > left:
            raise tus.too_much(room)
        left -= len(piece)
        yield piece


def _note(session: Session, upload: IncomingUpload, file: IO[bytes], now: datetime) -> None:
    file.flush()
    os.fsync(file.fileno())
    upload.held_bytes = file.tell()
    upload.expires_at = now + LIVES_FOR
    session.commit()
