"""The agent's side of the sound worker: starts it, asks it, watches it, and replaces it when it has died or
hangs.

A worker answers every request from the thread that plays. One that leaves a request unanswered for
`WEDGED_AFTER_S` is killed. Callbacks come on this client's own thread and must not block.
"""

import contextlib
import os
import select
import subprocess
import sys
import threading
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Protocol

from hardware.guard.pipes import LineReader, LineWriter
from hardware.ports import AudioEvent, Clock
from hardware.sound.protocol import Answer, Broken, NotUnderstood, Ready, Unavailable, encode, told_of

LISTEN_S, LISTEN_AT_REST_S = 0.1, 0.25
PING_S = 0.2
WEDGED_AFTER_S = 0.7
READY_WITHIN_S = 10.0
REST_PING_S = 5.0
RESTART_FIRST_S, RESTART_LAST_S = 0.02, 5.0
END_WITHIN_S = 5.0
NICER = -10
_KEPT = ("PATH", "HOME", "LANG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS")
_KEPT_BEGINNINGS = ("PULSE_", "PIPEWIRE_", "ALSA_", "VLC_")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Which way out the worker takes; see `ways`."""

    way: str
    device: str | None = None

    def command(self) -> list[str]:
        """How the worker is started."""
        device = [] if self.device is None else ["--device", self.device]
        return [sys.executable, "-m", "hardware.sound", "--way", self.way, *device]


class Owner(Protocol):
    """Who uses the worker. Every method returns at once."""

    def busy(self) -> bool:
        """Whether something plays or waits: then the worker is watched closely."""

    def worker_ready(self) -> None:
        """A worker takes requests from now on; a new one knows nothing of what was asked before."""

    def worker_unavailable(self, message: str) -> None:
        """Sound cannot be played on this machine."""

    def worker_told(self, told: AudioEvent | Answer) -> None:
        """An event, or the answer to a request."""

    def worker_lost(self, why: str, *, hung: bool) -> None:
        """The worker is gone; another one follows. `hung`: it was silent for a while before."""


class SoundWorker:
    """One worker process at a time, from construction until `close`."""

    def __init__(self, settings: WorkerSettings, owner: Owner, clock: Clock) -> None:
        self._settings, self._owner, self._clock = settings, owner, clock
        self._ids = count(1)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: LineWriter | None = None
        self._is_ready = False
        self._unanswered_since_s: float | None = None
        self._pinged_s = 0.0
        self._closing = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="sound-worker", daemon=True)
        self._supervisor.start()

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None between two."""
        process = self._process
        return None if process is None else process.pid

    def send(self, do: str, **fields: Any) -> int | None:
        """Ask for something; the request's id, or None while there is no worker that takes requests."""
        with self._lock:
            if self._requests is None or not self._is_ready or self._requests.broken:
                return None
            number = next(self._ids)
            if self._unanswered_since_s is None:
                self._unanswered_since_s = self._clock.monotonic()
            self._requests.write(encode({"id": number, "do": do, **fields}))
            return number

    def close(self) -> None:
        """Let the worker end what plays and go, waiting up to 5 s. Twice is harmless."""
        self._closing.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._requests = None
                self._process.stdin.close()
        self._supervisor.join(timeout=END_WITHIN_S)

    # -- the worker's life ----------------------------------------------------------------------------------

    def _supervise(self) -> None:
        pause_s = RESTART_FIRST_S
        while not self._closing.is_set():
            began_s = self._clock.monotonic()
            why, hung = "the sound worker cannot be started", False
            try:
                process = self._start()
            except OSError as problem:
                self._owner.worker_unavailable(f"{why} ({problem.strerror})")
            else:
                why, hung = self._attend(process)
                self._bury(process)
                if not self._closing.is_set():
                    self._owner.worker_lost(why, hung=hung)
            lived_s = self._clock.monotonic() - began_s
            pause_s = RESTART_FIRST_S if lived_s > RESTART_LAST_S else min(pause_s * 2, RESTART_LAST_S)
            self._closing.wait(pause_s)

    def _start(self) -> subprocess.Popen[bytes]:
        with self._lock:
            self._process = subprocess.Popen(
                self._settings.command(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=_environment(),
                start_new_session=True,  # a signal to the agent's group must not take the sound along
            )
            with contextlib.suppress(OSError):  # only root, or who was given the right, may be served first
                os.setpriority(os.PRIO_PROCESS, self._process.pid, NICER)
            assert self._process.stdin is not None  # noqa: S101 - asked for above; narrows the type
            self._requests = LineWriter(self._process.stdin.fileno())
            self._unanswered_since_s = None
            if self._closing.is_set():
                self._requests = None
                self._process.stdin.close()
            return self._process

    def _attend(self, process: subprocess.Popen[bytes]) -> tuple[str, bool]:
        """Listen until the worker has closed its end, or was silent for too long: why, and which of the
        two."""
        assert process.stdout is not None  # noqa: S101 - asked for in _start; narrows the type
        told, why = LineReader(process.stdout.fileno()), "the sound worker died"
        ready_by_s = self._clock.monotonic() + READY_WITHIN_S
        while not told.ended:
            listen_s = LISTEN_S if self._owner.busy() else LISTEN_AT_REST_S
            ready, _, _ = select.select([told.descriptor], [], [], listen_s)
            if ready:
                for line in told.read():
                    why = self._take(line) or why
            now_s, since_s = self._clock.monotonic(), self._unanswered_since_s
            wedged = since_s is not None and now_s - since_s > WEDGED_AFTER_S
            if wedged or (not self._is_ready and now_s > ready_by_s):
                process.kill()
                return "the sound worker hung", True
            self._ping(now_s)
        return why, False

    def _ping(self, now_s: float) -> None:
        every_s = PING_S if self._owner.busy() else REST_PING_S
        if self._unanswered_since_s is None and now_s - self._pinged_s >= every_s:
            self._pinged_s = now_s
            self.send("ping")

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._process, self._requests, self._is_ready = None, None, False
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        process.wait()

    def _take(self, line: bytes) -> str | None:
        """Take what was told; the reason, where the worker gives up."""
        try:
            told = told_of(line)
        except NotUnderstood:
            return None  # a worker that talks nonsense answers no ping either, and is replaced for that
        match told:
            case Ready():
                self._is_ready = True
                self._owner.worker_ready()
            case Unavailable(message=message):
                self._owner.worker_unavailable(message)
            case Broken(message=message):
                return message
            case Answer():
                self._unanswered_since_s = None
                self._owner.worker_told(told)
            case _:
                self._owner.worker_told(told)
        return None


def _environment() -> dict[str, str]:
    """What sound servers and VLC need, and no secrets."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_BEGINNINGS)
    }
    house = str(Path(__file__).parents[2])
    paths = [one for one in (os.environ.get("PYTHONPATH"), house) if one]
    return {"PATH": os.defpath, **kept, "PYTHONPATH": os.pathsep.join(paths)}
