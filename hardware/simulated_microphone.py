"""A microphone before a simulated loudspeaker: hears the captured line later, softer and in noise, or only
noise."""

import random
import threading
import warnings
from array import array
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from hardware.errors import AudioUnavailable
from hardware.ports import Clock
from hardware.sound.wav_file import HEADER_BYTES, GrowingWav
from hardware.system_clock import SystemClock

with warnings.catch_warnings():  # deprecated in 3.11 and 3.12; from 3.13 on audioop-lts provides it
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

LINE_HZ, RATE_HZ = 48_000, 16_000
HEAR_EVERY_S = 0.1


class SimulatedMicrophone:
    """Fulfils the `Microphone` contract. `line` is the capture under way, 48 kHz mono, or None.

    `gain` is what of the amplitude arrives (0: the loudspeaker's cable is cut), `noise` the amplitude of the
    hiss, `delay_ms` the way through the air.
    """

    def __init__(
        self,
        line: Callable[[], Path | None],
        *,
        gain: float = 0.1,
        noise: int = 20,
        delay_ms: int = 80,
        clock: Clock | None = None,
    ) -> None:
        self._line, self._gain, self._noise, self._delay_ms = line, gain, noise, delay_ms
        self._clock: Clock = clock or SystemClock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, path: Path) -> datetime:
        """Record into `path` from now on; see `Microphone.begin`."""
        self.end()
        line = self._line()
        if line is None:
            raise AudioUnavailable("nothing is captured that the simulated microphone could hear")
        try:
            wav = GrowingWav(path, RATE_HZ)
            from_bytes = max(HEADER_BYTES, line.stat().st_size) & ~1
        except OSError as problem:
            raise AudioUnavailable(f"{path} cannot be written ({problem.strerror})") from problem
        self._ended.clear()
        arguments = (line, wav, from_bytes)
        self._thread = threading.Thread(target=self._hear, args=arguments, name="microphone", daemon=True)
        self._thread.start()
        return self._clock.now()

    def end(self) -> None:
        """Finish the recording. Twice is harmless."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _hear(self, line: Path, wav: GrowingWav, from_bytes: int) -> None:
        state = None
        hiss = random.Random(0)  # noqa: S311 - noise, not a secret
        wav.append(self._hissing(bytes(self._delay_ms * RATE_HZ // 1000 * 2), hiss))
        with line.open("rb") as file:
            file.seek(from_bytes)
            while not self._ended.wait(HEAR_EVERY_S):
                data = file.read()
                file.seek(-(len(data) % 2), 1)
                slow, state = audioop.ratecv(data[: len(data) // 2 * 2], 2, 1, LINE_HZ, RATE_HZ, state)
                wav.append(self._hissing(audioop.mul(slow, 2, self._gain), hiss))
        wav.close()

    def _hissing(self, samples: bytes, hiss: random.Random) -> bytes:
        noise = array("h", (hiss.randint(-self._noise, self._noise) for _ in range(len(samples) // 2)))
        return audioop.add(samples, noise.tobytes(), 2)
