"""What leaves a sound server's sink, recorded at its monitor, and when each sample of it was due.

A null sink renders a block at the instant its first sample is due, and a block may reach us late, never
early. Its clock is not ours: it loses a part of a microsecond with every block, some milliseconds in a few
minutes. So a sample is dated by the blocks that came near it, and not by the recording's first.
"""

from __future__ import annotations

import subprocess
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
BYTES_PER_SAMPLE = 2
READY_WITHIN_S = 10.0
SAME_BLOCK_S = 0.002
"""What comes sooner than this after the last piece belongs to the same block."""
NEAR = 5 * RATE_HZ
IN_TIME_PERCENTILE = 10
"""A tenth of the blocks comes without delay."""


class MonitorRecording:
    """Records the monitor of `sink` until `stop`: 48 kHz mono. Instants are seconds of `clock`.

    Raises `RuntimeError` when nothing comes.
    """

    def __init__(
        self, environment: Mapping[str, str], sink: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._data = bytearray()
        self._firsts: list[int] = []
        self._came_s: list[float] = []
        self._begins_s: list[float] = []  # when the recording would have begun, by each block
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={sink}.monitor", "--latency-msec=10", "--raw"),
                *("--format=s16le", f"--rate={RATE_HZ}", "--channels=1"),
            ],
            env=dict(environment),
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until_s = time.monotonic() + READY_WITHIN_S
        while not self._data:
            if time.monotonic() > until_s:
                raise RuntimeError(
                    f"nothing can be recorded from {sink}; is the package pulseaudio-utils installed?"
                )
            time.sleep(0.02)

    def stop(self) -> None:
        """End the recording."""
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(5)

    def samples(self) -> NDArray[np.float64]:
        """Everything recorded so far."""
        whole = len(self._data) // BYTES_PER_SAMPLE * BYTES_PER_SAMPLE
        return np.frombuffer(bytes(self._data[:whole]), "<i2").astype(np.float64)

    def instant_s(self, sample: int) -> float:
        """When a sample was due."""
        low, high = bisect_left(self._firsts, sample - NEAR), bisect_left(self._firsts, sample + NEAR)
        return float(np.percentile(self._begins_s[low:high], IN_TIME_PERCENTILE)) + sample / RATE_HZ

    def sample_at(self, instant_s: float) -> int:
        """About which sample was due at an instant: as late as its block came."""
        block = min(bisect_left(self._came_s, instant_s), len(self._came_s) - 1)
        return round((instant_s - self._begins_s[block]) * RATE_HZ)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        last_s = 0.0
        while piece := self._process.stdout.read(65_536):
            now_s, at_s = time.monotonic(), self._clock()
            if now_s - last_s > SAME_BLOCK_S:
                first = len(self._data) // BYTES_PER_SAMPLE
                self._begins_s.append(at_s - first / RATE_HZ)
                self._came_s.append(at_s)
                self._firsts.append(first)
            last_s = now_s
            self._data += piece
