"""The agent's side of the sound worker: starts it, asks it, watches it, and replaces it when it has died or
hangs.

A worker answers every request from the thread that plays; see `worker_process` for what becomes of one that
does not. Callbacks come on this client's own thread and must not block.
"""

import os
import threading
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from hardware.ports import AudioEvent, Clock
from hardware.sound.protocol import (
    Answer,
    Broken,
    NotUnderstood,
    Ready,
    Unavailable,
    WayOutNow,
    encode,
    told_of,
)
from hardware.worker_process import HOUSE, Lost, Patience, Program, WorkerNews, WorkerProcess

PING_S, PING_AT_REST_S = 0.2, 5.0
PATIENCE = Patience(wedged_after_s=0.7, restart_first_s=0.02, ready_within_s=10.0)
LISTEN_S = 0.1
NICER = -10
_KEPT = ("HOME", "LANG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "DBUS_SESSION_BUS_ADDRESS")
_KEPT_BEGINNINGS = ("PULSE_", "PIPEWIRE_", "ALSA_", "VLC_")


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Which way out the worker takes; see `ways`."""

    way: str
    device: str | None = None

    def program(self) -> Program:
        """The worker."""
        device = () if self.device is None else ("--device", self.device)
        return Program("hardware.sound", ("--way", self.way, *device), worker_environment(), NICER)


class Owner(Protocol):
    """Who uses the worker. Every method returns at once."""

    def busy(self) -> bool:
        """Whether something plays or waits: then the worker is watched closely."""

    def worker_ready(self, fault: str | None) -> None:
        """A worker takes requests from now on; a new one knows nothing of what was asked before. `fault`: why
        it could not open the way out so far."""

    def way_out_changed(self, fault: str | None) -> None:
        """A worker found the way out open, or shut and why."""

    def worker_unavailable(self, message: str) -> None:
        """Sound cannot be played on this machine."""

    def worker_told(self, told: AudioEvent | Answer) -> None:
        """An event, or the answer to a request."""

    def worker_lost(self, why: str, *, hung: bool) -> None:
        """The worker is gone; another one follows. `hung`: it was silent for a while before."""


class SoundWorker:
    """One worker process at a time, from `start` until `close`."""

    def __init__(self, settings: WorkerSettings, owner: Owner, clock: Clock) -> None:
        self._owner, self._clock = owner, clock
        self._lock, self._ids = threading.Lock(), count(1)
        self._pinged_s = 0.0
        self._gave_up: str | None = None
        news = WorkerNews(self._take, self._lost, self._not_started, looked=self._ping)
        self._worker = WorkerProcess(settings.program(), PATIENCE, news, clock, self._listen_s)

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None between two."""
        return self._worker.pid

    def start(self) -> None:
        """Begin; once."""
        self._worker.start()

    def send(self, do: str, **fields: Any) -> int | None:
        """Ask for something; the request's id, or None while there is no worker that takes requests."""
        with self._lock:  # ids rise in the order in which they are sent
            number = next(self._ids)
            return number if self._worker.send(encode({"id": number, "do": do, **fields})) else None

    def close(self) -> None:
        """Let the worker end what plays and go, waiting up to 5 s. Twice is harmless."""
        self._worker.close()

    # -- the worker's word, on the thread that listens to it -------------------------------------------------

    def _listen_s(self) -> float:
        return LISTEN_S if self._owner.busy() else PATIENCE.wedged_after_s

    def _ping(self) -> None:
        now_s, every_s = self._clock.monotonic(), PING_S if self._owner.busy() else PING_AT_REST_S
        if not self._worker.owes_answer and now_s - self._pinged_s >= every_s:
            self._pinged_s = now_s
            self.send("ping")

    def _not_started(self, why: str) -> None:
        self._owner.worker_unavailable(f"the sound worker cannot be started ({why})")

    def _lost(self, lost: Lost) -> None:
        why = "the sound worker hung" if lost.hung else self._gave_up or "the sound worker died"
        self._gave_up = None
        if not lost.closing:
            self._owner.worker_lost(why, hung=lost.hung)

    def _take(self, line: bytes) -> None:
        try:
            told = told_of(line)
        except NotUnderstood:
            return  # a worker that talks nonsense answers no ping either, and is replaced for that
        match told:
            case Ready(fault=fault):
                self._worker.ready()
                self._owner.worker_ready(fault)
            case WayOutNow(fault=fault):
                self._owner.way_out_changed(fault)
            case Unavailable(message=message):
                self._owner.worker_unavailable(message)
            case Broken(message=message):
                self._gave_up = message
            case Answer():
                self._worker.answered()
                self._owner.worker_told(told)
            case _:
                self._owner.worker_told(told)


def worker_environment() -> dict[str, str]:
    """What sound servers and VLC need, and no secrets."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in _KEPT or name.startswith(_KEPT_BEGINNINGS)
    }
    paths = [one for one in (os.environ.get("PYTHONPATH"), HOUSE) if one]
    return {**kept, "PYTHONPATH": os.pathsep.join(paths)}
