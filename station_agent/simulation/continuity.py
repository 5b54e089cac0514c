"""The promise about a sound whose worker was lost: within two seconds it goes on where it was, or is over."""

from __future__ import annotations

from typing import NoReturn

from station_agent.simulation.clock import SECOND_US, VirtualClock
from station_agent.simulation.sound import Sound
from station_agent.simulation.violation import Violation

WITHIN_US = 2 * SECOND_US
TWICE_MS = 350
"""After a worker that hung so much may be heard a second time."""
SKIPPED_MS = 20
"""Milliseconds are rounded, and a frame may be lost."""
NEVER_US = 2**63


class Continuity:
    """Raises `Violation`."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._waits: dict[str, tuple[int, int]] = {}  # by the item: until when, and how far it was in ms

    def breaks_off(self, sound: Sound) -> None:
        """The worker is gone under this sound."""
        was_ms = sound.begins_ms + sound.length_us(self._clock.us) // 1000
        self._waits[sound.key] = (self._clock.us + WITHIN_US, was_ms)

    def goes_on(self, sound: Sound) -> None:
        """Another worker has taken it up."""
        by_us, was_ms = self._waits.pop(sound.key, (0, 0))
        if sound.from_us > by_us:
            _broken(f"{sound.key} goes on, and nothing waits for it any more")
        if not -TWICE_MS <= sound.begins_ms - was_ms <= SKIPPED_MS:
            _broken(f"{sound.key} goes on at {sound.begins_ms} ms, and was at {was_ms} ms")

    def is_given_up(self, key: str) -> None:
        """It has its answer."""
        self._waits.pop(key, None)

    def look(self, *, is_watched: bool) -> None:
        """Time has passed. `is_watched` false: nobody is there who could replace a worker."""
        if not self._waits:
            return
        if not is_watched:
            self._waits = {key: (NEVER_US, was_ms) for key, (_, was_ms) in self._waits.items()}
        for key, (by_us, _) in self._waits.items():
            if self._clock.us > by_us:
                _broken(f"{key} has not gone on within {WITHIN_US // SECOND_US} s of its worker's death")


def _broken(what: str) -> NoReturn:
    raise Violation(what)
