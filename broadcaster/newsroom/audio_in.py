"""From an uploaded file to broadcast-ready audio: checks before the content library, and what it is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from broadcaster.config import Settings
from broadcaster.errors import BadInput
from content_library import AudioStore, BroadcastAudio, Edit, IngestLimits, IngestStep, ingest

Progress = Callable[[IngestStep, float], None]


def limits_of(settings: Settings) -> IngestLimits:
    """How much one upload may take on this server."""
    return IngestLimits(max_size_bytes=settings.audio.max_upload_bytes)


def upload_folder(settings: Settings) -> Path:
    """Where uploads lie until they are done; made on first need."""
    folder = settings.data / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def make_broadcast_ready(
    source: Path,
    store: AudioStore,
    *,
    limits: IngestLimits | None = None,
    workdir: Path | None = None,
    progress: Progress | None = None,
    edit: Edit | None = None,
) -> BroadcastAudio:
    """The file, trimmed and faded as `edit` says, as broadcast-ready audio in the store.

    `BadInput` when there is no such file; content_library's errors for everything that is wrong inside.
    """
    if source.is_dir():
        raise BadInput(f"{source} is a folder; name a sound file", field="file", code="is_a_folder")
    if source.exists() and not source.is_file():
        raise BadInput(f"{source} is not a file; name a sound file", field="file", code="is_a_folder")
    if not source.is_file():
        raise BadInput(f"{source}: there is no such file; check its name", field="file", code="file_missing")
    return ingest(
        source, store, limits=limits or IngestLimits(), workdir=workdir, progress=progress, edit=edit
    )
