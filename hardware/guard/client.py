"""The owner's side of the guard: starts it, asks it, watches it, and starts it again when it has died.

Heartbeats go out only from `beat`, in the owner's own thread: a wedged owner must lose its relays. The
thread here only listens to the guard and replaces it.
"""

import os
import select
import subprocess
import sys
import threading
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.errors import NoSuchChannel
from hardware.guard.duty import Duty
from hardware.guard.pipes import LineReader, LineWriter
from hardware.guard.protocol import (
    AllOff,
    Answer,
    NotUnderstood,
    Ping,
    Request,
    SetRelay,
    TellStatus,
    decode_told,
    encode_request,
)
from hardware.ports import BoardReady, Clock, FaultCode, OnRelayEvent, RelayCause, RelayFault, RelayState
from hardware.system_clock import SystemClock

LISTEN_S = 0.5
WEDGED_AFTER_S = 2.0
RESTART_FIRST_S, RESTART_LAST_S = 0.1, 5.0
END_WITHIN_S = 5.0


class GuardedRelays:
    """The relays of the boards of a duty, behind one guard process. Fulfils the `Relay` contract.

    The guard starts with this object and opens every relay first; a `BoardReady` for each board tells when
    its commands are taken.
    Usable in a `with` statement. `guard_pid` is the running guard's process id, None while there is none.
    """

    def __init__(self, duty: Duty, on_event: OnRelayEvent, clock: Clock | None = None) -> None:
        self._duty, self._on_event = duty, on_event
        self._clock: Clock = clock or SystemClock()
        self._ids = count(1)
        self._lock = threading.Lock()
        self._states: dict[int, RelayState] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._requests: LineWriter | None = None
        self._unanswered_since_s: float | None = None
        self._closing = threading.Event()
        self._supervisor = threading.Thread(target=self._supervise, name="relay-guard", daemon=True)
        self._supervisor.start()

    @property
    def channels(self) -> int:
        """How many relays the boards have."""
        return self._duty.channels

    @property
    def guard_pid(self) -> int | None:
        """The process id of the guard, None between two guards."""
        process = self._process
        return None if process is None else process.pid

    def set(self, channel: int, on: bool, *, max_on_ms: int | None = None) -> None:
        """Command one relay; see `Relay.set`."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        if not self._send(SetRelay(next(self._ids), channel, on, max_on_ms)) and on:
            message = f"relay {channel} stays open: the guard is being started"
            self._tell_fault(FaultCode.NOT_READY, message, (channel,))

    def all_off(self) -> None:
        """Command every relay open. Without a guard the next one does it first."""
        self._send(AllOff(next(self._ids)))

    def beat(self) -> None:
        """Say that the owner is alive. Never blocks."""
        self._send(Ping(next(self._ids)))

    def tell_again(self) -> None:
        """Have the guard report the last known state of every relay again."""
        self._send(TellStatus(next(self._ids)))

    def states(self) -> dict[int, RelayState]:
        """The last known state of each channel."""
        with self._lock:
            return dict(self._states)

    def close(self) -> None:
        """Open every relay, wait up to 5 s until it is done, let the board go. Twice is harmless.

        A guard that cannot reach its board by then is left to go on trying by itself.
        """
        self._closing.set()
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                self._requests = None
                self._process.stdin.close()
        self._supervisor.join(timeout=END_WITHIN_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the guard's life -----------------------------------------------------------------------------------

    def _supervise(self) -> None:
        pause_s = RESTART_FIRST_S
        while not self._closing.is_set():
            began_s = self._clock.monotonic()
            try:
                process = self._start()
            except OSError as problem:
                self._tell_fault(
                    FaultCode.GUARD_GONE, f"the relay guard cannot be started ({problem.strerror})"
                )
            else:
                self._attend(process)
                self._bury(process)
            lived_s = self._clock.monotonic() - began_s
            pause_s = RESTART_FIRST_S if lived_s > RESTART_LAST_S else min(pause_s * 2, RESTART_LAST_S)
            self._closing.wait(pause_s)

    def _start(self) -> subprocess.Popen[bytes]:
        house = str(Path(__file__).parents[2])
        environment = {"PATH": os.environ.get("PATH", os.defpath), "PYTHONPATH": house}  # no secrets go along
        with self._lock:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "hardware.guard", "--duty", self._duty.as_json()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=environment,
                start_new_session=True,  # a signal to the owner's group must not take the guard along
            )
            assert self._process.stdin is not None  # noqa: S101 - asked for above; narrows the type
            self._requests = LineWriter(self._process.stdin.fileno())
            self._unanswered_since_s = None
            if self._closing.is_set():
                self._requests = None
                self._process.stdin.close()
            return self._process

    def _attend(self, process: subprocess.Popen[bytes]) -> None:
        """Listen until the guard has closed its end, or was silent for so long that it is replaced."""
        assert process.stdout is not None  # noqa: S101 - asked for in _start; narrows the type
        told = LineReader(process.stdout.fileno())
        while not told.ended:
            ready, _, _ = select.select([told.descriptor], [], [], LISTEN_S)
            if ready:
                for line in told.read():
                    self._take(line)
            waiting_since_s = self._unanswered_since_s
            if waiting_since_s is not None and self._clock.monotonic() - waiting_since_s > WEDGED_AFTER_S:
                process.kill()
                return

    def _bury(self, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._process, self._requests = None, None
            closed = [channel for channel, state in self._states.items() if state.on]
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        code = process.wait()
        if self._closing.is_set() and code == 0:
            return
        self._tell_fault(FaultCode.GUARD_GONE, f"the relay guard ended (code {code}); it is started again")
        for channel in closed:
            self._keep(RelayState(channel, False, False, self._clock.now(), RelayCause.GUARD_GONE))

    def _take(self, line: bytes) -> None:
        try:
            told = decode_told(line)
        except NotUnderstood:
            return  # a guard that talks nonsense answers no ping either, and is replaced for that
        match told:
            case Answer():
                self._unanswered_since_s = None
            case RelayState():
                self._keep(told)
            case RelayFault() | BoardReady():
                self._on_event(told)

    def _keep(self, state: RelayState) -> None:
        with self._lock:
            self._states[state.channel] = state
        self._on_event(state)

    def _send(self, request: Request) -> bool:
        with self._lock:
            if self._requests is None or self._requests.broken:
                return False
            if self._unanswered_since_s is None:
                self._unanswered_since_s = self._clock.monotonic()
            self._requests.write(encode_request(request))
            return not self._requests.broken

    def _tell_fault(self, code: FaultCode, message: str, channels: tuple[int, ...] = ()) -> None:
        self._on_event(RelayFault(code, message, self._clock.now(), channels))
