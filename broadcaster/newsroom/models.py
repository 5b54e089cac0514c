"""Tables of the newsroom: an announcement with tags and attachments, its recordings, and jingles."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.sound import IngestState, SoundColumns
from broadcaster.places.models import Place


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

    `details` are what its kind asks for (`kinds.FIELDS`); read them as `detail_values`, since an assembly's
    `legislature` and `session_number` have columns of their own, for reports. `edition` counts its changes:
    who changes it says which one was read. It belongs to the place of `place_code`; None is the province.
    """

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300), index=True)
    kind: Mapped[AnnouncementKind] = mapped_column(
        stored_enum(AnnouncementKind), default=AnnouncementKind.OTHER, index=True
    )
    legislature: Mapped[int | None] = mapped_column()
    session_number: Mapped[int | None] = mapped_column()
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    place_code: Mapped[str | None] = mapped_column(String(40), ForeignKey(Place.code), index=True)
    valid_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    created_by: Mapped[Person | None] = relationship(Person)
    recordings: Mapped[list[Recording]] = relationship(
        back_populates="announcement", order_by="Recording.language, Recording.version"
    )
    tag_rows: Mapped[list[AnnouncementTag]] = relationship(
        order_by="AnnouncementTag.folded", cascade="all, delete-orphan"
    )
    attachments: Mapped[list[Attachment]] = relationship(
        back_populates="announcement", order_by="Attachment.id", cascade="all, delete-orphan"
    )

    @property
    def key(self) -> str:
        """Its name in slots and plans."""
        return f"a{self.id}"

    @property
    def tags(self) -> list[str]:
        """Its tags as they were written, in the order of the alphabet."""
        return [row.name for row in self.tag_rows]

    @property
    def detail_values(self) -> dict[str, Any]:
        """What its kind asks for, as far as it is known: name → text, number, or day as `2026-03-03`."""
        columns = {"legislature": self.legislature, "session_number": self.session_number}
        known = {name: value for name, value in columns.items() if value is not None}
        return known | (self.details or {})

    @property
    def details_text(self) -> str:
        """Its details as one line to search in."""
        return " ".join(str(value) for value in self.detail_values.values())

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


class AnnouncementTag(Base):
    """One tag of an announcement; `folded` is the same for every way of writing it."""

    __tablename__ = "announcement_tag"

    announcement_id: Mapped[int] = mapped_column(
        ForeignKey(Announcement.id, ondelete="CASCADE"), primary_key=True
    )
    folded: Mapped[str] = mapped_column(String(120), primary_key=True, index=True)
    name: Mapped[str] = mapped_column(String(60))


class Attachment(Base):
    """A file beside an announcement, its bytes kept under their SHA-256. It never airs.

    A removed one keeps its row and its bytes for a while (`removed_at`), so that it can be brought back.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id, ondelete="CASCADE"), index=True)
    announcement: Mapped[Announcement] = relationship(back_populates="attachments")
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(String(300))
    media_type: Mapped[str] = mapped_column(String(100))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    created_by: Mapped[Person | None] = relationship(Person)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)


class Recording(SoundColumns, Base):
    """An announcement's audio in one language: the unit that is approved. A new upload is a new version.

    `transcript` is in the recording's language, `transcript_lo` says the same in Lao. `edition` counts the
    changes of these texts and of `speakers`. `checked_by` understands the language and found it right.
    `twin_kept`: it stays, though the same audio is elsewhere too.
    """

    __tablename__ = "recording"

    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id), index=True)
    announcement: Mapped[Announcement] = relationship(back_populates="recordings")
    language: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(default=1)
    transcript: Mapped[str | None] = mapped_column(Text)
    made_from_id: Mapped[int | None] = mapped_column(ForeignKey("recording.id"))
    made_from: Mapped[Recording | None] = relationship(
        remote_side="Recording.id", foreign_keys=[made_from_id]
    )
    transcript_lo: Mapped[str | None] = mapped_column(Text)
    speakers: Mapped[list[str]] = mapped_column(JSON, default=list, server_default=text("'[]'"))
    edition: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    checked_by: Mapped[Person | None] = relationship(Person, foreign_keys=[checked_by_id])
    twin_kept: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"recording:{self.id}"

    def take_texts(self, other: Recording) -> None:
        """Say the same words as another version of it."""
        self.transcript = other.transcript
        self.transcript_lo = other.transcript_lo
        self.speakers = list(other.speakers or [])


class Jingle(SoundColumns, Base):
    """Audio without a language: a chime, a signature tune."""

    __tablename__ = "jingle"

    title: Mapped[str] = mapped_column(String(300))

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"jingle:{self.id}"
