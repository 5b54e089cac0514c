"""A silent stream in the agent's own process that keeps a sound server's sink quick between two workers.

A sink renders as far ahead as the most demanding of its streams allows. One without a card (PulseAudio's
`module-null-sink`) goes to two seconds as soon as the worker's stream is gone, and takes none of it back:
the next worker would be heard only after that. This stream never carries a sample; that it asks for little
delay is enough.
"""

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
        """Let it go. A server that stands still is waited for at most 2 s; what it gives later is let go too.

        Twice is harmless.
        """
        with self._lock:
            self._closed, opening = True, self._opening
        if opening is not None:
            opening.join(CLOSE_WITHIN_S)
        stream = self._take()
        if stream is not None:
            stream.close()

    def _open(self) -> None:
        stream = self._take()
        if stream is not None and not stream.is_open:
            stream.close()
            stream = None
        stream = stream or self._opened()
        with self._lock:
            if not self._closed:
                self._stream = stream
                return
        if stream is not None:  # `close` has given up waiting for it
            stream.close()

    def _opened(self) -> PulseStream | None:
        try:
            return PulseStream(
                "loudspeaker line, held", self._device, libpulse.START_CORKED, may_start_server=False
            )
        except AudioUnavailable:
            return None  # no server, or it was gone again: there is nothing to hold

    def _take(self) -> PulseStream | None:
        """The stream, whose only holder is the caller from now on."""
        with self._lock:
            stream, self._stream = self._stream, None
            return stream
