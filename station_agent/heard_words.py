"""What the microphone said of the last items: for who asks the station, and for its log."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from schedules.wire.base import format_instant
from station_agent.likeness import Heard

KEPT = 20


@dataclass(frozen=True, slots=True)
class HeardWord:
    """`grade`: `heard` or `not_heard`. `level_db`: of what the microphone got, dB full scale."""

    item: str
    title: str
    started_at: datetime
    found: Heard

    @property
    def grade(self) -> str:
        """Whether it was that sound."""
        return "heard" if self.found.heard else "not_heard"

    def as_plain(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "item": self.item,
            "title": self.title,
            "started_at": format_instant(self.started_at),
            "grade": self.grade,
            "level_db": self.found.level_db,
            "likeness": self.found.likeness,
            "late_ms": self.found.late_ms,
        }


class HeardWords:
    """The last `KEPT` of them, newest first. Written by one thread, read by another."""

    def __init__(self) -> None:
        self._words: deque[HeardWord] = deque(maxlen=KEPT)

    def keep(self, word: HeardWord) -> None:
        """The newest one."""
        self._words.appendleft(word)

    def newest_first(self) -> tuple[HeardWord, ...]:
        """What is kept."""
        return tuple(self._words.copy())
