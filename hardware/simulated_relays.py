"""Relays in memory, under the guard's own rules and an injected clock: for trying out days in seconds."""

from collections.abc import Iterable

from hardware.errors import NoSuchChannel
from hardware.guard.limits import Limits
from hardware.guard.rules import (
    Asked,
    AskedAllOff,
    BoardLost,
    BoardOpened,
    GuardEvent,
    Heard,
    OwnerGone,
    ReadBack,
    TimePassed,
    next_act_s,
    step,
    unheard_at_s,
)
from hardware.guard.state import GuardState, Refusal, Want
from hardware.ports import (
    BoardReady,
    Clock,
    FaultCode,
    OnRelayEvent,
    RelayCause,
    RelayEvent,
    RelayFault,
    RelayState,
)


class SimulatedRelays:
    """Fulfils the `Relay` contract without process or port. Time passes for it only in `look`.

    `boards`: how many relays each board has, where there are several. `answers`: whether they read back.
    `unplug` and `plug_in` take boards away and bring them back; with `plugged` false they are still to come.
    `lose_guard` and `restart_guard` do so with the guard, which may hang before: `guard_hangs`.
    `silent`: relays whose board takes commands and reads nothing back. `refusing`: those that do not close.
    """

    def __init__(
        self,
        channels: int,
        on_event: OnRelayEvent,
        clock: Clock,
        *,
        boards: tuple[int, ...] | None = None,
        limits: Limits | None = None,
        answers: bool = True,
        plugged: bool = True,
    ) -> None:
        self._channels, self._on_event, self._clock = channels, on_event, clock
        self._limits, self._answers = limits or Limits(), answers
        self._boards = _numbered((channels,) if boards is None else boards)
        every = frozenset(range(1, channels + 1))
        self._state = GuardState(heard_at_s=clock.monotonic(), away=every, doubtful=every)
        self._acts_at_s: float | None = None  # of this state; being heard does not change it
        self._states: dict[int, RelayState] = {}
        self._absent = set(every)
        self._closed = False
        self._has_guard = True
        self.guard_hangs = False
        self.silent: set[int] = set()
        self.refusing: set[int] = set()
        self._missed: set[int] = set()
        if plugged:
            self.plug_in()

    @property
    def channels(self) -> int:
        """How many relays there are."""
        return self._channels

    def set(self, channel: int, on: bool, *, max_on_ms: int | None = None) -> None:
        """Command one relay; see `Relay.set`."""
        if not 1 <= channel <= self._channels:
            raise NoSuchChannel(channel, self._channels)
        if not self._has_guard and on:
            message = f"relay {channel} stays open: the guard is being started"
            self._fault(FaultCode.NOT_READY, message, (channel,))
        self._decide(Asked(channel, on, max_on_ms))

    def all_off(self) -> None:
        """Command every relay open."""
        self._decide(AskedAllOff())
        if self.is_guarded:
            self._command(Want(c, False, RelayCause.COMMAND) for c in range(1, self._channels + 1))

    def beat(self) -> None:
        """Say that the owner is alive."""
        if not self.is_idle and (self._state.heard_at_s != self._clock.monotonic() or self._is_due()):
            self._decide(Heard())

    def states(self) -> dict[int, RelayState]:
        """The last known state of each channel."""
        return dict(self._states)

    def close(self) -> None:
        """Open every relay. Twice is harmless."""
        if not self._closed:
            self._closed = True
            self._decide(OwnerGone())

    @property
    def is_guarded(self) -> bool:
        """Whether there is a guard that does what it is told."""
        return self._has_guard and not self.guard_hangs

    @property
    def is_idle(self) -> bool:
        """Whether nothing is closed and nothing waits to close: then time alone changes nothing."""
        return self._acts_at_s is None or not self.is_guarded

    def beats_until(self, until_s: float) -> None:
        """As if `beat` had been called at every moment until then; `look` in between for what is due."""
        self._state = self._state.heard(until_s)

    def acts_at_s(self) -> float | None:
        """When the guard next does something by itself, should the owner go on beating."""
        return self._acts_at_s if self.is_guarded else None

    def look(self) -> None:
        """Let the rules see that time has passed."""
        if self._is_due():
            self._decide(TimePassed())

    def due_s(self) -> float | None:
        """When `look` next opens a relay, on the monotonic clock."""
        if self._acts_at_s is None or not self.is_guarded:
            return None
        return min(self._acts_at_s, unheard_at_s(self._state, self._limits))

    def _is_due(self) -> bool:
        due_s = self.due_s()
        return due_s is not None and self._clock.monotonic() >= due_s

    def lose_guard(self) -> None:
        """The guard dies: what is closed stays so, nothing is commanded, and nobody knows of any relay."""
        self._has_guard = self.guard_hangs = False
        self._missed.clear()
        self._fault(FaultCode.GUARD_GONE, "the relay guard ended (code -9); it is started again")
        for channel, known in sorted(self._states.items()):
            if known.on:
                self._tell(RelayState(channel, False, False, self._clock.now(), RelayCause.GUARD_GONE))
        every = frozenset(range(1, self._channels + 1))
        self._state = GuardState(heard_at_s=self._clock.monotonic(), away=every, doubtful=every)
        self._acts_at_s = None

    def restart_guard(self) -> None:
        """Another guard is there: it commands every relay open that it can reach, before anything else."""
        self._has_guard = True
        self._decide(Heard())
        for board, channels in enumerate(self._boards):
            if self._absent.isdisjoint(channels):
                self.plug_in(board)
            else:
                self._fault(FaultCode.PORT_MISSING, "the simulated board is not there; plug it in", channels)

    def read_back(self) -> None:
        """A look at the boards, as every two seconds: who was silent answers, who refused is told again."""
        for channel, known in sorted(self._states.items()):
            if not self.is_guarded or not self._reads_back(channel):
                continue
            if channel in self._missed and channel not in self.refusing:
                self._missed.discard(channel)
                self._confirm(channel, True, RelayCause.COMMAND)
            elif not known.confirmed:
                self._confirm(channel, known.on, known.cause)

    def unplug(self, board: int | None = None) -> None:
        """Take one board away, with its power, counted from 0; or all of them."""
        for channels in self._of(board):
            self._absent |= set(channels)
            self._missed -= set(channels)
            if not self.is_guarded:
                continue
            self._fault(FaultCode.LINE_BROKEN, "the simulated board was unplugged; plug it in", channels)
            for channel in channels:
                known = self._states.get(channel)
                if known is not None and known.on:
                    self._tell(RelayState(channel, False, False, self._clock.now(), RelayCause.BOARD_LOST))
            self._decide(BoardLost(frozenset(channels)))

    def plug_in(self, board: int | None = None) -> None:
        """Bring one board back, or all of them: a guard that is there commands every relay open first."""
        for channels in self._of(board):
            self._absent -= set(channels)
            if not self.is_guarded:
                continue
            self._command(Want(c, False, RelayCause.START) for c in channels)
            self._decide(BoardOpened(frozenset(channels)))
            self._on_event(BoardReady(self._clock.now(), channels))

    def _of(self, board: int | None) -> tuple[tuple[int, ...], ...]:
        return self._boards if board is None else (self._boards[board],)

    def _decide(self, event: GuardEvent) -> None:
        if not self.is_guarded:
            return
        self._state, wants = step(self._state, self._clock.monotonic(), event, self._limits)
        self._acts_at_s = next_act_s(self._state)
        self._command(wants)

    def _command(self, wants: Iterable[Want | Refusal]) -> None:
        for want in wants:
            if isinstance(want, Refusal):
                self._fault(want.code, want.why, (want.channel,))
                continue
            if want.channel in self._absent:
                continue
            before = self._states.get(want.channel)
            self._missed.discard(want.channel)
            self._tell(RelayState(want.channel, want.on, False, self._clock.now(), want.cause))
            if not self._reads_back(want.channel):
                if before is not None and before.confirmed:
                    message = "the simulated board no longer answers; relays are switched unseen"
                    self._fault(FaultCode.BOARD_SILENT, message, self._board_of(want.channel))
            elif want.on and want.channel in self.refusing and not (before is not None and before.on):
                self._missed.add(want.channel)
                self._confirm(want.channel, False, RelayCause.REFUSED_BY_BOARD)
                message = f"relay {want.channel} is not as commanded; check the board"
                self._fault(FaultCode.BOARD_DISAGREES, message, self._board_of(want.channel))
            else:
                self._confirm(want.channel, want.on, want.cause)

    def _reads_back(self, channel: int) -> bool:
        return self._answers and channel not in self.silent and channel not in self._absent

    def _confirm(self, channel: int, on: bool, cause: RelayCause) -> None:
        self._tell(RelayState(channel, on, True, self._clock.now(), cause))
        self._decide(ReadBack(channel, on))

    def _board_of(self, channel: int) -> tuple[int, ...]:
        return next(channels for channels in self._boards if channel in channels)

    def _tell(self, event: RelayEvent) -> None:
        if isinstance(event, RelayState):
            self._states[event.channel] = event
        self._on_event(event)

    def _fault(self, code: FaultCode, message: str, channels: tuple[int, ...] = ()) -> None:
        self._tell(RelayFault(code, message, self._clock.now(), channels))


def _numbered(boards: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The relays of each board, counted through all of them."""
    firsts = (1 + sum(boards[:index]) for index in range(len(boards)))
    return tuple(tuple(range(first, first + size)) for first, size in zip(firsts, boards, strict=True))
