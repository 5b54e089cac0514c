"""What is heard of an item, stretch by stretch, and who listens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass
class Sound:
    """One stretch of one item, microseconds of true time. `to_us` is None while it goes on.

    `begins_ms`: where in the file it begins.
    """

    key: str
    from_us: int
    begins_ms: int = 0
    to_us: int | None = None
    unnoticed_us: int = 0  # for so long nobody could know that it had ended

    def length_us(self, now_us: int) -> int:
        """For how long it has sounded."""
        return (now_us if self.to_us is None else self.to_us) - self.from_us


class Listener(Protocol):
    """Who listens in the village."""

    def sounds(self, sound: Sound) -> None:
        """The first sample of an item is out."""

    def is_handed_over(self, path: Path) -> None:
        """A worker opens this file, to play it."""

    def breaks_off(self, sound: Sound) -> None:
        """The worker is gone under this sound."""

    def goes_on(self, sound: Sound) -> None:
        """Another worker has taken it up: a further stretch of it."""

    def fails(self, key: str) -> None:
        """The output does not play this item as it was asked to."""

    def is_given_up(self, key: str) -> None:
        """Whatever it was, it has its answer."""
