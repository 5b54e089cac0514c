"""Where a journal's bytes lie: one database, and beside it the mark that outlives it."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Protocol

from station_agent.journal_mark import JournalMark, read_mark, write_mark
from station_agent.journal_store import open_store, set_aside


class JournalDisk(Protocol):
    """What the journal asks of its disk. What was committed or marked is durable when the call returns."""

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
    """The real disk: `journal.db` and `journal.mark` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._database, self._mark = folder / "journal.db", folder / "journal.mark"

    def has_database(self) -> bool:
        """Whether there is one, whole or not. A file without a byte is what a power cut may leave of one."""
        return self._database.exists() and self._database.stat().st_size > 0

    def open_database(self) -> sqlite3.Connection:
        """The database with its tables, begun where there is none. Raises `JournalDamaged`."""
        return open_store(self._database)

    def set_aside(self, now: datetime) -> str:
        """Move a damaged database out of the way; its new name."""
        return set_aside(self._database, now).name

    def read_mark(self) -> JournalMark:
        """The mark; zeros where there is none or it can't be read."""
        return read_mark(self._mark)

    def write_mark(self, mark: JournalMark) -> None:
        """Replace the mark. Raises `OSError`; then the old one still stands."""
        write_mark(self._mark, mark)
