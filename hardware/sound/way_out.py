"""What the line asks of a way out: a sound server or a sound card that takes samples in order."""

from typing import Protocol

from hardware.errors import AudioUnavailable

APPLICATION = "Sekong Broadcaster"


class WayOutBroken(AudioUnavailable):
    """It was open and takes nothing any more: the server ended, the card was unplugged."""


class WayOut(Protocol):
    """Takes 48 kHz mono 16-bit samples. All calls come from one thread; a fault raises `WayOutBroken`."""

    @property
    def ahead_at_rest(self) -> int:
        """How many frames of silence it may be handed ahead of their time while nothing sounds."""

    def write(self, samples: bytes) -> None:
        """Hand over samples; may wait until there is room."""

    def delay_frames(self) -> int | None:
        """How many of the frames handed over are not heard yet. None: the device keeps no time of its own."""

    def close(self) -> None:
        """Let it go; what was not heard yet is dropped."""
