"""A silent stream in the agent's own process that keeps a sound server's sink quick between two workers.

A sink renders as far ahead as the most demanding of its streams allows. One without a card (PulseAudio's
`module-null-sink`) goes to two seconds as soon as the worker's stream is gone, and takes none of it back:
the next worker would be heard only after that. This stream never carries a sample; that it asks for little
delay is enough.
"""

import contextlib
import threading

from hardware.errors import AudioUnavailable
from hardware.sound import libpulse
from hardware.sound.pulse_stream import PulseStream

CLOSE_WITHIN_S = 2.0


class HeldSink:
    """Holds the sink `device` (None: the server's default) from the first `hold` until `close`.

    A favour: where it fails, a lost worker is only heard later. No method waits for the server but `close`.
    """

    def __init__(self, device: str | None) -> None:
        self._device = device
        self._lock = threading.Lock()
        self._stream: PulseStream | None = None
        self._opening: threading.Thread | None = None
        self._closed = False

    def hold(self) -> None:
        """A worker plays there now: see that the sink is held, also by a server that was started anew."""
        with self._lock:
            if self._closed or (self._opening is not None and self._opening.is_alive()):
                return
            self._opening = threading.Thread(target=self._open, name="held-sink", daemon=True)
            self._opening.start()

    def close(self) -> None:
        """Let it go, unless the server does not answer within 2 s. Twice is harmless."""
        with self._lock:
            self._closed, opening = True, self._opening
        if opening is not None:
            opening.join(CLOSE_WITHIN_S)
            if opening.is_alive():
                return
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _open(self) -> None:
        if self._stream is not None:
            if self._stream.is_open:
                return
            self._stream.close()
            self._stream = None
        with contextlib.suppress(
            AudioUnavailable
        ):  # no server, or it was gone again: there is nothing to hold
            self._stream = PulseStream(
                "loudspeaker line, held", self._device, libpulse.START_CORKED, may_start_server=False
            )
