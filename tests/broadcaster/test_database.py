"""SQLite beside another that writes: who waits for a turn is never told that the database is locked."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from broadcaster.database import db
from broadcaster.newsroom import search_index, service
from broadcaster.newsroom.library_models import LibraryText
from broadcaster.newsroom.models import Announcement
from tests.broadcaster.conftest import FixedClock

pytestmark = pytest.mark.usefixtures("sqlite_only")
WAITS_S = 20


@pytest.fixture
def two(session: Session, clock: FixedClock) -> list[Announcement]:
    """Announcements whose texts are there."""
    made = [service.create_announcement(session, title, "other", None, clock.now) for title in ("A", "B")]
    session.commit()
    return made


@pytest.fixture
def beside(app: APIFlask, two: list[Announcement]) -> Iterator[Session]:
    """A second connection to the same file."""
    with app.app_context(), db.sessionmaker() as opened:
        yield opened


@pytest.fixture
def engine_of(session: Session) -> Engine:
    """The engine that the test's session speaks to."""
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine


def another_writes(beside: Session, about: Announcement, now: datetime) -> threading.Thread:
    """Somebody else changes an announcement and commits, in a thread; it may have to wait for its turn."""

    def write() -> None:
        beside.execute(update(Announcement).where(Announcement.id == about.id).values(created_at=now))
        beside.commit()

    thread = threading.Thread(target=write)
    thread.start()
    return thread


def test_what_is_read_behind_a_savepoint_can_be_changed_though_another_writes_meanwhile(
    session: Session, beside: Session, two: list[Announcement], clock: FixedClock
) -> None:
    """The savepoint takes the turn; the other one waits and then has its own."""
    with session.begin_nested():
        session.refresh(two[0])
        other = another_writes(beside, two[1], clock.advance(hours=1))
        other.join(0.3)
        two[0].title = "Changed"
        session.flush()
    session.commit()
    other.join(WAITS_S)
    assert not other.is_alive()
    session.expire_all()
    assert (two[0].title, two[1].created_at) == ("Changed", clock.now)


def test_the_texts_of_the_library_are_made_anew_though_another_writes_meanwhile(
    session: Session, beside: Session, two: list[Announcement], clock: FixedClock, engine_of: Engine
) -> None:
    """Between what is there and the first text that changes, somebody commits."""
    session.execute(update(LibraryText).values(recipe=0))
    session.commit()
    written: list[threading.Thread] = []

    def before(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE library_text") and not written:
            written.append(another_writes(beside, two[1], clock.advance(hours=1)))
            written[0].join(WAITS_S)

    event.listen(engine_of, "before_cursor_execute", before)
    try:
        assert search_index.mend(session) == 2
    finally:
        event.remove(engine_of, "before_cursor_execute", before)
    assert written
    assert search_index.mend(session) == 0
