"""Relays in memory, under the guard's own rules and an injected clock: for trying out days in seconds."""

from collections.abc import Iterable
from dataclasses import replace

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
    next_due_s,
    step,
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
        self._states: dict[int, RelayState] = {}
        self._absent = set(every)
        self._closed = False
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
        self._decide(Asked(channel, on, max_on_ms))

    def all_off(self) -> None:
        """Command every relay open."""
        self._decide(AskedAllOff())
        self._command(Want(c, False, RelayCause.COMMAND) for c in range(1, self._channels + 1))

    def beat(self) -> None:
        """Say that the owner is alive."""
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
    def is_idle(self) -> bool:
        """Whether nothing is closed and nothing waits to close: then time alone changes nothing."""
        return not self._state.closed and not self._state.waiting

    def beats_until(self, until_s: float) -> None:
        """As if `beat` had been called at every moment until then; `look` in between for what is due."""
        if self._state.heard_at_s != until_s:
            self._state = replace(self._state, heard_at_s=until_s)

    def acts_at_s(self) -> float | None:
        """When the guard next does something by itself, should the owner go on beating."""
        return next_act_s(self._state)

    def look(self) -> None:
        """Let the rules see that time has passed."""
        self._decide(TimePassed())

    def due_s(self) -> float | None:
        """When `look` next opens a relay, on the monotonic clock."""
        return next_due_s(self._state, self._limits)

    def unplug(self, board: int | None = None) -> None:
        """Take one board away, with its power, counted from 0; or all of them."""
        for channels in self._of(board):
            self._absent |= set(channels)
            self._fault(FaultCode.LINE_BROKEN, "the simulated board was unplugged; plug it in", channels)
            for channel in channels:
                known = self._states.get(channel)
                if known is not None and known.on:
                    self._tell(RelayState(channel, False, False, self._clock.now(), RelayCause.BOARD_LOST))
            self._decide(BoardLost(frozenset(channels)))

    def plug_in(self, board: int | None = None) -> None:
        """Bring one board back, or all of them: every relay is commanded open first."""
        for channels in self._of(board):
            self._absent -= set(channels)
            self._command(Want(c, False, RelayCause.START) for c in channels)
            self._decide(BoardOpened(frozenset(channels)))
            self._on_event(BoardReady(self._clock.now(), channels))

    def _of(self, board: int | None) -> tuple[tuple[int, ...], ...]:
        return self._boards if board is None else (self._boards[board],)

    def _decide(self, event: GuardEvent) -> None:
        self._state, wants = step(self._state, self._clock.monotonic(), event, self._limits)
        self._command(wants)

    def _command(self, wants: Iterable[Want | Refusal]) -> None:
        for want in wants:
            if isinstance(want, Refusal):
                self._fault(want.code, want.why, (want.channel,))
                continue
            if want.channel in self._absent:
                continue
            self._tell(RelayState(want.channel, want.on, False, self._clock.now(), want.cause))
            if self._answers:
                self._tell(RelayState(want.channel, want.on, True, self._clock.now(), want.cause))
                self._decide(ReadBack(want.channel, want.on))

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
