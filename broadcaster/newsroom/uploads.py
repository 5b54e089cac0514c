"""Uploads on disk: streamed into the data folder, kept only as long as work on them is to be done."""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from flask import current_app
from werkzeug.datastructures import FileStorage

from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.space import must_fit, must_fit_in_quota
from broadcaster.request_body import CarefulRequest

INCOMING = "incoming-"
KEPT = "upload-"
STALE_AFTER_S = 24 * 3600


class UploadRequest(CarefulRequest):
    """A request whose files go to the upload folder while they arrive, not to memory or the system's disk.

    A file that nobody keeps disappears with its request.
    """

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002 - the signature is werkzeug's
        content_type: str | None,  # noqa: ARG002
        filename: str | None = None,  # noqa: ARG002
        content_length: int | None = None,  # noqa: ARG002
    ) -> IO[bytes]:
        settings: Settings = current_app.config["SETTINGS"]
        folder = upload_folder(settings)
        sweep(folder)
        return tempfile.NamedTemporaryFile(prefix=INCOMING, dir=folder)


@contextlib.contextmanager
def keep(upload: FileStorage, settings: Settings) -> Iterator[str]:
    """Keep an upload beyond its request: the name under which it lies in the upload folder.

    `BadInput` for an empty file or one above the limit, `NoSpace`. Nothing is kept then, nor when the block
    fails.
    """
    stream = upload.stream
    size_bytes = stream.seek(0, os.SEEK_END)
    if size_bytes == 0:
        raise BadInput("the file is empty; choose another one", field="file", code="empty_file")
    if size_bytes > settings.audio.max_upload_bytes:
        raise BadInput(
            f"the file has {size_bytes} bytes; {settings.audio.max_upload_bytes} are possible",
            field="file",
            code="too_large",
            size_bytes=size_bytes,
            max_size_bytes=settings.audio.max_upload_bytes,
        )
    must_fit(db.session, settings, 0)  # its bytes lie on the disk already
    must_fit_in_quota(db.session, settings, size_bytes)
    stream.flush()
    name = KEPT + secrets.token_hex(16)
    os.link(stream.name, upload_folder(settings) / name)
    try:
        yield name
    except BaseException:
        forget(settings, name)
        raise


def kept_file(settings: Settings, name: str) -> Path:
    """Where a kept upload lies."""
    return upload_folder(settings) / Path(name).name


def forget(settings: Settings, name: str | None) -> None:
    """Remove a kept upload; harmless when it is gone."""
    if name:
        kept_file(settings, name).unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what requests left behind that were killed on the way: older than a day, never kept."""
    oldest = time.time() - STALE_AFTER_S
    for file in folder.glob(INCOMING + "*"):
        try:
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
