"""Tables of the library: the folded texts it is searched by, and the views people have saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from broadcaster.accounts.models import Person
from broadcaster.database import Base, UtcDateTime
from broadcaster.newsroom.models import Announcement, Recording


class LibraryText(Base):
    """Everything an announcement (`recording_id` None) or one of its recordings is found by, folded.

    `toned` is the text with its tone marks, `plain` without. `recipe` says by which rules and words it was
    made: texts of another recipe are made anew. `search_index` keeps the rows; nobody else writes them.
    """

    __tablename__ = "library_text"

    id: Mapped[int] = mapped_column(primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey(Announcement.id, ondelete="CASCADE"), index=True)
    recording_id: Mapped[int | None] = mapped_column(
        ForeignKey(Recording.id, ondelete="CASCADE"), unique=True
    )
    recipe: Mapped[int] = mapped_column(index=True)
    plain: Mapped[str] = mapped_column(Text)
    toned: Mapped[str] = mapped_column(Text)


class SavedView(Base):
    """A list as somebody likes it: `page` is `announcements` or `recordings`, `asked` what its address says.

    A shared one is offered to everybody; only its owner changes it. The default one opens with the page.
    A removed one keeps its row for a while, so that it can be brought back.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey(Person.id, ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship(Person)
    page: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(80))
    asked: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    shared: Mapped[bool] = mapped_column(default=False, server_default=false())
    default: Mapped[bool] = mapped_column("is_default", default=False, server_default=false())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


Index("ix_recording_newest", Recording.created_at, Recording.id)
Index("ix_recording_brought", Recording.created_by_id, Recording.ingest)
Index("ix_announcement_newest", Announcement.created_at, Announcement.id)
