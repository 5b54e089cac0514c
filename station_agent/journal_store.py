"""The journal's database: its tables, how it is opened safely, and how a damaged one is set aside.

SQLite in WAL mode with `synchronous=FULL`: what a transaction committed survives a power cut.
Entries are append-only; a trigger refuses anything else.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
from pathlib import Path

from station_agent.errors import JournalDamaged

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


def open_store(path: Path) -> sqlite3.Connection:
    """The database at `path`, checked. Raises `JournalDamaged` when it is none or does not hold together."""
    connection = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    try:
        make_ready(connection, f"journal {path}")
    except BaseException:
        connection.close()
        raise
    return connection


def make_ready(connection: sqlite3.Connection, name: str) -> None:
    """Make a connection durable, check what it holds and give it its tables. Raises `JournalDamaged`."""
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        (verdict,) = connection.execute("PRAGMA quick_check").fetchone()
        if verdict == "ok":
            connection.executescript(SCHEMA)
    except sqlite3.DatabaseError as error:
        raise JournalDamaged(f"{name}: {error}") from error
    if verdict != "ok":
        raise JournalDamaged(f"{name}: {verdict}")


def set_aside(path: Path, now: datetime) -> Path:
    """Move a damaged database and what belongs to it out of the way; where to, is returned."""
    aside = path.with_name(f"{path.stem}.damaged-{now:%Y%m%dT%H%M%SZ}{path.suffix}")
    for ending in ("", "-wal", "-shm"):
        part = path.with_name(path.name + ending)
        if part.exists():
            part.replace(aside.with_name(aside.name + ending))
    return aside
