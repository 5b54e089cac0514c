"""One transaction of the journal: all of it is on the disk when it ends, or none of it happened."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass

from station_agent.journal_disk import JournalDisk


@dataclass(slots=True)
class Counts:
    """The highest number given, and the one through which the province has everything."""

    number: int = 0
    acknowledged: int = 0


class Transaction:
    """To be entered again and again, on any thread; one waits for the other. An error undoes the counts too.

    A class and not a generator: the journal enters it before every word it writes.
    """

    def __init__(
        self,
        disk: JournalDisk,
        db: sqlite3.Connection,
        lock: threading.RLock,
        counts: Counts,
        size_bytes: int = 0,
    ) -> None:
        self._disk, self._db, self._lock, self._counts = disk, db, lock, counts
        self._size_bytes = size_bytes
        self._before = (counts.number, counts.acknowledged)

    def of(self, size_bytes: int) -> Transaction:
        """The same, of so much at once: room is made for all of it as it begins."""
        return Transaction(self._disk, self._db, self._lock, self._counts, size_bytes)

    def alone(self, sql: str, values: tuple[str, ...]) -> None:
        """Write with this one statement, which SQLite takes for a transaction: neither its beginning nor its
        commit has to be asked for."""
        with self._lock:
            self._disk.make_room()
            self._db.execute(sql, values)

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            self._disk.make_room(self._size_bytes)
            self._db.execute("BEGIN IMMEDIATE")
            self._before = (self._counts.number, self._counts.acknowledged)
        except BaseException:
            self._lock.release()
            raise

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        try:
            if kind is None:
                self._commit()
            else:
                self._undo()
        finally:
            self._lock.release()

    def _commit(self) -> None:
        try:
            self._db.execute("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        self._counts.number, self._counts.acknowledged = self._before
        if self._db.in_transaction:  # a full disk may have ended it already
            self._db.execute("ROLLBACK")
