"""Where a journal's bytes lie: one database, and beside it the mark that outlives it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Protocol

from station_agent.journal_mark import JournalMark, read_mark, write_mark
from station_agent.journal_store import open_store, set_aside
from station_agent.reserve import Reserve


class JournalDisk(Protocol):
    """What the journal asks of its disk. What was committed or marked is durable when the call returns."""

    def make_room(self, needed_bytes: int = 0) -> None:
        """Something is about to be written, so much of it at once where that is known.

        Where the disk is full, give up some of what is kept for that.
        """

    def has_database(self) -> bool:
        """Whether there is one, whole or not."""

    def open_database(self) -> sqlite3.Connection:
        """The database with its tables, begun where there is none. Raises `JournalDamaged`."""

    def set_aside(self, now: datetime) -> str:
        """Move a damaged database out of the way; its new name."""

    def read_mark(self) -> JournalMark:
        """The mark; zeros where there is none or it can't be read."""

    def write_mark(self, mark: JournalMark) -> None:
        """Replace the mark. Raises `OSError`; then the old one still stands."""


class JournalFolder:
    """The real disk: `journal.db` and `journal.mark` in a folder. `reserve`: room that is kept for them."""

    def __init__(self, folder: Path, reserve: Reserve | None = None) -> None:
        self._database, self._mark = folder / "journal.db", folder / "journal.mark"
        self._log, self._reserve = folder / "journal.db-wal", reserve

    def make_room(self, needed_bytes: int = 0) -> None:
        """Where the disk is full, give up some of the reserve; where there is room again, keep it anew.

        What is written stands in the database's log first, which has room or grows, then in the database.
        """
        if self._reserve is not None:
            log_bytes = self._log.stat().st_size if needed_bytes and self._log.exists() else 0
            self._reserve.settle(needed_bytes + max(0, needed_bytes - log_bytes))

    def has_database(self) -> bool:
        """Whether there is one, whole or not. A file without a byte is what a power cut may leave of one."""
        return self._database.exists() and self._database.stat().st_size > 0

    def open_database(self) -> sqlite3.Connection:
        """The database with its tables, begun where there is none. Raises `JournalDamaged`."""
        self.make_room()
        return open_store(self._database)

    def set_aside(self, now: datetime) -> str:
        """Move a damaged database out of the way; its new name."""
        return set_aside(self._database, now).name

    def read_mark(self) -> JournalMark:
        """The mark; zeros where there is none or it can't be read."""
        return read_mark(self._mark)

    def write_mark(self, mark: JournalMark) -> None:
        """Replace the mark. Raises `OSError`; then the old one still stands."""
        self.make_room()
        write_mark(self._mark, mark)
