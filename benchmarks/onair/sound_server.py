"""A sound server of our own with one empty sink a player, and a recorder for what each sink carries.

PulseAudio runs as a private process with its own socket; nothing of the machine's sound is touched. The
recorder dates its samples by the earliest arrivals: a block can come late, never early, so the line under all
arrivals is the clock of the sink. What is left is one delay of some milliseconds, the same for every player.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 48_000
BYTES_PER_SAMPLE = 2
READY_WITHIN_S = 10.0


class SoundServer:
    """PulseAudio in `folder` with a null sink for each of `sinks`. Use it in a `with` statement."""

    def __init__(self, folder: Path, sinks: tuple[str, ...]) -> None:
        self._folder, self._sinks = folder, sinks
        self._process: subprocess.Popen[bytes] | None = None

    def environment(self, sink: str) -> dict[str, str]:
        """What a player needs to find this server and its own sink."""
        return {
            **os.environ,
            "HOME": str(self._folder),
            "XDG_RUNTIME_DIR": str(self._folder),
            "PULSE_SERVER": f"unix:{self._folder}/native",
            "PULSE_SINK": sink,
        }

    def __enter__(self) -> Self:
        modules = [f"module-native-protocol-unix socket={self._folder}/native auth-anonymous=1"]
        modules += [f"module-null-sink sink_name={sink} rate={RATE_HZ} channels=1" for sink in self._sinks]
        loads = [part for module in modules for part in ("-L", module)]
        self._process = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", *loads],
            env=self.environment(self._sinks[0]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + READY_WITHIN_S
        while not (self._folder / "native").exists():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError("PulseAudio did not start; is the package pulseaudio installed?")
            time.sleep(0.05)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)


@dataclass
class Recorder:
    """Records the monitor of one sink until `stop`: 48 kHz mono; instants are seconds of the wall clock."""

    server: SoundServer
    sink: str
    _pieces: list[bytes] = field(default_factory=list)
    _arrivals: list[tuple[float, int]] = field(default_factory=list)

    def start(self) -> None:
        """Begin; returns when the first samples have come."""
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={self.sink}.monitor", "--latency-msec=10", "--raw"),
                *("--format=s16le", f"--rate={RATE_HZ}", "--channels=1"),
            ],
            env=self.server.environment(self.sink),
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        until = time.monotonic() + READY_WITHIN_S
        while not self._arrivals and time.monotonic() < until:
            time.sleep(0.02)
        if not self._arrivals:
            raise RuntimeError(f"nothing can be recorded from {self.sink}; is pulseaudio-utils installed?")

    def stop(self) -> None:
        """End the recording."""
        self._process.terminate()
        self._process.wait(10)
        self._thread.join(5)

    def between(self, start_s: float, end_s: float) -> tuple[float, NDArray[np.float64]]:
        """The samples of a span and the instant of the first of them."""
        zero_s = self._instant_of_the_first_sample()
        whole = np.frombuffer(b"".join(self._pieces), "<i2").astype(np.float64)
        first = max(0, round((start_s - zero_s) * RATE_HZ))
        last = min(len(whole), round((end_s - zero_s) * RATE_HZ))
        return zero_s + first / RATE_HZ, whole[first:last]

    def _instant_of_the_first_sample(self) -> float:
        """Earliest arrivals over the whole recording; the drift of two clocks of one machine is none."""
        return min(at_s - samples / RATE_HZ for at_s, samples in self._arrivals)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        samples = 0
        while piece := self._process.stdout.read(4096):
            samples += len(piece) // BYTES_PER_SAMPLE
            self._pieces.append(piece)
            self._arrivals.append((time.time(), samples))
