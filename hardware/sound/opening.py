"""A way out is opened on a thread of its own: a server or a card that keeps it waiting keeps nothing else."""

import threading
from collections.abc import Callable

from hardware.errors import AudioUnavailable
from hardware.sound.way_out import WayOut


class StillOpening(AudioUnavailable):
    """It has neither opened nor refused so far."""


class Opening:
    """Opens a way out as often as it is taken from here, one at a time."""

    def __init__(self, open_way_out: Callable[[], WayOut]) -> None:
        self._open = open_way_out
        self._thread: threading.Thread | None = None
        self._came: WayOut | None = None
        self._refused: Exception | None = None

    @property
    def under_way(self) -> bool:
        """Whether one is being opened, or was and was not taken yet."""
        return self._thread is not None

    def take(self, within_s: float) -> WayOut:
        """Begin to open one, unless that is under way, and wait for it so long. All calls from one thread.

        Raises `StillOpening`, then ask again; or `AudioUnavailable`, then the next call begins anew.
        """
        if self._thread is None:
            self._came = self._refused = None
            self._thread = threading.Thread(target=self._run, name="way-out", daemon=True)
            self._thread.start()
        self._thread.join(within_s)
        if self._thread.is_alive():
            raise StillOpening(
                "the sound server or card has not answered yet; restart the server, or end who holds the card"
            )
        self._thread = None
        if self._came is None:
            raise AudioUnavailable(str(self._refused)) from self._refused
        return self._came

    def _run(self) -> None:
        try:
            self._came = self._open()
        except Exception as problem:  # noqa: BLE001 - edge of a runner: who takes it hears of it
            self._refused = problem
