"""The journal's rows: entries and what is owed, as text and back."""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime

from pydantic import TypeAdapter, ValidationError

from schedules.wire.base import format_instant
from schedules.wire.plan import PlannedBroadcast
from schedules.wire.report import Airing, Entry, Incident
from station_agent.planned import Planned

ENTRY: TypeAdapter[Airing | Incident] = TypeAdapter(Entry)
ROW_BYTES = 512
"""What a row takes besides a long text: its short ones, its place in an index, the rest of its page."""
WRITTEN_AT_MOST = 64
"""Entries of some hours: a station with a network has reported them by then."""


def loss(number: int, subject: str, message: str, at: datetime) -> Incident:
    """The incident that stands for what was lost."""
    return Incident(number=number, at=at, code="journal_lost", subject=subject[:300], message=message)


def rows_of_owed(owed: tuple[Planned, ...]) -> list[tuple[int, int, str]]:
    """Position, plan serial, JSON."""
    return [(position, one.serial, one.broadcast.model_dump_json()) for position, one in enumerate(owed)]


def read_owed(serial: int, text: str) -> Planned | None:
    """The broadcast; None for one that cannot be read: the plan that held it is at the province."""
    try:
        return Planned(PlannedBroadcast.model_validate_json(text), serial)
    except ValidationError:
        return None


class EntryRows:
    """The rows of one journal's entries. What was written lately is known by its text, and not read again.

    An entry is frozen, and reads as it was written: the same text is the same entry, wherever it was kept.
    """

    def __init__(self) -> None:
        self._written: OrderedDict[str, Airing | Incident] = OrderedDict()

    def row_of(self, entry: Airing | Incident) -> tuple[int, str | None, str | None, int, str | None, str]:
        """Number, item, broadcast, whether something was heard, planned start, JSON."""
        text = entry.model_dump_json()
        self._written[text] = entry
        if len(self._written) > WRITTEN_AT_MOST:
            self._written.popitem(last=False)
        if isinstance(entry, Incident):
            return (entry.number, None, None, 0, None, text)
        heard = int(entry.started_at is not None)
        return (entry.number, entry.item, entry.broadcast, heard, format_instant(entry.planned_start), text)

    def read(self, number: int, text: str, opened_at: datetime) -> Airing | Incident:
        """The entry as it was written; in place of one that cannot be read, the incident that says so."""
        try:
            return self._written.get(text) or ENTRY.validate_json(text)
        except ValidationError:
            return loss(number, f"entry {number}", "this entry cannot be read any more", opened_at)
