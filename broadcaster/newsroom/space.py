"""How much more sound this server can take: free disk that is kept, and the quota of everything stored."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from broadcaster.config import Settings
from broadcaster.errors import NoSpace
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Attachment, Jingle, Recording
from broadcaster.newsroom.removal_models import RemovedRecording

Probe = Callable[[Path], int]
"""Free bytes of the disk a folder lies on."""
_SOUNDS = (Recording, Jingle)
_STORED = (*_SOUNDS, RemovedRecording)


def disk_free(folder: Path) -> int:
    """What an ordinary process may still write there, in bytes."""
    return shutil.disk_usage(folder).free


def must_fit(session: Session, settings: Settings, size_bytes: int) -> None:
    """`NoSpace` unless so many more bytes fit beside all that is stored and all that was promised room."""
    must_fit_on_disk(settings, size_bytes + _still_to_come(session))
    must_fit_in_quota(session, settings, size_bytes)


def must_fit_in_quota(session: Session, settings: Settings, size_bytes: int) -> None:
    """`NoSpace` when all that is stored and promised would pass the quota; none is set by 0."""
    quota = settings.audio.quota_bytes
    taken = stored_bytes(session, settings) + _promised(session) if quota else 0
    if quota and taken + size_bytes > quota:
        raise NoSpace(
            f"{taken} of {quota} bytes are in use; {size_bytes} more do not fit; remove something first",
            code="over_quota",
            left_mb=max(0, quota - taken) // 2**20,
            quota_mb=quota // 2**20,
        )


def must_fit_on_disk(settings: Settings, size_bytes: int) -> None:
    """`NoSpace` when the disk would fall below what is kept free."""
    folder = upload_folder(settings)
    probe: Probe = current_app.extensions.get("free_bytes", disk_free)
    if probe(folder) - size_bytes < settings.audio.keep_free_bytes:
        raise NoSpace(f"{folder}: the disk is nearly full; {size_bytes} more bytes do not fit, free some")


def stored_bytes(session: Session, settings: Settings) -> int:
    """What lies here of recordings, jingles and attachments, the same bytes counted once: broadcast-ready
    audio, files as they were brought, what was removed and can come back, and files not prepared yet.
    """
    kinds: list[list[Select[*tuple[Any, ...]]]] = [
        [select(table.sha256, table.size_bytes).where(table.sha256.is_not(None)) for table in _STORED],
        [select(Attachment.sha256, Attachment.size_bytes)],
    ]
    if settings.audio.keep_originals:
        kinds.append(
            [
                select(table.source_sha256, table.source_size_bytes).where(table.source_sha256.is_not(None))
                for table in _STORED
            ]
        )
    return sum(_each_once(session, of) for of in kinds) + _waiting(session, settings)


def _each_once(session: Session, of: Sequence[Select[*tuple[Any, ...]]]) -> int:
    """The sum of sizes (second column) of what has one hash (first column)."""
    each = union(*of).subquery()
    return int(session.scalar(select(func.coalesce(func.sum(each.c[1]), 0))) or 0)


def _waiting(session: Session, settings: Settings) -> int:
    """Files that came and that no job has made broadcast-ready yet, as they lie in the upload folder."""
    folder, total = upload_folder(settings), 0
    for table in _SOUNDS:
        for name in session.scalars(select(table.upload).where(table.upload.is_not(None))):
            with contextlib.suppress(FileNotFoundError):  # just done
                total += (folder / Path(name or "").name).stat().st_size
    return total


def _promised(session: Session) -> int:
    return _sum(session, IncomingUpload.size_bytes)


def _still_to_come(session: Session) -> int:
    return _sum(session, IncomingUpload.size_bytes - IncomingUpload.held_bytes)


def _sum(session: Session, of: ColumnElement[int] | InstrumentedAttribute[int]) -> int:
    wanted = select(func.coalesce(func.sum(of), 0)).where(
        IncomingUpload.state.in_((IncomingState.ARRIVING, IncomingState.ASKING))
    )
    return int(session.scalar(wanted) or 0)
