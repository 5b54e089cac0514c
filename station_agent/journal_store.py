"""The journal's database: its tables, how it is opened safely, and how a damaged one is set aside.

SQLite in WAL mode with `synchronous=FULL`: what a transaction committed survives a power cut.
Entries are append-only; a trigger refuses anything else.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from station_agent.errors import JournalDamaged, JournalUnavailable, StationError

SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY,
    item TEXT,
    broadcast TEXT,
    heard INTEGER NOT NULL,
    planned_start TEXT,
    json TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_item ON entries (item);
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TABLE IF NOT EXISTS intents (item TEXT PRIMARY KEY, broadcast TEXT NOT NULL, json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS owed (position INTEGER PRIMARY KEY, serial INTEGER NOT NULL, json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


LOG_PAGES = 256
"""The log beside the database is tidied up once it has so many pages, 1 MB: a full disk is full."""
_ENDINGS = ("", "-wal", "-shm")
_COLUMNS = {
    "entries": "number, item, broadcast, heard, planned_start, json",
    "intents": "item, broadcast, json",
    "owed": "position, serial, json",
    "facts": "name, value",
}
_HIGHEST_NUMBER = 2**53
_FOR_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_NOMEM,
    }
)
"""What says nothing about the database itself: it is as it was once the reason has gone."""

_UNREADABLE = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_IOERR_READ,
        sqlite3.SQLITE_IOERR_SHORT_READ,
        sqlite3.SQLITE_IOERR_CORRUPTFS,
        sqlite3.SQLITE_IOERR_DATA,
    }
)
"""Of all that can go wrong with the disk, what says that the database itself cannot be read any more."""


def open_store(path: Path) -> sqlite3.Connection:
    """The database at `path`, checked.

    Raises `JournalDamaged` when it is none or does not hold together, `JournalUnavailable` when it is only
    out of reach.
    """
    for part in (path.with_name(path.name + ending) for ending in _ENDINGS):
        if part.exists() and not part.is_file():
            raise JournalDamaged(f"journal {part}: it is no file")
    try:
        connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    except sqlite3.DatabaseError as error:
        raise _found(f"journal {path}", error) from error
    try:
        make_ready(connection, f"journal {path}")
        connection.execute(f"PRAGMA wal_autocheckpoint={LOG_PAGES}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_ready(connection: sqlite3.Connection, name: str) -> None:
    """Make a connection durable, check what it holds and give it its tables. Errors as of `open_store`."""
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
        if verdict == "ok":
            connection.executescript(SCHEMA)
            _read_through(connection)
    except sqlite3.DatabaseError as error:
        raise _found(name, error) from error
    except (ValueError, TypeError) as error:
        raise JournalDamaged(f"{name}: {error}") from error
    if verdict != "ok":
        raise JournalDamaged(f"{name}: {verdict}")


def _read_through(connection: sqlite3.Connection) -> None:
    """Are these our tables, and is what counting rests on readable? Raises `ValueError` and others."""
    for table, columns in _COLUMNS.items():
        connection.execute(f"SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608 - both are ours
    facts = dict(connection.execute("SELECT name, value FROM facts").fetchall())
    (highest,) = connection.execute("SELECT COALESCE(MAX(number), 0) FROM entries").fetchone()
    if not 0 <= max(int(facts.get("acknowledged") or 0), highest) <= _HIGHEST_NUMBER:
        raise ValueError("a number is out of range")
    for instant in (facts[name] for name in ("lost_at", "alive_at") if name in facts):
        datetime.fromisoformat(instant)


def _found(name: str, error: sqlite3.DatabaseError) -> StationError:
    code = getattr(error, "sqlite_errorcode", None)
    no_room = code is not None and code & 0xFF == sqlite3.SQLITE_IOERR and code not in _UNREADABLE
    if no_room or (code is not None and code & 0xFF in _FOR_NOW):
        advice = "another program may hold it, the disk be full, or its rights be wrong"
        return JournalUnavailable(f"{name} cannot be opened now ({error}); {advice}")
    return JournalDamaged(f"{name}: {error}")


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged database and what belongs to it out of the way; where to, is returned."""
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in _ENDINGS:
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside
