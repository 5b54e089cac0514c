"""What somebody has seen of their inbox, and been told by mail. What is in it is computed, never kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime


class Notice(Base):
    """One thing that waited for one person. `key` changes when the same thing waits anew."""

    __tablename__ = "notice"

    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
