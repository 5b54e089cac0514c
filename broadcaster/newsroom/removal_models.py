"""Tables of what was taken away: recordings that can still come back, and bytes that may go from a store."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.models import Announcement


class Store(StrEnum):
    """Which store bytes lie in: broadcast-ready audio, or files as they were brought."""

    AUDIO = "audio"
    ORIGINALS = "originals"


class RemovedRecording(Base):
    """A recording that was removed and can come back: `kept` holds its row, by column."""

    __tablename__ = "removed_recording"

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id, ondelete="CASCADE"), index=True)
    sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    source_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    source_size_bytes: Mapped[int | None] = mapped_column(BigInteger)
    kept: Mapped[dict[str, Any]] = mapped_column(JSON)
    removed_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class LooseBytes(Base):
    """Bytes that a row let go of. From `look_after` on the job may remove them, if no row knows them then."""

    __tablename__ = "loose_bytes"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    store: Mapped[Store] = mapped_column(stored_enum(Store), primary_key=True)
    look_after: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
