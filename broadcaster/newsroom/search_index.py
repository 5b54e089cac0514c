"""Keeps the texts that the library is searched by: they change in the transaction that changes the thing.

Whatever flushes an announcement, its tags or a recording is followed, whoever made the change. What goes past
the objects (a restored backup, new words for a kind) is caught up with by `mend`, daily and on command.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import has_app_context
from flask_babel import force_locale
from sqlalchemy import Connection, delete, event, insert, inspect, select, update
from sqlalchemy.orm import Session

from broadcaster.newsroom.library_models import LibraryText
from broadcaster.newsroom.models import Announcement, AnnouncementKind, AnnouncementTag, Recording
from broadcaster.newsroom.search import fold, without_tones
from broadcaster.newsroom.search_tables import fill_index
from broadcaster.newsroom.wording import KINDS
from schedules.languages import LANGUAGES

RULES = 1
"""Raised when folding or the make-up of a text changes: then every text is made anew."""
LONGEST_TEXT = 60_000
"""Characters of a text that are searched; a transcript of an hour has about that many."""
BATCH = 500
_END = "\n\n"
"""Every letter begins three: so do the last ones of a text, which makes words of two letters findable."""

_WATCHED = {
    Announcement: ("title", "kind", "details", "legislature", "session_number", "tag_rows"),
    AnnouncementTag: ("name", "announcement_id"),
    Recording: (
        "announcement_id", "announcement", "language", "transcript", "transcript_lo", "speakers",
        "original_name",
    ),
}  # fmt: skip


@event.listens_for(Session, "after_flush")
def follow(session: Session, _context: object) -> None:
    """After every flush: make the texts of what it changed anew, in the same transaction."""
    touched: set[int] = set()
    for one in (*session.new, *session.dirty, *session.deleted):
        watched = _WATCHED.get(type(one))
        if watched and (one in session.deleted or _changed(one, watched)):
            touched.add(one.id if isinstance(one, Announcement) else one.announcement_id)
    touched.discard(None)
    if touched:
        write_texts(session.connection(), sorted(touched))


def write_texts(connection: Connection, announcement_ids: Sequence[int]) -> None:
    """Bring the texts of these announcements and their recordings up to what they hold now."""
    wanted = dict(_texts(connection, announcement_ids))
    made_by = recipe()
    columns = (LibraryText.id, LibraryText.announcement_id, LibraryText.recording_id, LibraryText.toned)
    there = connection.execute(
        select(*columns, LibraryText.recipe).where(LibraryText.announcement_id.in_(announcement_ids))
    ).all()  # read to its end: SQLite lets no one write who still reads what another has changed since
    stale: list[int] = []
    for row in there:
        now = wanted.pop((row.announcement_id, row.recording_id), None)
        if now is None:
            stale.append(row.id)
        elif (row.toned, row.recipe) != (now, made_by):
            new = update(LibraryText).where(LibraryText.id == row.id)
            connection.execute(new.values(**_columns(now, made_by)))
    if stale:
        connection.execute(delete(LibraryText).where(LibraryText.id.in_(stale)))
    if wanted:
        rows = [
            {"announcement_id": about, "recording_id": recording, **_columns(words, made_by)}
            for (about, recording), words in wanted.items()
        ]
        connection.execute(insert(LibraryText), rows)


def mend_library(session: Session, _payload: dict[str, Any], _now: datetime) -> None:
    """A job: `mend`."""
    mend(session)


def mend(session: Session) -> int:
    """Make the texts that are missing or of an older recipe; how many announcements that were."""
    missing = ~select(LibraryText.id).where(LibraryText.announcement_id == Announcement.id).exists()
    unsaid = (
        select(Recording.announcement_id)
        .outerjoin(LibraryText, LibraryText.recording_id == Recording.id)
        .where(LibraryText.id.is_(None))
    )
    old = select(LibraryText.announcement_id).where(LibraryText.recipe != recipe())
    ids = {
        *session.scalars(select(Announcement.id).where(missing)),
        *session.scalars(unsaid),
        *session.scalars(old),
    }
    return _write_in_batches(session, sorted(ids))


def remake(session: Session) -> int:
    """Make every text and the index anew; how many announcements there are. Commits on the way."""
    ids = session.scalars(select(Announcement.id).order_by(Announcement.id)).all()
    session.execute(delete(LibraryText))
    count = _write_in_batches(session, ids)
    fill_index(session.connection())
    session.commit()
    return count


def recipe() -> int:
    """By which rules and words texts are made now: other words for a kind or a language change it."""
    return zlib.crc32(repr((RULES, *map(kind_words, AnnouncementKind), *LANGUAGES.values())).encode()) >> 1


def kind_words(kind: AnnouncementKind) -> tuple[str, ...]:
    """What a kind is called in the languages of the pages; outside an application only in English."""
    return _kind_words(kind) if has_app_context() else (str(KINDS[kind]),)


@lru_cache
def _kind_words(kind: AnnouncementKind) -> tuple[str, ...]:
    words = []
    for tag in ("en", "lo"):
        with force_locale(tag):
            words.append(str(KINDS[kind]))
    return tuple(words)


def _write_in_batches(session: Session, ids: Sequence[int]) -> int:
    for begin in range(0, len(ids), BATCH):
        write_texts(session.connection(), ids[begin : begin + BATCH])
        session.commit()
    return len(ids)


def _changed(one: object, names: Iterable[str]) -> bool:
    attributes = inspect(one).attrs
    return any(attributes[name].history.has_changes() for name in names)


def _columns(words: str, made_by: int) -> dict[str, Any]:
    return {"toned": words, "plain": without_tones(words), "recipe": made_by}


def _texts(connection: Connection, ids: Sequence[int]) -> Iterable[tuple[tuple[int, int | None], str]]:
    """Each text under its announcement and recording."""
    about: dict[int, list[str]] = {}
    columns = (Announcement.title, Announcement.kind, Announcement.legislature, Announcement.session_number)
    for row in connection.execute(
        select(Announcement.id, *columns, Announcement.details).where(Announcement.id.in_(ids))
    ):
        details = (row.legislature, row.session_number, *(row.details or {}).values())
        given = " ".join(str(value) for value in details if value is not None)
        about[row.id] = [row.title, *kind_words(row.kind), given]
    for row in connection.execute(
        select(AnnouncementTag.announcement_id, AnnouncementTag.name)
        .where(AnnouncementTag.announcement_id.in_(about))
        .order_by(AnnouncementTag.folded)
    ):
        about[row.announcement_id].append(row.name)
    said = {number: [fold(words) for words in given] for number, given in about.items()}
    for number, words in said.items():
        yield (number, None), _joined(words)
    texts = (Recording.transcript, Recording.transcript_lo, Recording.speakers)
    for row in connection.execute(
        select(Recording.id, Recording.announcement_id, Recording.language, Recording.original_name, *texts)
        .where(Recording.announcement_id.in_(about))
    ):  # fmt: skip
        own = (*_language_words(row.language), row.original_name, *(row.speakers or ()))
        long = (row.transcript or "", row.transcript_lo or "")
        words = [fold(one) for one in (*own, *(one[:LONGEST_TEXT] for one in long))]
        yield (row.announcement_id, row.id), _joined([*said[row.announcement_id], *words])


def _language_words(tag: str) -> tuple[str, ...]:
    known = LANGUAGES.get(tag)
    return (tag,) if known is None else (tag, known.name, known.name_lo)


def _joined(folded: Iterable[str]) -> str:
    return "\n".join(words for words in folded if words)[:LONGEST_TEXT] + _END
