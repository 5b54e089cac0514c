"""How long the machine itself stood still: what is promised in seconds is kept by a machine that runs.

A process of its own sleeps on every processor for a moment, and writes to the disk, over and over. By what it
comes late, anything else would have come late too. A machine at rest adds nothing to a promised time; one
that is halted, or shared, adds what it took itself.

`python -m tests.standing_still FILE` writes to that file, takes lines of two instants by the steady clock,
and answers each with seconds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOOK_EVERY_S = 0.005
WRITE_EVERY_S = 0.1
NO_DELAY_S = 0.002
"""So late a sleeper is woken, and so long a small write takes, on any machine."""
PATIENCE_S = 90.0
NOTED_AFTER = timedelta(seconds=1)
"""By then what has happened is noted, unless the machine stands still."""

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Lasted:
    """Between these seconds, both included."""

    shortest_s: float
    longest_s: float

    def overlaps(self, shortest_s: float, longest_s: float) -> bool:
        """Whether it may have lasted as long as was asked."""
        return self.shortest_s <= longest_s and self.longest_s >= shortest_s


class Witness:
    """The process that looks, from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    def took_s(self, since: datetime, until: datetime | None = None) -> float:
        """How long something took, until now where it does not say, without what the machine stood still."""
        until = until or datetime.now(UTC)
        return (until - since).total_seconds() - self.stood_still_s(since, until)

    def lasted_s(self, since: datetime, until: datetime) -> Lasted:
        """How long something may have lasted: where the machine stood still, either end was noted late."""
        noted_s = (until - since).total_seconds()
        spare_s = self.stood_still_s(since - NOTED_AFTER, until)
        return Lasted(noted_s - spare_s, noted_s + spare_s)

    def stood_still_s(self, since: datetime, until: datetime) -> float:
        """How long the machine stood still between the two; 0 where it never did."""
        steady_s = time.monotonic() - time.time()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{since.timestamp() + steady_s} {until.timestamp() + steady_s}\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


@contextmanager
def witness(path: Path) -> Iterator[Witness]:
    """One that looks until the block's end; it writes to this file."""
    command = [sys.executable, "-m", "tests.standing_still", str(path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "looking\n"
        yield Witness(process)
        assert process.stdin is not None
        process.stdin.close()
        process.wait(PATIENCE_S)


def together_s(spans: Iterable[Span], since_s: float, until_s: float) -> float:
    """How much of a time is covered, what is covered twice counted once."""
    within = sorted((max(begin, since_s), min(end, until_s)) for begin, end in spans)
    covered_s, to_s = 0.0, since_s
    for begin, end in within:
        covered_s += max(0.0, end - max(begin, to_s))
        to_s = max(to_s, end)
    return covered_s


class Look:
    """One thing that takes a known time, done over and over: when it took longer."""

    def __init__(self, act: Callable[[], object], takes_s: float) -> None:
        self.late: list[Span] = []
        self.looked_to_s = time.monotonic()
        self._act, self._takes_s = act, takes_s
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            began_s = time.monotonic()
            self._act()
            ended_s = time.monotonic()
            if ended_s - began_s > self._takes_s + NO_DELAY_S:
                self.late.append((began_s + self._takes_s, ended_s))
            self.looked_to_s = ended_s


def _sleep_on(processor: int) -> Callable[[], object]:
    def sleep() -> None:
        os.sched_setaffinity(threading.get_native_id(), {processor})
        time.sleep(LOOK_EVERY_S)

    return sleep


def _write_to(path: Path) -> Callable[[], object]:
    file = os.open(path, os.O_WRONLY | os.O_CREAT)

    def write() -> None:
        time.sleep(WRITE_EVERY_S)
        os.pwrite(file, b"here", 0)
        os.fdatasync(file)

    return write


def _answer(path: Path) -> None:
    looks = [Look(_sleep_on(one), LOOK_EVERY_S) for one in sorted(os.sched_getaffinity(0))]
    looks.append(Look(_write_to(path), WRITE_EVERY_S))
    _say("looking")
    for line in sys.stdin:
        since_s, until_s = map(float, line.split())
        while min(look.looked_to_s for look in looks) < until_s:
            time.sleep(LOOK_EVERY_S)
        late = [span for look in looks for span in look.late]
        _say(str(together_s(late, since_s, until_s)))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _answer(Path(sys.argv[1]))
