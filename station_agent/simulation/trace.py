"""What happened, in order: a hash over all of it, and the last of it in words."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterable

from station_agent.playout_values import Command, Event
from station_agent.simulation.clock import SECOND_US, VirtualClock
from station_agent.simulation.event_words import about

REMEMBERED = 60


class Trace:
    """One line an event. Two runs of a seed have the same `digest`, or the simulation is not what it says.

    Events and commands are frozen: they are kept as they are, and put into words once somebody reads.
    `events`: how many so far.
    """

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._noted: deque[tuple[int, int, str, str | Event | Command]] = deque()
        self.events = 0

    def keep_the_last_only(self) -> None:
        """No digest is wanted: what nobody will read any more is let go, and the memory it takes."""
        self._noted = deque(self._noted, maxlen=REMEMBERED)

    def note(self, what: str, subject: str = "") -> None:
        """Something happened now."""
        self.events += 1
        self._noted.append((self._clock.us, self._clock.wrong_us, what, subject))

    def took(self, event: Event) -> None:
        """The agent takes this event now."""
        self.events += 1
        self._noted.append((self._clock.us, self._clock.wrong_us, "", event))

    def commanded(self, command: Command) -> None:
        """Playout's command is about to be executed."""
        self.events += 1
        self._noted.append((self._clock.us, self._clock.wrong_us, "  → ", command))

    @property
    def digest(self) -> str | None:
        """Of everything so far; None where only the last of it is kept."""
        if self._noted.maxlen is not None:
            return None
        lines = "".join(f"{us} {words}\n" for us, _, words in _in_words(self._noted))
        return hashlib.blake2b(lines.encode(), digest_size=16).hexdigest()

    def last(self) -> list[str]:
        """The last events, oldest first, as lines for people."""
        return [
            f"day {us // SECOND_US // 86_400} {_of_day(us)}{_wrong(wrong_us)} {words}".rstrip()
            for us, wrong_us, words in _in_words(list(self._noted)[-REMEMBERED:])
        ]


def _in_words(
    noted: Iterable[tuple[int, int, str, str | Event | Command]],
) -> Iterable[tuple[int, int, str]]:
    for us, wrong_us, what, subject in noted:
        if isinstance(subject, str):
            yield us, wrong_us, f"{what} {subject}"
        else:
            yield us, wrong_us, f"{what}{type(subject).__name__} {about(subject)}"


def _of_day(us: int) -> str:
    seconds = us // SECOND_US % 86_400
    milliseconds = us // 1000 % 1000
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{milliseconds:03}"


def _wrong(us: int) -> str:
    return "" if us == 0 else f" (the clock is {us / SECOND_US:+.1f} s wrong)"
