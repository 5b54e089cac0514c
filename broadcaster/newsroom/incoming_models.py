"""Table of the newsroom: sound files that are on their way in, from their first byte to their recording."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.places.models import Place


class IncomingState(StrEnum):
    """Where a file on its way in stands."""

    ARRIVING = "arriving"
    ASKING = "asking"
    TAKEN = "taken"
    ENDED = "ended"


class IncomingUpload(Base):
    """A file somebody sends in pieces.

    `held_bytes` of `size_bytes` are durably on disk under `file_name`. `about` is the sender's metadata,
    word for word. `asking`: all bytes are here and the very same file is there as `same_as`. `taken`: it
    became `recording`. `ended`: cancelled, expired or not needed; its bytes are gone.
    """

    __tablename__ = "incoming_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id), index=True)
    person: Mapped[Person] = relationship(Person)
    state: Mapped[IncomingState] = mapped_column(
        stored_enum(IncomingState), default=IncomingState.ARRIVING, index=True
    )
    original_name: Mapped[str] = mapped_column(String(300))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    held_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    about: Mapped[str] = mapped_column(Text, default="")
    print: Mapped[str] = mapped_column(String(100), default="")
    language: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    place_code: Mapped[str | None] = mapped_column(ForeignKey(Place.code))
    batch: Mapped[str] = mapped_column(String(40), default="", index=True)
    source_sha256: Mapped[str | None] = mapped_column(String(64))
    announcement_id: Mapped[int | None] = mapped_column(
        ForeignKey(Announcement.id, ondelete="SET NULL"), index=True
    )
    announcement: Mapped[Announcement | None] = relationship(Announcement)
    recording_id: Mapped[int | None] = mapped_column(
        ForeignKey(Recording.id, ondelete="SET NULL"), index=True
    )
    recording: Mapped[Recording | None] = relationship(Recording, foreign_keys=[recording_id])
    same_as_id: Mapped[int | None] = mapped_column(ForeignKey(Recording.id, ondelete="SET NULL"), index=True)
    same_as: Mapped[Recording | None] = relationship(Recording, foreign_keys=[same_as_id])
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)

    @property
    def file_name(self) -> str:
        """Its file in the upload folder."""
        return f"tus-{self.key}"

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"upload:{self.id}"

    @property
    def is_whole(self) -> bool:
        """Whether every announced byte is here."""
        return self.held_bytes == self.size_bytes
