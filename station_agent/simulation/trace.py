"""What happened, in order: a hash over all of it, and the last of it in words."""

from __future__ import annotations

import hashlib

from station_agent.simulation.clock import SECOND_US, VirtualClock

REMEMBERED = 60


class Trace:
    """One line an event. Two runs of a seed have the same `digest`, or the simulation is not what it says."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._noted: list[tuple[int, int, str, str]] = []

    def note(self, what: str, subject: str = "") -> None:
        """Something happened now."""
        clock = self._clock
        self._noted.append((clock.us, clock.wrong_us, what, subject))

    @property
    def events(self) -> int:
        """How many so far."""
        return len(self._noted)

    @property
    def digest(self) -> str:
        """Of everything so far."""
        lines = "".join(f"{us} {what} {subject}\n" for us, _, what, subject in self._noted)
        return hashlib.blake2b(lines.encode(), digest_size=16).hexdigest()

    def last(self) -> list[str]:
        """The last events, oldest first, as lines for people."""
        return [
            f"day {us // SECOND_US // 86_400} {_of_day(us)}{_wrong(wrong_us)} {what} {subject}".rstrip()
            for us, wrong_us, what, subject in self._noted[-REMEMBERED:]
        ]


def _of_day(us: int) -> str:
    seconds = us // SECOND_US % 86_400
    milliseconds = us // 1000 % 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def _wrong(us: int) -> str:
    return "" if us == 0 else f" (the clock is {us / SECOND_US:+.1f} s wrong)"
