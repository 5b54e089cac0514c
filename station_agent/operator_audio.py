"""A sound of the operator's own: a file of his folder.

It lies directly in the folder. How long it sounds is measured, which shows that it does; then it is copied
under its hash: what is checked before it airs is what was asked for. It airs as the operator's, never as the
province's: a jingle by kind, in no language.
"""

from __future__ import annotations

import hashlib
import shutil
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from hardware.errors import CallerError
from hardware.sound.length import NoSound, measured_ms
from schedules.wire.plan import ItemKind, PlanItem
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_acts import LONGEST_LOCAL

FOLDER = "operator"
LARGEST_BYTES = 512 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
DRAFT_KEY = "local"


LONGEST_MS = int(LONGEST_LOCAL / timedelta(milliseconds=1))


def file_named(folder: Path, name: str, audio: AudioStore) -> PlanItem:
    """A file of the operator's folder, measured and copied into the station's audio. Takes at most some 12 s,
    and as long as the copy takes. Raises `NotNow`, or `AudioUnavailable` where VLC is missing."""
    path = folder / name
    if Path(name).name != name or name in (".", ".."):
        raise NotNow(f"{name!r} is not a plain file name")
    if not path.is_file() or path.is_symlink():
        raise NotNow(f"{path} is not a file; put it there first")
    size_bytes = path.stat().st_size
    if not 0 < size_bytes <= LARGEST_BYTES:
        raise NotNow(f"{path} has {size_bytes} bytes; files of 1 to {LARGEST_BYTES} bytes are played")
    try:
        with path.open("rb") as source:
            duration_ms = _length_ms(source, name)
            sha256 = _copied(source, name, size_bytes, audio)
    except OSError as error:
        raise NotNow(f"{path} cannot be read or copied ({error.strerror})") from error
    return PlanItem(
        key=DRAFT_KEY, kind=ItemKind.JINGLE, title=name[:300], duration_ms=duration_ms, sha256=sha256
    )


def _length_ms(source: BinaryIO, name: str) -> int:
    """How long it sounds, at least 1 ms. Raises `NotNow` where it does not, or for too long."""
    try:
        length_ms = measured_ms(source, LONGEST_MS)
    except NoSound as problem:
        raise NotNow(
            f"{name} cannot be played: {problem}; listen to it on another machine, save it anew as MP3 or WAV"
        ) from problem
    except CallerError as problem:
        raise NotNow(
            f"how long {name} is cannot be told: {problem}; save it anew as WAV, or cut it into shorter parts"
        ) from problem
    if length_ms > LONGEST_MS:
        raise NotNow(f"{name} sounds for longer than {LONGEST_MS // 60_000} min; cut it into shorter parts")
    return max(1, length_ms)


def _copied(source: BinaryIO, name: str, size_bytes: int, audio: AudioStore) -> str:
    """Its hash, by which the audio store has a copy from now on. Raises `NotNow` or `OSError`."""
    beside = audio.folder / ".operator.part"
    digest = hashlib.sha256()
    if shutil.disk_usage(audio.folder).free < size_bytes + LARGEST_BYTES // 8:
        raise NotNow(f"{audio.folder}: no room for a copy of {name}; make room")
    try:
        with beside.open("wb") as copy:
            while chunk := source.read(CHUNK_BYTES):
                digest.update(chunk)
                copy.write(chunk)
        audio.keep_copy(digest.hexdigest(), beside)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    return digest.hexdigest()
