"""One relay, by hand: what the command line does to a board while no agent runs."""

import contextlib
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.boards import AttachedBoard
from hardware.detect import port_path
from hardware.errors import BoardGarbled, BoardSilent, BoardUnreachable
from hardware.guard.client import GuardedRelays
from hardware.guard.duty import Duty
from hardware.ports import BoardReady, Clock, RelayCause, RelayEvent, RelayFault, RelayState
from hardware.relay_codec.contract import Garbled, Reading
from hardware.serial_line import SerialLine, refuse_no_port
from hardware.system_clock import SystemClock

GUARD_READY_WITHIN_S = 20.0
"""Long: a small PC that is busy, or has just started, takes seconds to load a program."""
SPARE_MS = 500
"""So much later than it was to open the guard opens the relay by itself, should this process be held up."""
BEAT_EVERY_S = 0.2
OPENED_SEEN_WITHIN_S = 3.0
"""Of a board that answers: longer than the guard lets pass until it asks once more."""


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it: every state and fault in order, and whether it ended before its time."""

    states: tuple[RelayState, ...]
    faults: tuple[RelayFault, ...]
    ended_early: bool


def hold(
    duty: Duty,
    channel: int,
    duration_s: float | None,
    *,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
) -> Held:
    """Close one relay of one board for `duration_s` (None: until Ctrl-C or `stop`), then open it.

    All relays of the board open first; of a board that answers it is waited for that it reads back the last
    opening, 3 s at most. Killed outright, the guard opens the relay within its deadline; held up beyond the
    time, soon after it, which is not early.
    Raises `BoardUnreachable` and `NoSuchChannel`.
    """
    clock, stop = clock or SystemClock(), stop or threading.Event()
    seen: list[RelayEvent] = []
    inbox: queue.SimpleQueue[RelayEvent] = queue.SimpleQueue()
    ended_early = True
    fell: RelayState | None = None
    with _ctrl_c_sets(stop), GuardedRelays(duty, inbox.put, clock) as relays:
        _await_ready(inbox, seen, clock, duty.channels)
        settle_s = duty.boards[0].codec().settle_ms / 1000
        until_s = None if duration_s is None else clock.monotonic() + settle_s + duration_s
        relays.set(channel, True, max_on_ms=None if duration_s is None else int(duration_s * 1000) + SPARE_MS)
        while not stop.is_set() and (fell := _fell(inbox, seen, channel)) is None:
            relays.beat()
            left_s = BEAT_EVERY_S if until_s is None else until_s - clock.monotonic()
            if left_s <= 0:
                ended_early = False
                break
            stop.wait(min(BEAT_EVERY_S, left_s))
        relays.set(channel, False)
        _drain(inbox, seen)
        _await_seen_open(relays, inbox, seen, channel, clock)
    _drain(inbox, seen)
    return held_of(seen, ended_early=ended_early and not _was_over(seen, fell, duration_s))


@contextlib.contextmanager
def _ctrl_c_sets(stop: threading.Event) -> Iterator[None]:
    """Ctrl-C ends the holding in order. An exception instead could strike while a lock is held, for good."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def read_relays(attached: AttachedBoard, *, clock: Clock | None = None) -> Reading:
    """Ask the board for its relays without switching anything.

    Raises `BoardSilent` (many boards never answer), `BoardGarbled`, and what `SerialLine` raises.
    """
    clock = clock or SystemClock()
    codec, timeout_ms = attached.codec(), attached.board.answer_timeout_ms
    path = port_path(attached.port)
    if not codec.encode_query():
        refuse_no_port(path)
        raise BoardSilent(attached.port, timeout_ms)  # and opening its port might switch it
    answer = codec.read_back()
    result: Reading | Garbled | None = None
    with SerialLine(path, attached.speed, codec.raised_at_rest) as line:
        line.discard_waiting()
        line.send(codec.encode_query())
        until_s = clock.monotonic() + timeout_ms / 1000
        while result is None and clock.monotonic() < until_s:
            threading.Event().wait(0.01)
            data = line.read_waiting()
            result = answer.feed(data) if data else None
    result = result or answer.end()
    if result is None:
        raise BoardSilent(attached.port, timeout_ms, must_answer=attached.board.must_answer)
    if isinstance(result, Garbled):
        raise BoardGarbled(f"the board on {attached.port} is no {attached.kind} board as set: {result.why}")
    return result


def _await_ready(
    inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent], clock: Clock, channels: int
) -> None:
    """Until every relay can be commanded. What stands in the way of a board is raised once the others are."""
    missing, in_the_way = set(range(1, channels + 1)), list[str]()
    until_s = clock.monotonic() + GUARD_READY_WITHIN_S
    while missing and (left_s := until_s - clock.monotonic()) > 0:
        try:
            seen.append(inbox.get(timeout=left_s))
        except queue.Empty:
            break
        match seen[-1]:
            case BoardReady(channels=ready):
                missing -= set(ready)
            case RelayFault(channels=concerned, message=message) if missing & set(concerned or missing):
                missing -= set(concerned or missing)
                in_the_way.append(message)
    if in_the_way:
        raise BoardUnreachable("; ".join(in_the_way))
    if missing:
        raise BoardUnreachable("the relay guard did not become ready in time; look at its messages above")


def _fell(inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent], channel: int) -> RelayState | None:
    """What opened the relay, where that was not our command."""
    before = len(seen)
    _drain(inbox, seen)
    for event in seen[before:]:
        if not isinstance(event, RelayState) or event.channel != channel or event.on:
            continue
        if event.cause not in (RelayCause.COMMAND, RelayCause.START):
            return event
    return None


def _await_seen_open(
    relays: GuardedRelays,
    inbox: "queue.SimpleQueue[RelayEvent]",
    seen: list[RelayEvent],
    channel: int,
    clock: Clock,
) -> None:
    """Until a board that has answered says that the relay is open: that it was commanded so is not enough."""
    states = [event for event in seen if isinstance(event, RelayState)]
    if not any(one.confirmed for one in states) or not any(one.on for one in states):
        return
    until_s = clock.monotonic() + OPENED_SEEN_WITHIN_S
    while not _reads_open(seen, channel) and (left_s := until_s - clock.monotonic()) > 0:
        relays.beat()
        with contextlib.suppress(queue.Empty):
            seen.append(inbox.get(timeout=min(BEAT_EVERY_S, left_s)))


def _reads_open(seen: list[RelayEvent], channel: int) -> bool:
    """As last told."""
    mine = [event for event in seen if isinstance(event, RelayState) and event.channel == channel]
    return bool(mine) and mine[-1].confirmed and not mine[-1].on


def _was_over(seen: list[RelayEvent], fell: RelayState | None, duration_s: float | None) -> bool:
    """Whether the relay had been closed for its whole time when it fell."""
    if fell is None or duration_s is None:
        return False
    closed = (
        one.at for one in seen if isinstance(one, RelayState) and one.channel == fell.channel and one.on
    )
    return (fell.at - next(closed, fell.at)).total_seconds() >= duration_s


def _drain(inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent]) -> None:
    while not inbox.empty():
        seen.append(inbox.get())


def held_of(seen: list[RelayEvent], *, ended_early: bool) -> Held:
    """States and faults apart, each in their order."""
    return Held(
        tuple(event for event in seen if isinstance(event, RelayState)),
        tuple(event for event in seen if isinstance(event, RelayFault)),
        ended_early,
    )
