"""The journal's high-water mark, in a file of its own.

The numbers of entries must never be given twice, even when the journal's database is lost: the province
keeps the first entry it saw under a number. So the mark is raised before an entry is written. When the
database has to be begun anew, the numbers between the last acknowledged one and the mark are filled with
`journal_lost` incidents and counting goes on behind the mark. The mark also carries the last instant that was
certain: without it a clock that is days behind would let everything of those days be heard again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from schedules.wire.base import format_instant
from station_agent.durable_file import write_durably


@dataclass(frozen=True, slots=True)
class JournalMark:
    """`number`: no entry has a higher one. `acknowledged`: the province has everything through this.

    `alive_at`: the last certain instant known when the mark was raised; None where there was none.
    """

    number: int = 0
    acknowledged: int = 0
    alive_at: datetime | None = None


def read_mark(path: Path) -> JournalMark:
    """The mark on disk; zeros where there is none or it can't be read."""
    try:
        plain = json.loads(path.read_bytes())
        number, acknowledged = int(plain["number"]), int(plain["acknowledged"])
        alive_at = datetime.fromisoformat(plain["alive_at"]) if plain.get("alive_at") else None
    except (OSError, ValueError, KeyError, TypeError):
        return JournalMark()
    if 0 <= acknowledged <= number:
        return JournalMark(number, acknowledged, alive_at)
    return JournalMark()


def write_mark(path: Path, mark: JournalMark) -> None:
    """Durable when it returns."""
    alive_at = None if mark.alive_at is None else format_instant(mark.alive_at)
    plain = {"number": mark.number, "acknowledged": mark.acknowledged, "alive_at": alive_at}
    write_durably(path, json.dumps(plain, sort_keys=True).encode() + b"\n")
