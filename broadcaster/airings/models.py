"""Tables of as-run: every entry a station reported, once, and how far its journal is here without a gap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    not_,
    or_,
)
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.database import Base, UtcDateTime
from schedules.airing_origin import UNPLANNED_HEADS


class JournalMark(Base):
    """How far a station's journal is here: every entry through `acknowledged` was received.

    `journal` counts the keys a station has had: with a new key its numbers begin anew. `base` is the number
    before the first entry of this journal.
    """

    __tablename__ = "journal_mark"

    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    journal: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    base: Mapped[int] = mapped_column(BigInteger, default=0)
    acknowledged: Mapped[int] = mapped_column(BigInteger, default=0)
    newest_report: Mapped[int] = mapped_column(BigInteger, default=0)


class JournalEntry(Base):
    """A number that was received, and the SHA-256 of what it said: the same again is no news."""

    __tablename__ = "journal_entry"
    __table_args__ = (UniqueConstraint("station_id", "journal", "number", name="uq_journal_entry_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"))
    journal: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))


class AiringEntry(Base):
    """The as-run record of one item, as its station signed it; columns as in the wire's `Airing`."""

    __tablename__ = "airing"
    __table_args__ = (
        UniqueConstraint("station_id", "journal", "number", name="uq_airing_number"),
        Index("ix_airing_station_id_item", "station_id", "item"),
        Index("ix_airing_sha256_planned_start", "sha256", "planned_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"))
    journal: Mapped[int] = mapped_column()
    number: Mapped[int] = mapped_column(BigInteger)
    item: Mapped[str] = mapped_column(String(200))
    broadcast: Mapped[str] = mapped_column(String(200))
    plan_serial: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str] = mapped_column(String(20))
    message_class: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(40))
    sha256: Mapped[str | None] = mapped_column(String(64))
    zones: Mapped[list[str]] = mapped_column(JSON)
    planned_start: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    planned_ms: Mapped[int] = mapped_column()
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    aired_ms: Mapped[int] = mapped_column()
    outcome: Mapped[str] = mapped_column(String(10), index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(20))
    relay: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def of_a_plan(cls) -> ColumnElement[bool]:
        """In a query: only what a plan had aired. An alert, its test and what somebody at the station played
        may have an announcement's audio; that the announcement was heard, only its own broadcasts tell.
        """
        return not_(or_(*(cls.broadcast.startswith(head, autoescape=True) for head in UNPLANNED_HEADS)))


class IncidentEntry(Base):
    """Something that needs attention. `number` None: noted by the province, not reported by the station."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("station_id", "journal", "number", name="uq_incident_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), index=True)
    journal: Mapped[int] = mapped_column()
    number: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    code: Mapped[str] = mapped_column(String(61))
    subject: Mapped[str] = mapped_column(String(300))
    message: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
