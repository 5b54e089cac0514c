"""A sound server of our own with one empty sink a player.

PulseAudio runs as a private process with its own socket; nothing of the machine's sound is touched.
"""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.onair.recording import RATE_HZ, READY_WITHIN_S


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
