"""A journal that is damaged, lost or unreadable: set aside, told, and no number given twice."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.wire.report import Incident, Outcome
from station_agent.journal import Journal
from station_agent.simulation.disk import SimulatedDisk
from station_agent.simulation.fuse import Fuse
from tests.station_agent.documents import NOON
from tests.station_agent.journal_entries import NEWS, airing


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path, NOON)


def test_a_damaged_journal_is_set_aside_and_numbers_go_on_behind_the_mark(tmp_path: Path) -> None:
    """The province keeps the first entry under a number, so no number is given twice."""
    journal = Journal(tmp_path, NOON)
    for position in range(3):
        journal.outcome(airing(position))
    journal.acknowledge(1)
    journal.close()
    (tmp_path / "journal.db").write_bytes(b"this is no database" * 500)
    for rest in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    again = Journal(tmp_path, NOON + timedelta(hours=1))
    assert again.lost_at == NOON + timedelta(hours=1)
    entries = again.unacknowledged()
    assert [entry.number for entry in entries] == [2, 3, 4]
    assert [entry.code for entry in entries if isinstance(entry, Incident)] == [
        "journal_lost",
        "journal_lost",
        "journal_damaged",
    ]
    assert list(tmp_path.glob("journal.damaged-*.db"))
    again.close()
    assert Journal(tmp_path, NOON + timedelta(hours=2)).lost_at == NOON + timedelta(hours=1)


def test_the_last_certain_instant_outlives_the_journal(tmp_path: Path) -> None:
    """On a clock that is two days behind nothing of those days may count as still to come."""
    first = Journal(tmp_path, NOON)
    first.alive(NOON)
    first.outcome(airing(0))
    first.close()
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    again = Journal(tmp_path, NOON - timedelta(days=2))
    assert again.alive_at == NOON
    assert again.lost_at == NOON


def test_what_was_about_to_be_heard_counts_as_aired_once_the_journal_is_lost(tmp_path: Path) -> None:
    """However short before: the mark is raised before the item's intent."""
    first = Journal(tmp_path, NOON)
    first.intent(airing(1, Outcome.MISSED))
    first.close()
    (tmp_path / "journal.db").write_bytes(b"no database at all" * 100)
    again = Journal(tmp_path, NOON - timedelta(seconds=28))
    assert again.lost_at == airing(1).planned_start


def test_a_journal_begun_anew_on_a_full_disk_still_gives_no_number_twice(tmp_path: Path) -> None:
    """The empty database stands in the lost one's place, and the next start goes on behind the mark."""
    disk = SimulatedDisk(Fuse())
    first = Journal(disk, NOON)
    number = first.incident("relay_lost", "relay board", "it went away", NOON).number
    first.close()
    disk.set_aside(NOON)
    disk.is_full, disk.full_at_commit = True, True
    disk.write_mark = lambda _mark: None  # type: ignore[method-assign]  # there is room for the mark alone
    with pytest.raises(sqlite3.OperationalError, match="full"):
        Journal(disk, NOON)
    disk.is_full = False
    again = Journal(disk, NOON)
    assert again.lost_at == NOON
    assert again.incident("relay_back", "relay board", "it is back", NOON).number > number


def test_rows_that_cannot_be_read_are_told_and_hold_nothing_up(journal: Journal, tmp_path: Path) -> None:
    """An entry is replaced by the incident that says so; an open intent never airs again."""
    journal.outcome(airing(0))
    journal.intent(airing(1, Outcome.MISSED))
    journal.keep_owed((NEWS,))
    journal.close()
    with sqlite3.connect(tmp_path / "journal.db") as other:
        other.execute("DROP TRIGGER entries_are_never_changed")
        for table in ("entries", "intents", "owed"):
            other.execute(f"UPDATE {table} SET json = '{{'")  # noqa: S608 - three fixed names
    again = Journal(tmp_path, NOON + timedelta(hours=1))
    assert again.lost_at is None
    assert again.close_open_intents() == ()
    assert again.owed() == ()
    entries = again.unacknowledged()
    assert [(one.code, one.subject) for one in entries if isinstance(one, Incident)] == [
        ("journal_lost", "entry 1"),
        ("journal_lost", "news/2"),
    ]
    assert again.final_items(NOON) >= {"news/2"}
    again.close()
    third = Journal(tmp_path, NOON + timedelta(hours=2))
    assert third.close_open_intents() == ()
    assert len(third.unacknowledged()) == 2


@pytest.mark.parametrize("content", [b"", b"\x00" * 100_000, b"SQLite format 3\x00" + b"x" * 5000])
def test_a_journal_of_any_garbage_is_set_aside(tmp_path: Path, content: bytes) -> None:
    """An empty file is an empty journal, and its numbers are behind the mark; other bytes are no database."""
    journal = Journal(tmp_path, NOON)
    journal.outcome(airing(0))
    journal.close()
    for rest in ("journal.db-wal", "journal.db-shm"):
        (tmp_path / rest).unlink(missing_ok=True)
    (tmp_path / "journal.db").write_bytes(content)
    again = Journal(tmp_path, NOON + timedelta(hours=1))
    assert again.lost_at is not None
    assert [entry.number for entry in again.unacknowledged()] == [1, 2]


def test_a_disk_that_is_full_at_the_commit_leaves_no_gap(tmp_path: Path) -> None:
    """The entry is not there, and the next one gets its number, in the same process."""
    fuse = Fuse()
    disk = SimulatedDisk(fuse)
    journal = Journal(disk, NOON)
    disk.is_full, disk.full_at_commit = True, True
    disk.write_mark = lambda _mark: None  # type: ignore[method-assign]  # there is room for the mark alone
    with pytest.raises(sqlite3.OperationalError, match="full"):
        journal.incident("relay_lost", "relay board", "it went away", NOON)
    disk.is_full = False
    assert journal.incident("relay_back", "relay board", "it is back", NOON).number == 1
    assert [one.number for one in journal.unacknowledged()] == [1]
