"""The table of letters: what is to be sent by e-mail, what went, and what could not."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from broadcaster.database import Base, UtcDateTime, stored_enum


class LetterState(StrEnum):
    """`waiting`: to be sent, or to be tried again. `failed`: given up; somebody may try it once more."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class Letter(Base):
    """One e-mail. `body` is emptied as soon as it went: it may hold an invitation's link.

    `message_id` stays the same over all tries, so that a letter that went twice is shown once.
    """

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(String(320))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    state: Mapped[LetterState] = mapped_column(
        stored_enum(LetterState), default=LetterState.WAITING, index=True
    )
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    next_try_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
