"""The journal's disk in memory: the real journal's SQL on a real SQLite, on a disk that fills up and dies.

What was committed with `synchronous=FULL` is there after a cut; what was not is gone, in whole transactions.
Death may come before any statement, and after a commit before the caller has heard of it. How SQLite comes
back from half-written files is not seen here: `tests/station_agent/test_journal_power_cuts.py` does that with
real files.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from station_agent.errors import JournalDamaged
from station_agent.journal_mark import JournalMark
from station_agent.journal_store import make_ready
from station_agent.simulation.fuse import Ending, Fuse

DURABLE = 2
"""`PRAGMA synchronous` of a connection whose commits survive a power cut."""

_READING = ("SELECT", "PRAGMA")
_execute = sqlite3.Connection.execute
"""Past every boundary."""


class _Connection(sqlite3.Connection):
    """Passes a boundary before each statement, and after each that commits what was written."""

    disk: SimulatedDisk

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        disk = self.disk
        if not disk.fuse.is_lit and not disk.is_full:
            return _execute(self, sql, parameters)
        disk.before(sql, is_alone=not self.in_transaction)
        cursor = _execute(self, sql, parameters)
        if not self.in_transaction and not sql.startswith(_READING):
            disk.fuse.boundary()  # it is on the disk; whether its caller ever hears of it is another matter
        return cursor

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        self.disk.before(sql, is_alone=not self.in_transaction)
        return super().executemany(sql, parameters)

    def close(self) -> None:
        """The disk goes on spinning when the process ends; an open transaction is gone."""
        if self.in_transaction:
            _execute(self, "ROLLBACK")


class SimulatedDisk:
    """Fulfils the `JournalDisk` contract. Full, it refuses writes; damaged, the next opening fails.

    `full_at_commit`: the lack of room is noticed at the commit, not at the statement before.
    """

    def __init__(self, fuse: Fuse) -> None:
        self.fuse = fuse
        self._mark = JournalMark()
        self._database: _Connection | None = None
        self._kept: bytes | None = None
        self.is_full = False
        self.full_at_commit = False
        self.is_damaged = False

    def make_room(self, needed_bytes: int = 0) -> None:
        """Nothing is kept in reserve here: a full disk is full."""

    def has_database(self) -> bool:
        """Whether there is one, whole or not."""
        return self._database is not None

    def open_database(self) -> sqlite3.Connection:
        """The database with its tables, begun where there is none. Raises `JournalDamaged`."""
        if self.is_damaged:
            raise JournalDamaged("the simulated journal was damaged")
        if self._database is None:
            self._database = sqlite3.connect(":memory:", isolation_level=None, factory=_Connection)
            self._database.disk = self
        make_ready(self._database, "the simulated journal")
        (synchronous,) = self._database.execute("PRAGMA synchronous").fetchone()
        self._kept = None if synchronous >= DURABLE else self._database.serialize()
        return self._database

    def set_aside(self, now: datetime) -> str:
        """Move a damaged database out of the way; its new name."""
        self._database, self.is_damaged = None, False
        return f"journal.damaged-{now:%Y%m%dT%H%M%SZ}.db"

    def read_mark(self) -> JournalMark:
        """The mark."""
        return self._mark

    def write_mark(self, mark: JournalMark) -> None:
        """Replace the mark. Raises `OSError`; then the old one still stands."""
        self.fuse.boundary()
        if self.is_full:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "journal.mark")
        self._mark = mark
        self.fuse.boundary()

    def die(self, how: Ending) -> None:
        """The process or the machine is gone: open transactions are, and what was not made durable."""
        if self._database is None:
            return
        self._database.close()
        if self._kept is not None and how is Ending.POWER:
            self._database.deserialize(self._kept)

    def before(self, sql: str, *, is_alone: bool) -> None:
        """A statement is about to be executed: a boundary, and where a full disk is noticed.

        `is_alone`: it is executed outside a transaction, so that it is also the commit of what it writes.
        """
        self.fuse.boundary()
        if not self.is_full:
            return
        writes = sql.startswith(("INSERT", "UPDATE"))
        if sql == "COMMIT" if self.full_at_commit and not is_alone else writes:
            raise sqlite3.OperationalError("database or disk is full")

    def holds(self, table: str, item: str) -> bool:
        """Whether the item stands in `intents` or `entries`, committed. Asked by the world, not the agent."""
        if self._database is None or self._database.in_transaction:
            return False
        query = f"SELECT 1 FROM {table} WHERE item = ?"  # noqa: S608 - one of two names, both our own
        return _execute(self._database, query, (item,)).fetchone() is not None
