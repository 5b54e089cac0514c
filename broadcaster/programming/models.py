"""Tables of programming: a programme with its items in order, and the slots in which it airs."""

from __future__ import annotations

from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.models import Announcement, Jingle
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import LanguageRule, MissedChoice
from schedules.wire.plan import MissedRule, QuietRule


class ProgrammeItemKind(StrEnum):
    """What an item of a programme is."""

    JINGLE = "jingle"
    ANNOUNCEMENT = "announcement"
    PAUSE = "pause"


class Programme(Base):
    """An ordered list of items."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    created_by: Mapped[Person | None] = relationship(Person)
    items: Mapped[list[ProgrammeItem]] = relationship(
        back_populates="programme", order_by="ProgrammeItem.position", cascade="all, delete-orphan"
    )

    @property
    def key(self) -> str:
        """Its name in plans."""
        return f"p{self.id}"


class ProgrammeItem(Base):
    """One thing to air: an announcement, a jingle, or a pause of `duration_ms`."""

    __tablename__ = "programme_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey(Programme.id), index=True)
    programme: Mapped[Programme] = relationship(back_populates="items")
    position: Mapped[int] = mapped_column()
    kind: Mapped[ProgrammeItemKind] = mapped_column(stored_enum(ProgrammeItemKind))
    announcement_id: Mapped[int | None] = mapped_column(ForeignKey(Announcement.id), index=True)
    announcement: Mapped[Announcement | None] = relationship(Announcement)
    jingle_id: Mapped[int | None] = mapped_column(ForeignKey(Jingle.id), index=True)
    jingle: Mapped[Jingle | None] = relationship(Jingle)
    duration_ms: Mapped[int | None] = mapped_column()


class Slot(Base):
    """When a programme airs. Times, weekdays and days are local to the station; `targets` are place codes.

    A removed slot keeps its row, so that it can be restored and its airings keep their meaning.
    """

    __tablename__ = "slot"

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey(Programme.id), index=True)
    programme: Mapped[Programme] = relationship(Programme)
    frequency: Mapped[Frequency] = mapped_column(stored_enum(Frequency))
    times: Mapped[list[str]] = mapped_column(JSON)
    weekdays: Mapped[list[int]] = mapped_column(JSON, default=list)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    except_dates: Mapped[list[str]] = mapped_column(JSON, default=list)
    message_class: Mapped[MessageClass] = mapped_column(stored_enum(MessageClass))
    missed_rule: Mapped[MissedRule] = mapped_column(stored_enum(MissedRule))
    late_by_ms: Mapped[int | None] = mapped_column()
    quiet: Mapped[QuietRule] = mapped_column(stored_enum(QuietRule))
    standing: Mapped[bool] = mapped_column(default=False)
    language_rule: Mapped[LanguageRule] = mapped_column(stored_enum(LanguageRule))
    targets: Mapped[list[str]] = mapped_column(JSON)
    zones: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(Person.id))
    created_by: Mapped[Person | None] = relationship(Person)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)

    @property
    def key(self) -> str:
        """Its name in plans and airings."""
        return f"s{self.id}"

    @property
    def recurrence(self) -> Recurrence:
        """Its rule in local time."""
        return Recurrence(
            self.frequency,
            tuple(time.fromisoformat(wall) for wall in self.times),
            start=self.starts_on,
            weekdays=frozenset(self.weekdays),
            until=self.ends_on,
            except_dates=frozenset(date.fromisoformat(day) for day in self.except_dates),
        )

    @property
    def missed(self) -> MissedChoice:
        """What becomes of a broadcast that could not start on time."""
        return MissedChoice(self.missed_rule, self.late_by_ms)
