"""Tables of the newsroom: an announcement, its recordings by language and version, and jingles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.sound import IngestState, SoundColumns


class AnnouncementKind(StrEnum):
    """What an announcement is about."""

    ASSEMBLY_RESULT = "assembly_result"
    LAW_ORIENTATION = "law_orientation"
    SEKONG_TODAY = "sekong_today"
    HEALTH = "health"
    EMERGENCY = "emergency"
    SCHOOL = "school"
    MARKET = "market"
    WEATHER = "weather"
    OTHER = "other"


class Announcement(Base):
    """One message to the public. `valid_from` and `valid_until` bound when it may be heard; None is open.

    `legislature` and `session_number` belong to an assembly's result.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[AnnouncementKind] = mapped_column(
        stored_enum(AnnouncementKind), default=AnnouncementKind.OTHER, index=True
    )
    legislature: Mapped[int | None] = mapped_column()
    session_number: Mapped[int | None] = mapped_column()
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    created_by: Mapped[Person | None] = relationship(Person)
    recordings: Mapped[list[Recording]] = relationship(
        back_populates="announcement", order_by="Recording.language, Recording.version"
    )

    @property
    def key(self) -> str:
        """Its name in slots and plans."""
        return f"a{self.id}"

    def newest(self, language: str) -> Recording | None:
        """The latest version in a language, whatever its state."""
        return next((one for one in reversed(self.recordings) if one.language == language), None)

    @property
    def failed_upload(self) -> Recording | None:
        """The latest upload, where none of its uploads could be used."""
        if any(one.ingest != IngestState.FAILED for one in self.recordings):
            return None
        return max(self.recordings, key=lambda one: one.id, default=None)

    def on_air_ready(self) -> tuple[Recording, ...]:
        """The recordings that may air, one a language."""
        return tuple(one for one in self.recordings if one.is_on_air_ready)


class Recording(SoundColumns, Base):
    """An announcement's audio in one language: the unit that is approved. A new upload is a new version."""

    __tablename__ = "recording"

    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id), index=True)
    announcement: Mapped[Announcement] = relationship(back_populates="recordings")
    language: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    transcript: Mapped[str | None] = mapped_column(Text)

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"recording:{self.id}"


class Jingle(SoundColumns, Base):
    """Audio without a language: a chime, a signature tune."""

    __tablename__ = "jingle"

    title: Mapped[str] = mapped_column(String(300))

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"jingle:{self.id}"
