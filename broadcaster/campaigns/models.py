"""Tables of campaigns: a message, the places that must receive it, between which dates, how surely."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.newsroom.models import Announcement
from schedules.wire.report import EvidenceGrade

campaign_announcement = Table(
    "campaign_announcement",
    Base.metadata,
    Column("campaign_id", ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True),
    Column("announcement_id", ForeignKey("announcement.id"), primary_key=True),
)


class Campaign(Base):
    """A goal. `places` are codes of any level; both dates are included, in the province's time.

    A village counts as reached by an airing whose evidence is at least `goal`.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(300))
    places: Mapped[list[str]] = mapped_column(JSON)
    from_day: Mapped[date] = mapped_column()
    until_day: Mapped[date] = mapped_column()
    channels: Mapped[list[str]] = mapped_column(JSON, default=lambda: ["loudspeaker"])
    goal: Mapped[EvidenceGrade] = mapped_column(
        stored_enum(EvidenceGrade), default=EvidenceGrade.RELAY_COMMANDED
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    announcements: Mapped[list[Announcement]] = relationship(
        Announcement, secondary=campaign_announcement, order_by=Announcement.id
    )

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"campaign:{self.id}"
