"""The owner's side of the guard: starts it, asks it, watches it, and starts it again when it has died.

Heartbeats go out only from `beat`, in the owner's own thread: a wedged owner must lose its relays. The
thread of `worker_process` only listens to the guard and replaces it.
"""

import os
import threading
from itertools import count
from types import TracebackType
from typing import Self

from hardware.errors import NoSuchChannel
from hardware.guard.duty import Duty
from hardware.guard.left_over import as_owner
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
from hardware.worker_process import Lost, Patience, Program, WorkerNews, WorkerProcess

PATIENCE = Patience(wedged_after_s=2.0, restart_first_s=0.1)


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
        arguments = ("--duty", duty.as_json(), "--owner", as_owner(os.getpid()))
        program = Program("hardware.guard", arguments)
        news = WorkerNews(self._take, self._lost, self._not_started)
        self._guard = WorkerProcess(program, PATIENCE, news, self._clock, lambda: PATIENCE.wedged_after_s)
        self._guard.start()

    @property
    def channels(self) -> int:
        """How many relays the boards have."""
        return self._duty.channels

    @property
    def guard_pid(self) -> int | None:
        """The process id of the guard, None between two guards."""
        return self._guard.pid

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
        self._guard.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- the guard's word, on the thread that listens to it --------------------------------------------------

    def _not_started(self, why: str) -> None:
        self._tell_fault(FaultCode.GUARD_GONE, f"the relay guard cannot be started ({why})")

    def _lost(self, lost: Lost) -> None:
        if lost.closing and lost.code == 0:
            return
        message = f"the relay guard ended (code {lost.code}); it is started again"
        self._tell_fault(FaultCode.GUARD_GONE, message)
        for channel in [channel for channel, state in self.states().items() if state.on]:
            self._keep(RelayState(channel, False, False, self._clock.now(), RelayCause.GUARD_GONE))

    def _take(self, line: bytes) -> None:
        try:
            told = decode_told(line)
        except NotUnderstood:
            return  # a guard that talks nonsense answers no ping either, and is replaced for that
        match told:
            case Answer():
                self._guard.answered()
            case RelayState():
                self._keep(told)
            case RelayFault() | BoardReady():
                self._on_event(told)

    def _keep(self, state: RelayState) -> None:
        with self._lock:
            self._states[state.channel] = state
        self._on_event(state)

    def _send(self, request: Request) -> bool:
        return self._guard.send(encode_request(request))

    def _tell_fault(self, code: FaultCode, message: str, channels: tuple[int, ...] = ()) -> None:
        self._on_event(RelayFault(code, message, self._clock.now(), channels))
