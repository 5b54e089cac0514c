"""The way to one board: keeps its port open, and finds the board again by its port's name after it has gone.

Rules:

1. Whenever the port has opened, every relay is commanded open before anything else is taken.
2. A broken line: every relay counts as open, and the port is tried again, at most 1 s apart.
3. The same fault is told once, and again every 30 s while it lasts.
4. A guard whose owner has gone and that still holds the port after `BUSY_GRACE_S` is woken, and killed where
   that does not end it (`left_over`).
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from hardware.boards import AttachedBoard
from hardware.detect import port_path
from hardware.errors import (
    LineBroken,
    LinkError,
    NotASerialPort,
    PortAmbiguous,
    PortBusy,
    PortDenied,
    PortMissing,
)
from hardware.guard.conversation import Conversation
from hardware.guard.left_over import TakingOver
from hardware.guard.telling import Telling
from hardware.ports import BoardReady, Clock, FaultCode, OnRelayEvent, RelayCause, RelayFault, RelayState
from hardware.serial_line import SerialLine

RETRY_FIRST_S, RETRY_LAST_S = 0.1, 1.0
BUSY_GRACE_S = 3.0  # a guard that is just ending may hold the port a little longer
TELL_AGAIN_S = 30.0
LOOK_EVERY_S = 0.25  # at a line that cannot wake anybody

_CODES: dict[type[LinkError], FaultCode] = {
    PortMissing: FaultCode.PORT_MISSING,
    PortAmbiguous: FaultCode.PORT_AMBIGUOUS,
    PortBusy: FaultCode.PORT_BUSY,
    PortDenied: FaultCode.PORT_DENIED,
    NotASerialPort: FaultCode.NOT_A_PORT,
    LineBroken: FaultCode.LINE_BROKEN,
}


@dataclass(frozen=True, slots=True)
class LinkNews:
    """Where a link reports to: events, and that its board was lost, or opened with every relay open."""

    event: OnRelayEvent
    lost: Callable[[frozenset[int]], None]
    opened: Callable[[frozenset[int]], None]


class BoardLink:
    """Drives one board without blocking longer than one write may take.

    Its relays are numbered from `first_channel` on, to the outside. Call `tick` when `due_s` has come or
    `fileno` can be read.
    """

    def __init__(self, attached: AttachedBoard, first_channel: int, clock: Clock, news: LinkNews) -> None:
        self._attached, self._clock, self._news = attached, clock, news
        self._before = first_channel - 1
        self.channels = tuple(range(first_channel, first_channel + attached.channels))
        self._line: SerialLine | None = None
        self._conversation: Conversation | None = None
        self._known: dict[int, RelayState] = {}
        self._began_s = self._try_at_s = clock.monotonic()
        self._retry_s = RETRY_FIRST_S
        self._told_fault: tuple[FaultCode, float] | None = None
        self._ready = False
        self.ever_ready = False
        self._taking_over, self._said = TakingOver(), ""

    @property
    def takes_over(self) -> bool:
        """A guard that was left over held the port, and is being ended."""
        return self._taking_over.has_begun

    @property
    def ready(self) -> bool:
        """The port is open and every relay has been commanded open since."""
        return self._ready

    @property
    def settled(self) -> bool:
        """Everything wanted has been commanded and, where the board answers, read back."""
        return self._conversation is not None and self._conversation.settled

    def want(self, channel: int, on: bool, cause: RelayCause) -> None:
        """Command this relay. Without a board nothing is kept: it is commanded open when it returns."""
        if self._conversation is not None:
            self._conversation.want(channel - self._before, on, cause)

    def want_all_open(self, cause: RelayCause) -> None:
        """Command every relay open."""
        for channel in self.channels:
            self.want(channel, False, cause)

    def tell_again(self) -> None:
        """Report the last known state of every relay."""
        for channel in sorted(self._known):
            self._news.event(self._known[channel])

    def fileno(self) -> int | None:
        """What to wait on for reading. None while the port is not open."""
        return None if self._line is None else self._line.fileno()

    def due_s(self) -> float:
        """When `tick` has something to do, on the monotonic clock."""
        if self._conversation is None:
            return self._try_at_s
        look_at_s = self._clock.monotonic() + LOOK_EVERY_S
        due_s = self._conversation.due_s()
        return due_s if self.fileno() is not None else min(due_s, look_at_s)

    def tick(self) -> None:
        """Do what is due."""
        try:
            if self._conversation is None:
                self._try_to_open()
            if self._conversation is not None:
                self._conversation.tick()
                if self._conversation.all_opened and not self._ready:
                    self._ready = self.ever_ready = True
                    self._news.opened(frozenset(self.channels))
                    self._news.event(BoardReady(self._clock.now(), self.channels))
        except LineBroken as problem:
            self._lose(problem)

    def close(self) -> None:
        """Let the port go."""
        if self._line is not None:
            self._line.close()
        self._line = self._conversation = None

    def _try_to_open(self) -> None:
        now_s = self._clock.monotonic()
        if now_s < self._try_at_s:
            return
        try:
            path = port_path(self._attached.port)
            self._line = SerialLine(path, self._attached.speed, self._attached.codec().raised_at_rest)
        except LinkError as problem:
            self._try_at_s = now_s + self._retry_s
            self._retry_s = min(self._retry_s * 1.5, RETRY_LAST_S)
            if not isinstance(problem, PortBusy):
                self._tell_fault(_CODES[type(problem)], str(problem))
            elif now_s - self._began_s >= BUSY_GRACE_S:
                self._tell_fault(FaultCode.PORT_BUSY, self._take_over(problem))
            return
        self._retry_s, self._told_fault = RETRY_FIRST_S, None
        telling = Telling(self._tell_state, self._tell_board_fault, self._forget_fault)
        self._conversation = Conversation(self._attached, self._line, telling, self._clock)

    def _take_over(self, problem: PortBusy) -> str:
        """End who holds the port if it is a guard that was left over; what to tell."""
        now_s, pid = self._clock.monotonic(), problem.holder_pid
        done = None if pid is None else self._taking_over.go_on(pid, self._attached.port, now_s)
        if done is None:
            return str(problem)
        self._try_at_s = now_s + RETRY_FIRST_S
        if done != self._said:
            self._told_fault, self._said = None, done  # that it is killed after all is told as well
        return done

    def _lose(self, problem: LineBroken) -> None:
        if self._line is not None:
            self._line.abandon()
        self._line, self._conversation, self._ready = None, None, False
        self._try_at_s = self._clock.monotonic() + RETRY_FIRST_S
        self._tell_fault(FaultCode.LINE_BROKEN, str(problem))
        for channel, known in sorted(self._known.items()):
            if known.on:
                self._keep(RelayState(channel, False, False, self._clock.now(), RelayCause.BOARD_LOST))
        self._news.lost(frozenset(self.channels))

    def _tell_state(self, state: RelayState) -> None:
        self._keep(replace(state, channel=state.channel + self._before))

    def _keep(self, state: RelayState) -> None:
        self._known[state.channel] = state
        self._news.event(state)

    def _tell_board_fault(self, code: FaultCode, what: str) -> None:
        self._tell_fault(code, f"{self._attached.kind} board on {self._attached.port}: {what}")

    def _forget_fault(self) -> None:
        self._told_fault = None

    def _tell_fault(self, code: FaultCode, message: str) -> None:
        now_s = self._clock.monotonic()
        if self._told_fault is not None:
            told, told_at_s = self._told_fault
            if told is code and now_s - told_at_s < TELL_AGAIN_S:
                return
        self._told_fault = (code, now_s)
        self._news.event(RelayFault(code, message, self._clock.now(), self.channels))
