"""A microphone that hears the loudspeaker: recorded by `parec` or `arecord` into a WAV file, in a process of
theirs."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path

from hardware.errors import AudioUnavailable, CallerError
from hardware.ports import Clock
from hardware.system_clock import SystemClock

RATE_HZ = 16_000
END_WITHIN_S = 2.0
MICROPHONES = ("pulse", "alsa")
_TOOLS = {"pulse": ("parec", "pulseaudio-utils"), "alsa": ("arecord", "alsa-utils")}


class RecordedMicrophone:
    """Fulfils the `Microphone` contract. `kind` is `pulse` or `alsa`; `device` a source or an ALSA device."""

    def __init__(self, kind: str, device: str | None = None, clock: Clock | None = None) -> None:
        if kind not in _TOOLS:
            raise CallerError(f"no microphone is called {kind!r}; known: {', '.join(MICROPHONES)}")
        self._kind, self._device = kind, device
        self._clock: Clock = clock or SystemClock()
        self._process: subprocess.Popen[bytes] | None = None

    def begin(self, path: Path) -> datetime:
        """Record into `path` from now on; see `Microphone.begin`."""
        self.end()
        tool, package = _TOOLS[self._kind]
        if shutil.which(tool) is None:
            raise AudioUnavailable(f"{tool} is missing; run: sudo apt-get install {package}")
        try:
            self._process = subprocess.Popen(
                self._command(path),
                stdin=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as problem:
            raise AudioUnavailable(f"{tool} cannot be started ({problem.strerror})") from problem
        return self._clock.now()

    def end(self) -> None:
        """Finish the recording. Twice is harmless."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _command(self, path: Path) -> list[str]:
        if self._kind == "pulse":
            device = [] if self._device is None else [f"--device={self._device}"]
            form = ["--format=s16le", f"--rate={RATE_HZ}", "--channels=1", "--file-format=wav"]
            return ["parec", *device, *form, "--latency-msec=50", str(path)]
        device = [] if self._device is None else ["-D", self._device]
        return [
            "arecord",
            "-q",
            *device,
            "-f",
            "S16_LE",
            "-r",
            str(RATE_HZ),
            "-c",
            "1",
            "-t",
            "wav",
            str(path),
        ]
