"""The guard's loop: hears the owner, decides by the rules, drives the boards. It waits for no one of them."""

import select

from hardware.errors import LineBroken, NoSuchChannel
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.duty import Duty
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
    BoardOpened,
    GuardEvent,
    Heard,
    OwnerGone,
    ReadBack,
    SentOpen,
    TimePassed,
    next_due_s,
    step,
)
from hardware.guard.state import GuardState, Refusal
from hardware.pipes import LineReader, LineWriter
from hardware.ports import Clock, FaultCode, RelayCause, RelayEvent, RelayFault, RelayState

LONGEST_WAIT_S = 1.0
NEVER_READY_GIVE_UP_S = 3.0  # this guard has closed nothing then


class Guard:
    """Guards the boards of one owner, until the owner has gone and every relay is open."""

    def __init__(self, duty: Duty, owner: LineReader, told: LineWriter, end: int, clock: Clock) -> None:
        self._duty, self._owner, self._told, self._end, self._clock = duty, owner, told, end, clock
        news = LinkNews(
            self._tell_and_note,
            lambda channels: self._decide(BoardLost(channels)),
            lambda channels: self._decide(BoardOpened(channels)),
        )
        self._links: list[BoardLink] = []
        for attached in duty.boards:
            first = sum(len(link.channels) for link in self._links) + 1
            self._links.append(BoardLink(attached, first, clock, news))
        self._by_channel = {channel: link for link in self._links for channel in link.channels}
        every = frozenset(self._by_channel)
        self._state = GuardState(heard_at_s=clock.monotonic(), away=every, doubtful=every)

    def run(self) -> bool:
        """Until the owner has gone: true once every relay was commanded open, false after giving up."""
        while not self._state.leaving:
            self._tick()
            self._wait()
            self._decide(TimePassed())
        return self.leave()

    def leave(self) -> bool:
        """Command every relay open, again and again until it could be written, for `give_up_s` at most.

        Each port is let go as soon as its relays are open: the next guard may want it. A board that was
        never reached has nothing closed by this guard, and is waited for only a little.
        """
        began_s = self._clock.monotonic()
        self._decide(OwnerGone())
        for link in self._links:
            link.want_all_open(RelayCause.OWNER_GONE)
        all_reached = True
        while self._links and self._clock.monotonic() < began_s + self._duty.give_up_s:
            self._tick()
            given_up = self._clock.monotonic() >= began_s + NEVER_READY_GIVE_UP_S
            for link in list(self._links):
                if link.settled or (given_up and not link.ever_ready):
                    all_reached = all_reached and link.settled
                    link.close()
                    self._links.remove(link)
            if self._links:
                self._wait()
        for link in self._links:
            link.close()
        return all_reached and not self._links

    def _tick(self) -> None:
        for link in self._links:
            link.tick()

    def _wait(self) -> None:
        reading: list[int] = []
        if not self._state.leaving:
            reading += [self._owner.descriptor, self._end]
        for link in self._links:
            try:
                port = link.fileno()
            except LineBroken:
                continue  # the next tick finds out and says so
            reading += [] if port is None else [port]
        writing = [self._told.descriptor] if self._told.waiting else []
        rules_s = next_due_s(self._state, self._duty.limits)
        due_s = min(*(link.due_s() for link in self._links), float("inf") if rules_s is None else rules_s)
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
                for link in self._links:
                    link.tell_again()
            case AllOff():
                self._decide(AskedAllOff())
                for link in self._links:
                    link.want_all_open(RelayCause.COMMAND)
            case SetRelay(channel=channel, on=on, max_on_ms=max_on_ms):
                if channel not in self._by_channel:
                    raise NoSuchChannel(channel, len(self._by_channel))
                self._decide(Asked(channel, on, max_on_ms))

    def _decide(self, event: GuardEvent) -> None:
        self._state, decided = step(self._state, self._clock.monotonic(), event, self._duty.limits)
        for one in decided:
            if isinstance(one, Refusal):
                self._fault(one.code, one.why, (one.channel,))
            else:
                self._by_channel[one.channel].want(one.channel, one.on, one.cause)

    def _tell_and_note(self, event: RelayEvent) -> None:
        self._tell(event)
        if isinstance(event, RelayState) and event.confirmed:
            self._decide(ReadBack(event.channel, event.on))
        elif isinstance(event, RelayState) and not event.on:
            self._decide(SentOpen(event.channel))

    def _tell(self, event: RelayEvent) -> None:
        self._told.write(encode_told(event))

    def _fault(self, code: FaultCode, message: str, channels: tuple[int, ...] = ()) -> None:
        self._tell(RelayFault(code, message, self._clock.now(), channels))
