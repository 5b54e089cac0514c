"""How much more sound this server can take: free disk that is kept, and the quota of everything stored."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from flask import current_app
from sqlalchemy import ColumnElement, func, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from broadcaster.config import Settings
from broadcaster.errors import NoSpace
from broadcaster.newsroom.audio_in import upload_folder
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.models import Jingle, Recording

Probe = Callable[[Path], int]
"""Free bytes of the disk a folder lies on."""


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
    taken = stored_bytes(session) + _promised(session) if quota else 0
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


def stored_bytes(session: Session) -> int:
    """What the broadcast-ready audio of all recordings and jingles takes, the same audio counted once."""
    of_each = (
        select(table.sha256, table.size_bytes).where(table.sha256.is_not(None))
        for table in (Recording, Jingle)
    )
    each = union(*of_each).subquery()
    return int(session.scalar(select(func.coalesce(func.sum(each.c.size_bytes), 0))) or 0)


def _promised(session: Session) -> int:
    return _sum(session, IncomingUpload.size_bytes)


def _still_to_come(session: Session) -> int:
    return _sum(session, IncomingUpload.size_bytes - IncomingUpload.held_bytes)


def _sum(session: Session, of: ColumnElement[int] | InstrumentedAttribute[int]) -> int:
    wanted = select(func.coalesce(func.sum(of), 0)).where(
        IncomingUpload.state.in_((IncomingState.ARRIVING, IncomingState.ASKING))
    )
    return int(session.scalar(wanted) or 0)
