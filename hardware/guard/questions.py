"""The questions put to a board, and which of them an answer may belong to: no answer carries a number.

Rules:

1. Answers come in the order of their questions; each may come late, or never. What comes may be the answer to
   the oldest question that has none yet.
2. It is believed only where that one was put after the last command. Else it may tell of the time before it.
3. No answer is on its way any more `LATEST_S` after its question, nor once an answer has come and the line
   was quiet after it for `LATE_GRACE_S`.
4. After a question without an answer in time none is put until a late answer would have come, and after one
   whose answer can't be read none until the rest of it would have.
"""

from collections.abc import Callable
from enum import Enum, auto

from hardware.relay_codec.contract import Garbled, ReadBack, Reading

LATE_GRACE_S = 1.5
LATEST_S = 5.0


class Came(Enum):
    """What came instead of an answer."""

    NOTHING = auto()  # within the time for one
    LATE = auto()  # something, when nobody waited for it any more
    OUTDATED = auto()  # an answer, perhaps to a question of before the last command


class Questions:
    """Of one board while its port is open. `timeout_s`: how long an answer is waited for."""

    def __init__(self, read_back: Callable[[], ReadBack], timeout_s: float, now_s: float) -> None:
        self._read_back, self._timeout_s = read_back, timeout_s
        self._reading: ReadBack | None = None
        self._put_s: list[float] = []  # those without an answer, oldest first
        self._commanded_s = float("-inf")
        self._quiet_from_s: float | None = None  # since the last answer; None: there was none to the last one
        self._overdue = False
        self.answer_by_s = self.next_from_s = now_s

    @property
    def is_open(self) -> bool:
        """Whether an answer is waited for, up to `answer_by_s`. The next question may be put after it, from
        `next_from_s` on."""
        return self._reading is not None

    def put(self, now_s: float) -> None:
        """One has gone out."""
        is_quiet = self._quiet_from_s is not None and now_s >= self._quiet_from_s + LATE_GRACE_S
        under_way = () if is_quiet else (at_s for at_s in self._put_s if at_s > now_s - LATEST_S)
        self._put_s = [*under_way, now_s]
        self._reading, self._overdue = self._read_back(), False
        self.answer_by_s = now_s + self._timeout_s

    def commanded(self, now_s: float, *, changes: bool) -> None:
        """A command has gone out: what comes now may be its echo. `changes`: it is to move a relay."""
        self._overdue = False
        if changes:
            self._commanded_s = now_s

    def take(self, data: bytes, now_s: float) -> Reading | Garbled | Came | None:
        """What the board has sent, perhaps nothing. None: there is nothing to tell yet."""
        if data and self._quiet_from_s is not None:
            self._quiet_from_s = now_s
        if self._reading is None:
            late, self._overdue = bool(data) and self._overdue, self._overdue and not data
            return Came.LATE if late else None
        result = self._reading.feed(data) if data else None
        if result is None:
            if now_s < self.answer_by_s:
                return None
            result = self._reading.end()
        self._reading = None
        self._quiet_from_s = now_s if isinstance(result, Reading) else None
        if isinstance(result, Reading):
            return result if self._put_s.pop(0) > self._commanded_s else Came.OUTDATED
        self.next_from_s = now_s + (LATE_GRACE_S if result is None else self._timeout_s)
        self._overdue = result is None
        return result or Came.NOTHING
