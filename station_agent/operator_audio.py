"""A sound of the operator's own: a file of his folder.

It lies directly in the folder, and is copied under its hash first: what is checked before it airs is what was
asked for. It airs as the operator's, never as the province's: a jingle by kind, in no language.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path

from schedules.wire.plan import ItemKind, PlanItem
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_acts import LONGEST_LOCAL

FOLDER = "operator"
LARGEST_BYTES = 512 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
DRAFT_KEY = "local"


def file_named(folder: Path, name: str, audio: AudioStore) -> PlanItem:
    """A file of the operator's folder, copied into the station's audio. Raises `NotNow`."""
    path = folder / name
    if Path(name).name != name or name in (".", ".."):
        raise NotNow(f"{name!r} is not a plain file name")
    if not path.is_file() or path.is_symlink():
        raise NotNow(f"{path} is not a file; put it there first")
    size_bytes = path.stat().st_size
    if not 0 < size_bytes <= LARGEST_BYTES:
        raise NotNow(f"{path} has {size_bytes} bytes; files of 1 to {LARGEST_BYTES} bytes are played")
    return PlanItem(
        key=DRAFT_KEY,
        kind=ItemKind.JINGLE,
        title=name[:300],
        duration_ms=int(LONGEST_LOCAL / timedelta(milliseconds=1)),
        sha256=_copied(path, audio),
    )


def _copied(path: Path, audio: AudioStore) -> str:
    """Its hash, by which the audio store has a copy from now on. Raises `NotNow`."""
    beside = audio.folder / ".operator.part"
    digest = hashlib.sha256()
    try:
        if shutil.disk_usage(audio.folder).free < path.stat().st_size + LARGEST_BYTES // 8:
            raise NotNow(f"{audio.folder}: no room for a copy of {path.name}; make room")
        with path.open("rb") as source, beside.open("wb") as copy:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        beside.replace(audio.path(digest.hexdigest()))
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise NotNow(f"{path} cannot be read or copied ({error.strerror})") from error
    return digest.hexdigest()
