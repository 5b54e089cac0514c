"""The guard's loop: hears the owner, decides by the rules, drives the board. It waits for no one of them."""

import select
from dataclasses import dataclass

from hardware.boards import board_named
from hardware.errors import LineBroken, NoSuchChannel
from hardware.guard.board_link import BoardLink
from hardware.guard.pipes import LineReader, LineWriter
from hardware.guard.protocol import (
    AllOff,
    Answer,
    NotUnderstood,
    Ping,
    Request,
    SetRelay,
    TellStatus,
    decode_request,
    encode_told,
)
from hardware.guard.rules import (
    Asked,
    AskedAllOff,
    BoardLost,
    GuardEvent,
    GuardState,
    Heard,
    Limits,
    OwnerGone,
    TimePassed,
    next_due_s,
    step,
)
from hardware.ports import Clock, FaultCode, RelayCause, RelayEvent, RelayFault

LONGEST_WAIT_S = 1.0
NEVER_READY_GIVE_UP_S = 3.0  # this guard has closed nothing then


@dataclass(frozen=True, slots=True)
class Duty:
    """What to guard. `give_up_s`: how long an unreachable board is still tried after the owner has gone."""

    board: str
    port: str
    channels: int
    limits: Limits
    give_up_s: float = 60.0


class Guard:
    """Guards one board for one owner, until the owner has gone and every relay is open."""

    def __init__(self, duty: Duty, owner: LineReader, told: LineWriter, end: int, clock: Clock) -> None:
        self._duty, self._owner, self._told, self._end, self._clock = duty, owner, told, end, clock
        self._state = GuardState(heard_at_s=clock.monotonic())
        self._link = BoardLink(
            board_named(duty.board),
            duty.channels,
            duty.port,
            clock,
            self._tell,
            lambda: self._decide(BoardLost()),
        )

    def run(self) -> bool:
        """Until the owner has gone: true once every relay was commanded open, false after giving up."""
        while not self._state.leaving:
            self._link.tick()
            self._wait()
            self._decide(TimePassed())
        return self.leave()

    def leave(self) -> bool:
        """Command every relay open, again and again until it could be written, for `give_up_s` at most."""
        patience_s = self._duty.give_up_s if self._link.ever_ready else NEVER_READY_GIVE_UP_S
        give_up_at_s = self._clock.monotonic() + min(patience_s, self._duty.give_up_s)
        self._decide(OwnerGone())
        self._link.want_all_open(RelayCause.OWNER_GONE)
        while self._clock.monotonic() < give_up_at_s:
            self._link.tick()
            if self._link.settled:
                self._link.close()
                return True
            self._wait()
        return False

    def _wait(self) -> None:
        reading: list[int] = []
        if not self._state.leaving:
            reading += [self._owner.descriptor, self._end]
        try:
            port = self._link.fileno()
        except LineBroken:
            port = None  # the next tick finds out and says so
        if port is not None:
            reading.append(port)
        writing = [self._told.descriptor] if self._told.waiting else []
        due_s = min(self._link.due_s(), next_due_s(self._state, self._duty.limits) or float("inf"))
        wait_s = min(max(0.0, due_s - self._clock.monotonic()), LONGEST_WAIT_S)
        ready, _, _ = select.select(reading, writing, [], wait_s)
        self._told.flush()
        if self._owner.descriptor in ready:
            self._hear()
        if self._end in ready or self._told.broken:
            self._decide(OwnerGone())

    def _hear(self) -> None:
        for line in self._owner.read():
            try:
                request = decode_request(line)
                self._obey(request)
            except NotUnderstood as problem:
                self._fault(FaultCode.NOT_UNDERSTOOD, f"the guard did not understand a request: {problem}")
                continue
            except NoSuchChannel as problem:
                self._fault(FaultCode.NO_SUCH_CHANNEL, str(problem))
            self._told.write(encode_told(Answer(request.id)))
        if self._owner.ended:
            self._decide(OwnerGone())

    def _obey(self, request: Request) -> None:
        match request:
            case Ping():
                self._decide(Heard())
            case TellStatus():
                self._decide(Heard())
                self._link.tell_again()
            case AllOff():
                self._decide(AskedAllOff())
                self._link.want_all_open(RelayCause.COMMAND)
            case SetRelay(channel=channel, on=on, max_on_ms=max_on_ms):
                if not 1 <= channel <= self._duty.channels:
                    raise NoSuchChannel(channel, self._duty.channels)
                if self._link.ready:
                    self._decide(Asked(channel, on, max_on_ms))
                elif on:
                    self._fault(FaultCode.NOT_READY, f"relay {channel} stays open: the board is not ready")

    def _decide(self, event: GuardEvent) -> None:
        self._state, wants = step(self._state, self._clock.monotonic(), event, self._duty.limits)
        for want in wants:
            self._link.want(want.channel, want.on, want.cause)

    def _tell(self, event: RelayEvent) -> None:
        self._told.write(encode_told(event))

    def _fault(self, code: FaultCode, message: str) -> None:
        self._tell(RelayFault(code, message, self._clock.now()))
