"""A PulseAudio of the tests' own: a null sink whose monitor tells what leaves the machine."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from tests.hardware.conftest import PATIENCE_S

SINK = "line"


class SoundServer:
    """A running server. `environment` leads clients to it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        where = folder / "socket"
        self.environment = {
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "PULSE_SERVER": f"unix:{where}",
        }
        modules = (f"module-native-protocol-unix socket={where}", f"module-null-sink sink_name={SINK}")
        self.process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"),
                *("--log-level=error", *(part for module in modules for part in ("-L", module))),
            ],
            env={**os.environ, **self.environment},
            stderr=subprocess.DEVNULL,
        )
        until_s = time.monotonic() + PATIENCE_S
        while not where.exists():
            assert time.monotonic() < until_s, "the sound server did not start"
            assert self.process.poll() is None, "the sound server ended"
            time.sleep(0.02)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)


class Recorder:
    """What the sink's monitor carries, 48 kHz mono, from construction on. Usable in a `with` statement."""

    def __init__(self, server: SoundServer) -> None:
        self._process = subprocess.Popen(
            [
                *("parec", f"--device={SINK}.monitor", "--rate=48000", "--channels=1", "--format=s16le"),
                *("--raw", "--latency-msec=10"),
            ],
            env={**os.environ, **server.environment},
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._data = bytearray()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        until_s = time.monotonic() + PATIENCE_S
        while not self._data:
            assert time.monotonic() < until_s, "nothing can be recorded"
            time.sleep(0.01)

    def samples(self) -> Any:
        """Everything so far, as floating point numbers."""
        import numpy as np

        whole = len(self._data) // 2 * 2
        return np.frombuffer(bytes(self._data[:whole]), "<i2").astype(float)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_S)
        self._thread.join(PATIENCE_S)

    def _read(self) -> None:
        assert self._process.stdout is not None
        while data := self._process.stdout.read(65536):
            self._data += data


@contextmanager
def sound_server(folder: Path, set_environment: Callable[[str, str], None]) -> Iterator[SoundServer]:
    """A server for a while; this process's children find it."""
    server = SoundServer(folder)
    for name, value in server.environment.items():
        set_environment(name, value)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def silent_server(path: Path, set_environment: Callable[[str, str], None]) -> Iterator[Path]:
    """A socket that takes every connection and never says a word; this process's children find it."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(path))
        silent.listen(64)
        set_environment("PULSE_SERVER", f"unix:{path}")
        yield path


ALSA_FILE = """
</usr/share/alsa/alsa.conf>
pcm.kept {{ type file; slave.pcm {{ type null }}; file "{file}"; format raw }}
"""
