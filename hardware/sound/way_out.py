"""What the line asks of a way out: a sound server or a sound card that takes samples in order."""

from dataclasses import dataclass
from typing import Protocol

from hardware.errors import AudioUnavailable

APPLICATION = "Sekong Broadcaster"


class WayOutBroken(AudioUnavailable):
    """It was open and takes nothing any more: the server ended, the card was unplugged."""


@dataclass(frozen=True, slots=True)
class AtRest:
    """How a way out is fed while nothing sounds: so many frames of silence ahead of their time, so often."""

    ahead_frames: int
    every_s: float


class WayOut(Protocol):
    """Takes 48 kHz mono 16-bit samples. All calls come from one thread; a fault raises `WayOutBroken`."""

    @property
    def at_rest(self) -> AtRest:
        """How much it takes ahead while nothing sounds."""

    def write(self, samples: bytes) -> None:
        """Hand over samples; may wait until there is room."""

    def take_back(self, frames: int) -> int:
        """Let what is written next take the place of the last `frames` that were handed over and are not
        heard yet. Answers of how many that is so: all, or none where it cannot be done."""

    def delay_frames(self) -> int | None:
        """How many of the frames handed over are not heard yet. None: the device keeps no time of its own."""

    def close(self) -> None:
        """Let it go; what was not heard yet is dropped."""
