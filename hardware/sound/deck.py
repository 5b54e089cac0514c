"""What the player asks of one opened sound, whichever way it is made audible."""

from datetime import datetime
from typing import Protocol

from hardware.ports import PlayRequest


class Deck(Protocol):
    """One sound, opened and ready. All calls come from the player's thread."""

    def start(self, at: datetime | None) -> bool:
        """Begin, so that the first sample is heard at `at`, or as soon as it can. False: refused."""

    def poll(self) -> None:
        """Look how far it is. Called every 20 ms or so from `start` on."""

    @property
    def first_sample_at(self) -> datetime | None:
        """When the first sample is (or was) heard. None while unknown."""

    @property
    def last_sample_at(self) -> datetime | None:
        """When the last sample is heard. None while unknown."""

    @property
    def expected_end_at(self) -> datetime | None:
        """When it will end by itself, as far as can be told before it has. None while unknown."""

    @property
    def progress(self) -> int:
        """Any figure that rises while it plays; standing still for long means it hangs."""

    @property
    def starves(self) -> bool:
        """Nothing of it lies ahead any more, though it has not ended."""

    @property
    def failure(self) -> str | None:
        """Why it cannot be played."""

    @property
    def played_ms(self) -> int:
        """How much of it was heard up to now."""

    @property
    def length_ms(self) -> int:
        """How long it says it is, from the start of the file; 0 or less while unknown."""

    def cut(self, fade_ms: int, at: datetime | None = None) -> datetime:
        """End it: fade out until `fade_ms` after `at` or now, then silence. Answers when the last of it is
        heard.

        A few milliseconds are faded whatever `fade_ms` says: nothing ends with a click.
        """

    def set_volume(self, percent: int) -> None:
        """Make it louder or softer, also while it plays."""

    def discard(self) -> None:
        """Let it go. Called once, last."""


class DeckMaker(Protocol):
    """Opens sounds on one line."""

    def open(self, request: PlayRequest) -> Deck:
        """Open the file. Raises `AudioUnavailable`."""

    def wake(self) -> None:
        """A sound comes within seconds. Raises `AudioUnavailable`."""

    def attend(self) -> float | None:
        """Do what is due for the line itself; answers when to be called again, in seconds, None for never."""

    def close(self) -> None:
        """Let the line go."""
