"""The province as a simulated village meets it: it signs plans, tells the time and keeps what is reported."""

from __future__ import annotations

from random import Random

from schedules.wire.report import Airing, Incident
from station_agent.journal import Journal
from station_agent.simulation.violation import Violation

LOST_ANSWERS = 0.15
"""Of its answers so many never arrive."""
MOST_ENTRIES = 1000


class Province:
    """Keeps the first entry it saw under a number, and answers through which number it has everything."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self.entries: list[Airing | Incident] = []

    def hear(self, journal: Journal) -> None:
        """One report and its answer. Raises `Violation` for a gap, or for a number that was given twice."""
        reported = journal.unacknowledged(MOST_ENTRIES)
        for entry in reported:
            if entry.number <= len(self.entries):
                if self.entries[entry.number - 1] != entry and not _stands_for_another(entry):
                    raise Violation(f"entry {entry.number} was given twice")
            elif entry.number == len(self.entries) + 1:
                self.entries.append(entry)
            else:
                raise Violation(f"entry {entry.number} was reported, {len(self.entries) + 1} was to come")
        if reported and self._random.random() >= LOST_ANSWERS:
            journal.acknowledge(reported[-1].number)


def _stands_for_another(entry: Airing | Incident) -> bool:
    """Where a journal was lost its unacknowledged numbers are filled; what came under them before is kept."""
    return isinstance(entry, Incident) and entry.code == "journal_lost"
