"""The very same file brought twice is recognised by its SHA-256, before any work is done on it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.recordings import GONE
from broadcaster.newsroom.sound import IngestState


def recording_of_source(session: Session, sha256: str) -> Recording | None:
    """The newest recording in use that was made of a file with this hash."""
    return session.scalar(
        select(Recording)
        .where(
            Recording.source_sha256 == sha256,
            Recording.ingest != IngestState.FAILED,
            Recording.state.not_in(GONE),
        )
        .order_by(Recording.id.desc())
        .limit(1)
    )
