"""What was asked of the output and is not answered yet, over the lives of several workers. Pure.

Rules
1. Every request is answered once, whatever happens to workers.
2. What was heard before a worker was lost is not heard again: the next worker goes on from there. Of a worker
   that hung nobody knows more than what it told last; then up to 0.3 s are heard twice rather than not at
   all.
3. A sound that goes on late shifts what was to follow it by as much: nothing of it is cut for that.
4. A sound that loses `LIVES` workers has failed.
5. A sound that has not begun `OVERDUE_US` after its instant is not begun by a new worker: it was asked for by
   somebody who has stood still since, and would be heard minutes late.
6. A file that is not what it was when it was asked for is not opened again: nobody has approved it.

Instants are microseconds of the steady clock.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from hardware.ports import PlayRequest
from hardware.sound.steady_clock import as_instant

LIVES = 3
CHANGED = "it was changed while it was to be heard, and is not opened again; fetch it again"
WATCHED_EVERY_MS = 350
"""A worker that plays tells how far it is at least this often."""
ALMOST_MS = 60
AT_THE_SEAM_US = 500_000
OVERDUE_US = 5_000_000
RESUME_US = 60_000
"""What a new worker needs from the request to the first sample."""


@dataclass(slots=True)
class Asked:
    """One request. `request` names the steady clock's instants and the caller's key."""

    number: int
    request: PlayRequest
    planned_us: int | None
    file: object = None  # what it was then; see `file_of`
    behind_us: int = 0
    before_ms: int = 0  # heard through earlier workers
    heard_ms: int = 0  # through this one, as it told at `told_us`
    told_us: int = 0
    whole_ms: int = 0
    first_us: int | None = None
    sounding: bool = False
    ending: bool = False  # a stop was asked for
    lives: int = 1
    lost_us: int | None = None

    def to_send(self) -> PlayRequest:
        """The request as the next worker gets it."""
        planned_us = None if self.first_us is not None else self.planned_us
        at = None if planned_us is None else as_instant(planned_us + self.behind_us)
        asked, start_ms = self.request, self.request.start_ms + self.before_ms
        return PlayRequest(str(self.number), asked.path, start_ms, asked.volume_percent, at)

    def has_ended(self) -> bool:
        """Whether so little is left that nothing is worth another worker."""
        left_ms = self.whole_ms - self.request.start_ms - self.before_ms
        return self.whole_ms > 0 and left_ms < ALMOST_MS

    def is_overdue(self, now_us: int) -> bool:
        """Whether it should have begun so long ago that it is not begun any more."""
        due_us = None if self.first_us is not None else self.planned_us
        return due_us is not None and now_us > due_us + self.behind_us + OVERDUE_US


@dataclass(slots=True)
class Lost:
    """What the loss of a worker means: requests over as heard, and requests given up."""

    finished: list[Asked] = field(default_factory=list)
    failed: list[Asked] = field(default_factory=list)


@dataclass(slots=True)
class Resumed:
    """What goes to a new worker, and what does not: its file was changed or is gone, or its time is past."""

    again: list[Asked]
    changed: list[Asked]
    overdue: list[Asked]


def file_of(path: Path) -> object:
    """What changes whenever the file does, without reading it; None where there is none, and for a pipe."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns) if stat.S_ISREG(found.st_mode) else None


class Outstanding:
    """The requests of one output, in the order in which they were made."""

    def __init__(self) -> None:
        self._asked: dict[int, Asked] = {}
        self._number = 0
        self._behind_us = 0  # by how much what follows a resumed sound is shifted

    def __bool__(self) -> bool:
        return bool(self._asked)

    def ask(self, request: PlayRequest, at_us: int | None, file: object = None) -> Asked:
        """A new request, to begin at `at_us`. `file`: what the file is now."""
        self._number += 1
        asked, ends_us = Asked(self._number, request, at_us, file), self._ends_us()
        if at_us is not None and ends_us is not None and at_us >= ends_us - AT_THE_SEAM_US:
            asked.behind_us = self._behind_us
        self._asked[asked.number] = asked
        return asked

    def of_key(self, key: str) -> list[Asked]:
        """The requests of a key."""
        return [asked for asked in self._asked.values() if asked.request.key == key]

    def all(self) -> list[Asked]:
        """Every request, earliest first."""
        return list(self._asked.values())

    def of_number(self, number: str) -> Asked | None:
        """The request a worker means."""
        return self._asked.get(int(number))

    def started(self, asked: Asked, at_us: int) -> int | None:
        """The first sample is out. Answers for how many ms it was silent, or None for the first start."""
        asked.sounding, asked.heard_ms, asked.told_us = True, 0, at_us
        if asked.first_us is None:
            asked.first_us = at_us
            return None
        return max(0, at_us - (asked.lost_us or at_us)) // 1000

    def progress(self, sounds: dict[str, tuple[int, int]], now_us: int) -> None:
        """How far a worker is."""
        for number, (heard_ms, whole_ms) in sounds.items():
            asked = self.of_number(number)
            if asked is not None:
                asked.heard_ms, asked.whole_ms, asked.told_us = heard_ms, whole_ms, now_us

    def set_volume(self, percent: int) -> None:
        """What is asked of the next worker is as loud as this."""
        for asked in self._asked.values():
            asked.request = replace(asked.request, volume_percent=percent)

    def over(self, asked: Asked) -> None:
        """It has its answer."""
        self._asked.pop(asked.number, None)
        if not any(other.lost_us for other in self._asked.values()):
            self._behind_us = 0

    def lost(self, now_us: int, *, hung: bool) -> Lost:
        """The worker is gone: what is over by that. What remains goes to the next worker."""
        result = Lost()
        for asked in self.all():
            if asked.sounding:
                since_ms = 0 if hung else max(0, now_us - asked.told_us) // 1000
                asked.before_ms += asked.heard_ms + min(since_ms, WATCHED_EVERY_MS)
                asked.lost_us = asked.told_us + 1000 * min(since_ms, WATCHED_EVERY_MS)
                asked.sounding, asked.heard_ms = False, 0
            asked.lives += 1
        begun = [asked for asked in self.all() if asked.first_us is not None]
        for asked in self.all():
            if asked.ending or asked.has_ended() or (asked in begun and asked is not begun[-1]):
                result.finished.append(asked)
            elif asked.lives > LIVES:
                result.failed.append(asked)
        for asked in (*result.finished, *result.failed):
            self.over(asked)
        return result

    def resume(self, now_us: int, file_of: Callable[[Path], object]) -> Resumed:
        """What a new worker is to be asked for: the sound that was on, at once, and what follows, later by
        that; and what it is not asked for any more."""
        changed = [asked for asked in self.all() if file_of(asked.request.path) != asked.file]
        for asked in changed:
            self.over(asked)
        for asked in self.all():
            if asked.first_us is not None and asked.lost_us is not None:
                self._behind_us = max(0, now_us + RESUME_US - asked.first_us - asked.before_ms * 1000)
            else:
                asked.behind_us = self._behind_us
        overdue = [asked for asked in self.all() if asked.is_overdue(now_us)]
        for asked in overdue:
            self.over(asked)
        return Resumed(self.all(), changed, overdue)

    def _ends_us(self) -> int | None:
        """When the sound on now would have ended had no worker been lost; None where none was."""
        for asked in self._asked.values():
            if asked.lost_us is not None and asked.first_us is not None and asked.whole_ms > 0:
                return asked.first_us + (asked.whole_ms - asked.request.start_ms) * 1000
        return None
