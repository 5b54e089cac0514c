"""The as-run journal: intent before, outcome after, entries numbered until they are acknowledged.

Rules
1. An item has one outcome. A second one is refused by its key, whatever comes.
2. An intent without an outcome at start becomes what its last draft says: cut, with what was heard by then.
3. Numbers rise by one and are never given twice; see `journal_mark`.
4. Every call is durable when it returns.
"""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from schedules.airing_origin import Origin, origin_of
from schedules.wire.base import format_instant
from schedules.wire.report import Airing, Incident
from station_agent.errors import JournalDamaged
from station_agent.journal_disk import JournalDisk, JournalFolder
from station_agent.journal_mark import JournalMark
from station_agent.journal_rows import ROW_BYTES, EntryRows, loss, read_owed, rows_of_owed
from station_agent.journal_transaction import Counts, Transaction
from station_agent.planned import Planned

REMEMBER = timedelta(days=200)
"""Longer than any plan lasts: items so much older than the newest need not be known any more."""
SET_FACT = "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


class Journal:
    """One station's journal, in a folder or on another disk. Safe to use from several threads.

    `lost_at`: the instant at which a damaged journal was last set aside, now or at an earlier start.
    `alive_at`: the last certain instant it was told of; it is known after a loss too.
    """

    def __init__(self, where: Path | JournalDisk, now: datetime) -> None:
        self._disk = disk = JournalFolder(where) if isinstance(where, Path) else where
        self._lock, self._rows = threading.RLock(), EntryRows()
        self._opened_at = now
        mark = disk.read_mark()
        lost = mark.number > 0 and not disk.has_database()
        aside: str | None = None
        try:
            self._db = disk.open_database()
        except JournalDamaged:
            aside = disk.set_aside(now)
            self._db = disk.open_database()
        self._mark, self.alive_at = mark, mark.alive_at
        acknowledged = int(self._fact("acknowledged") or 0)
        (highest,) = self._db.execute("SELECT COALESCE(MAX(number), 0) FROM entries").fetchone()
        self._counts = Counts(max(int(highest), acknowledged), acknowledged)
        self._transaction = Transaction(disk, self._db, self._lock, self._counts)
        if aside is not None or lost or (mark.number > 0 and not self._is_begun()):
            self._begin_anew(mark, now, aside)
        elif not self._is_begun():
            with self._transaction:
                self._set_fact("begun", format_instant(now))
        self.lost_at, self.alive_at = self._instant("lost_at"), self._instant("alive_at")

    # -- writing -----------------------------------------------------------------------------------------

    def intent(self, airing: Airing) -> None:
        """Something is about to be heard; `airing` is what is true should nothing follow."""
        through, at = self._mark.aired_through, airing.planned_start
        if origin_of(airing.broadcast) is Origin.PLAN and (through is None or at > through):
            with self._lock:
                self._raise_mark(self._mark.number, self._mark.acknowledged, at)
        values = (airing.item, airing.broadcast, airing.model_dump_json())
        self._transaction.alone("INSERT INTO intents VALUES (?, ?, ?)", values)

    def progress(self, airing: Airing) -> None:
        """What is true should the power fail now. Without an open intent it is dropped."""
        values = (airing.model_dump_json(), airing.item)
        self._transaction.alone("UPDATE intents SET json = ? WHERE item = ?", values)

    def outcome(self, airing: Airing) -> Airing | None:
        """The numbered entry; None if the item has its outcome already."""
        with self._transaction:
            self._db.execute("DELETE FROM intents WHERE item = ?", (airing.item,))
            if self._has_outcome(airing.item):
                return None
            numbered = airing.model_copy(update={"number": self._next_number})
            self._append(numbered)
            return numbered

    def incident(self, code: str, subject: str, message: str, at: datetime) -> Incident:
        """The numbered entry."""
        with self._transaction:
            number = self._next_number
            found = Incident(number=number, at=at, code=code, subject=subject[:300], message=message[:2000])
            self._append(found)
            return found

    def close_open_intents(self) -> tuple[Airing, ...]:
        """At start: what a power cut or a kill left open is accounted for, by its last draft."""
        with self._lock:
            drafts = self._db.execute("SELECT item, json FROM intents ORDER BY rowid").fetchall()
            airings = (self._close_intent(item, text) for item, text in drafts)
            return tuple(airing for airing in airings if airing is not None)

    def keep_owed(self, owed: tuple[Planned, ...]) -> None:
        """Replace what is remembered as owed from older plans."""
        rows = rows_of_owed(owed)
        with self._transaction.of(sum(ROW_BYTES + len(text.encode()) for _, _, text in rows)):
            self._db.execute("DELETE FROM owed")
            self._db.executemany("INSERT INTO owed VALUES (?, ?, ?)", rows)

    def keep_also(self, owed: tuple[Planned, ...]) -> None:
        """Remember these as owed beside what is remembered already."""
        with self._lock:
            known = self.owed()
            keys = {one.broadcast.key for one in known}
            self.keep_owed((*known, *(one for one in owed if one.broadcast.key not in keys)))

    def remember(self, name: str, value: str) -> None:
        """Keep a fact over restarts: `boot_id`, …"""
        self._transaction.alone(SET_FACT, (name, value))

    def alive(self, at: datetime) -> None:
        """Keep a certain instant: as the fact `alive_at`, and with the next entry in the mark too."""
        self.remember("alive_at", format_instant(at))
        self.alive_at = at

    def acknowledge(self, through: int) -> None:
        """The province has every entry through this number.

        A number above all of ours means that the province knows more of us than we do: the folder was
        restored from an old copy. What it never acknowledged to us is appended again behind that number.
        """
        with self._lock:  # the mark is one file: two threads never write it at once
            if through > self._counts.number:
                self._go_on_behind(through)
            else:
                acknowledged = max(self._counts.acknowledged, through)
                self._transaction.alone(SET_FACT, ("acknowledged", str(acknowledged)))
                self._counts.acknowledged = acknowledged
            number = max(self._mark.number, self._counts.number)
            self._raise_mark(number, self._counts.acknowledged, self._mark.aired_through)

    # -- reading -----------------------------------------------------------------------------------------

    @property
    def number(self) -> int:
        """The highest number given."""
        return self._counts.number

    @property
    def acknowledged(self) -> int:
        """The province has everything through this number."""
        return self._counts.acknowledged

    def unacknowledged(self, at_most: int = 1000) -> tuple[Airing | Incident, ...]:
        """Entries the province has not acknowledged, earliest first."""
        with self._lock:
            if self._counts.number == self._counts.acknowledged:
                return ()
            rows = self._db.execute(
                "SELECT number, json FROM entries WHERE number > ? ORDER BY number LIMIT ?",
                (self._counts.acknowledged, at_most),
            ).fetchall()
        return tuple(self._rows.read(number, text, self._opened_at) for number, text in rows)

    def recent(self, at_most: int = 50) -> tuple[Airing | Incident, ...]:
        """The latest entries, newest first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT number, json FROM entries ORDER BY number DESC LIMIT ?", (at_most,)
            ).fetchall()
        return tuple(self._rows.read(number, text, self._opened_at) for number, text in rows)

    def final_items(self, now: datetime) -> frozenset[str]:
        """Items that have an intent or an outcome; they never air again. What is owed is asked for by name:
        it may carry an instant of a clock that was wrong."""
        owed = [item.key for one in self.owed() for item in one.broadcast.items]
        with self._lock:
            since = self._remembered_since(now)
            rows = self._db.execute(
                "SELECT item FROM entries WHERE item IS NOT NULL AND planned_start > ?"
                " UNION SELECT item FROM intents",
                (since,),
            ).fetchall()
            known = [key for key in owed if self._has_outcome(key)]
        return frozenset(known).union(item for (item,) in rows)

    def begun_broadcasts(self, now: datetime) -> frozenset[str]:
        """Broadcasts of which something was heard, or about to be."""
        with self._lock:
            rows = self._db.execute(
                "SELECT broadcast FROM entries WHERE heard AND planned_start > ?"
                " UNION SELECT broadcast FROM intents",
                (self._remembered_since(now),),
            ).fetchall()
        return frozenset(key for (key,) in rows)

    def owed(self) -> tuple[Planned, ...]:
        """What `keep_owed` was given last."""
        with self._lock:
            rows = self._db.execute("SELECT serial, json FROM owed ORDER BY position").fetchall()
        read = (read_owed(serial, text) for serial, text in rows)
        return tuple(one for one in read if one is not None)

    def fact(self, name: str) -> str | None:
        """A remembered fact."""
        with self._lock:
            return self._fact(name)

    def close(self) -> None:
        """Let the database go. Twice is harmless."""
        with self._lock:
            self._db.close()

    # -- inside ------------------------------------------------------------------------------------------

    @property
    def _next_number(self) -> int:
        return self._counts.number + 1

    def _append(self, entry: Airing | Incident) -> None:
        """Write an entry that carries the next number, inside a transaction."""
        if entry.number > self._mark.number:
            self._raise_mark(entry.number, self._counts.acknowledged, self._mark.aired_through)
        self._db.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", self._rows.row_of(entry))
        self._counts.number = entry.number

    def _go_on_behind(self, through: int) -> None:
        with self._transaction:
            waiting = self.unacknowledged(at_most=100_000)
            self._counts.number = through
            for entry in waiting:
                self._append(entry.model_copy(update={"number": self._next_number}))
            self._counts.acknowledged = through
            self._set_fact("acknowledged", str(through))

    def _raise_mark(self, number: int, acknowledged: int, aired_through: datetime | None) -> None:
        mark = JournalMark(number, acknowledged, self.alive_at, aired_through)
        self._disk.write_mark(mark)
        self._mark = mark

    def _close_intent(self, item: str, text: str) -> Airing | None:
        """The outcome of an open intent; one whose draft cannot be read is told, and never airs again."""
        try:
            return self.outcome(Airing.model_validate_json(text))
        except ValidationError:
            with self._transaction:
                self._db.execute("UPDATE intents SET json = '' WHERE item = ?", (item,))
                if text:
                    message = "what was on the air then cannot be read any more; it is not aired again"
                    self._append(loss(self._next_number, item, message, self._opened_at))
            return None

    def _begin_anew(self, mark: JournalMark, now: datetime, aside: str | None) -> None:
        where = f"set aside as {aside}" if aside is not None else "it was not there"
        with self._transaction.of((mark.number - mark.acknowledged) * ROW_BYTES):
            self._counts.number = self._counts.acknowledged = mark.acknowledged
            self._set_fact("acknowledged", str(mark.acknowledged))
            known = [at for at in (now, mark.alive_at, mark.aired_through) if at is not None]
            self._set_fact("lost_at", format_instant(max(known)))
            if mark.alive_at is not None:
                self._set_fact("alive_at", format_instant(mark.alive_at))
            self._set_fact("begun", format_instant(now))
            while self._counts.number < mark.number:
                message = "this entry was in a journal that could not be read any more"
                self._append(loss(self._next_number, f"entry {self._next_number}", message, now))
            message = f"the journal could not be read ({where}); a new one was begun"
            self._append(
                Incident(
                    number=self._next_number,
                    at=now,
                    code="journal_damaged",
                    subject="journal.db",
                    message=message,
                )
            )

    def _is_begun(self) -> bool:
        """Else the disk was full when this database was to take the place of one that was lost."""
        return self._fact("begun") is not None or self._counts.number > 0

    def _has_outcome(self, item: str) -> bool:
        return self._db.execute("SELECT 1 FROM entries WHERE item = ?", (item,)).fetchone() is not None

    def _remembered_since(self, now: datetime) -> str:
        """Counted from what is certain: a clock may be far ahead now, and when an alert played."""
        (newest,) = self._db.execute("SELECT MAX(planned_start) FROM entries").fetchone()
        known = now if newest is None else min(now, datetime.fromisoformat(newest))
        return format_instant(min(known, self.alive_at or known) - REMEMBER)

    def _fact(self, name: str) -> str | None:
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def _instant(self, name: str) -> datetime | None:
        return None if (value := self._fact(name)) is None else datetime.fromisoformat(value)

    def _set_fact(self, name: str, value: str) -> None:
        self._db.execute(SET_FACT, (name, value))
