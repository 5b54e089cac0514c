"""The journal's high-water mark, in a file of its own.

The numbers of entries must never be given twice, even when the journal's database is lost: the province
keeps the first entry it saw under a number. So the mark is raised before an entry is written. When the
database has to be begun anew, the numbers between the last acknowledged one and the mark are filled with
`journal_lost` incidents and counting goes on behind the mark.

The mark also carries the last instant that was certain, and through which instant of the plan something may
have been heard, raised before an item's intent: without them a clock that is behind when the journal is lost
would let everything since be heard again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from schedules.wire.base import format_instant
from station_agent.durable_file import write_durably


@dataclass(frozen=True, slots=True)
class JournalMark:
    """`number`: no entry has a higher one. `acknowledged`: the province has everything through this.

    `alive_at`: the last certain instant known when the mark was raised; `aired_through`: the latest planned
    start of an item that was about to be heard. None where there was none.
    """

    number: int = 0
    acknowledged: int = 0
    alive_at: datetime | None = None
    aired_through: datetime | None = None


def read_mark(path: Path) -> JournalMark:
    """The mark on disk; zeros where there is none or it can't be read."""
    try:
        plain = json.loads(path.read_bytes())
        number, acknowledged = int(plain["number"]), int(plain["acknowledged"])
        alive_at, aired_through = _instant(plain, "alive_at"), _instant(plain, "aired_through")
    except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return JournalMark()
    if 0 <= acknowledged <= number:
        return JournalMark(number, acknowledged, alive_at, aired_through)
    return JournalMark()


def write_mark(path: Path, mark: JournalMark) -> None:
    """Durable when it returns."""
    plain: dict[str, Any] = {"number": mark.number, "acknowledged": mark.acknowledged}
    for name, at in (("alive_at", mark.alive_at), ("aired_through", mark.aired_through)):
        plain |= {} if at is None else {name: format_instant(at)}
    write_durably(path, json.dumps(plain, sort_keys=True).encode() + b"\n")


def _instant(plain: dict[str, Any], name: str) -> datetime | None:
    return datetime.fromisoformat(plain[name]) if name in plain else None
