"""Bytes that no row knows any more: noted by who lets go of them, removed by a job that looks again.

Two who concern themselves with the same hash pass one after the other (`hold`): the job looks for rows and
removes the bytes in one hold; who makes a row know a hash does so in another, and finds out in it whether the
bytes are still there. So an upload never loses its bytes to the removal of its twin, whichever comes first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, false, func, select, update
from sqlalchemy.orm import Session

from broadcaster.newsroom.models import Jingle, Recording
from broadcaster.newsroom.removal_models import LooseBytes, RemovedRecording, Store
from content_library import AudioStore, BroadcastAudio, MachineError
from content_library.errors import NotInStore

GRACE = timedelta(hours=1)
"""So long a removed recording can come back."""
MOST_ROUNDS = 3
_TABLES = (Recording, Jingle, RemovedRecording)


def hold(session: Session, sha256: str) -> None:
    """Until this transaction ends nobody else passes here with this hash."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(sha256, 0))))
    else:  # SQLite has one writer: a statement that writes makes it this one
        session.execute(update(LooseBytes).where(false()).values(sha256=LooseBytes.sha256))


def held_audio(session: Session, store: AudioStore, make: Callable[[], BroadcastAudio]) -> BroadcastAudio:
    """What `make` put into the store, held, so that it is there when the caller's row is committed.

    It is made once more where a removal took it away meanwhile; `MachineError` when that goes on and on.
    """
    for _round in range(MOST_ROUNDS):
        audio = make()
        hold(session, audio.sha256)
        if store.exists(audio.sha256):
            return audio
    raise MachineError("the stored audio went away again and again; bring the file once more")


def let_go(session: Session, store: Store, sha256: str | None, look_after: datetime) -> None:
    """A row does not need these bytes any more; from `look_after` on they may go."""
    if sha256 is None:
        return
    noted = session.get(LooseBytes, (sha256, store))
    if noted is None:
        session.add(LooseBytes(sha256=sha256, store=store, look_after=look_after))
    else:
        noted.look_after = max(noted.look_after, look_after)
    session.flush()


def forget_loose_bytes(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A job: removed recordings whose grace is over, then the bytes that nothing knows; commits each."""
    session.execute(delete(RemovedRecording).where(RemovedRecording.removed_at <= now - GRACE))
    session.commit()
    due = select(LooseBytes.sha256, LooseBytes.store).where(LooseBytes.look_after <= now)
    for sha256, store in session.execute(due).all():
        hold(session, sha256)
        noted = session.get(LooseBytes, (sha256, store), populate_existing=True)
        if noted is not None and noted.look_after <= now:
            if not is_known(session, Store(store), sha256):
                with contextlib.suppress(NotInStore):
                    _opened(Store(store)).delete(sha256)
            session.delete(noted)
        session.commit()


def is_known(session: Session, store: Store, sha256: str) -> bool:
    """Whether a row speaks of these bytes."""
    column = "sha256" if store is Store.AUDIO else "source_sha256"
    return any(
        session.scalar(select(table.id).where(getattr(table, column) == sha256).limit(1)) is not None
        for table in _TABLES
    )


def _opened(store: Store) -> AudioStore:
    opened: AudioStore = current_app.extensions[f"{store}_store"]
    return opened
