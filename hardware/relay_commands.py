"""One relay, by hand: what the command line does to a board while no agent runs."""

import contextlib
import queue
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.boards import board_named
from hardware.errors import BoardGarbled, BoardSilent, BoardUnreachable
from hardware.guard.client import GuardedRelays, GuardSettings
from hardware.ports import BoardReady, Clock, RelayCause, RelayEvent, RelayFault, RelayState
from hardware.relay_codec.contract import Garbled, Reading
from hardware.serial_line import SerialLine
from hardware.system_clock import SystemClock

READY_WITHIN_S = 6.0
CONFIRM_WITHIN_S = 1.0
BEAT_EVERY_S = 0.2


@dataclass(frozen=True, slots=True)
class Held:
    """What came of it: every state and fault in order, and whether it ended before its time."""

    states: tuple[RelayState, ...]
    faults: tuple[RelayFault, ...]
    ended_early: bool


def hold(
    settings: GuardSettings,
    channel: int,
    duration_s: float | None,
    *,
    stop: threading.Event | None = None,
    clock: Clock | None = None,
) -> Held:
    """Close one relay for `duration_s` (None: until Ctrl-C or `stop`), then open it, whatever happens.

    All relays of the board open first. Killed outright, the guard opens the relay within its deadline.
    Raises `BoardUnreachable` and `NoSuchChannel`.
    """
    clock, stop = clock or SystemClock(), stop or threading.Event()
    seen: list[RelayEvent] = []
    inbox: queue.SimpleQueue[RelayEvent] = queue.SimpleQueue()
    ended_early = True
    with _ctrl_c_sets(stop), GuardedRelays(settings, inbox.put, clock) as relays:
        _await_ready(inbox, seen, clock)
        settle_s = board_named(settings.board).codec(settings.channels).settle_ms / 1000
        until_s = None if duration_s is None else clock.monotonic() + settle_s + duration_s
        relays.set(channel, True, max_on_ms=None if duration_s is None else int(duration_s * 1000) + 500)
        while not stop.is_set() and not _has_fallen(inbox, seen, channel):
            relays.beat()
            left_s = BEAT_EVERY_S if until_s is None else until_s - clock.monotonic()
            if left_s <= 0:
                ended_early = False
                break
            stop.wait(min(BEAT_EVERY_S, left_s))
        relays.set(channel, False)
    _drain(inbox, seen)
    return _held(seen, ended_early=ended_early)


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


def open_all(settings: GuardSettings, *, clock: Clock | None = None) -> Held:
    """Open every relay of the board and read it back where it answers. Raises `BoardUnreachable`."""
    clock = clock or SystemClock()
    seen: list[RelayEvent] = []
    inbox: queue.SimpleQueue[RelayEvent] = queue.SimpleQueue()
    with GuardedRelays(settings, inbox.put, clock) as relays:
        _await_ready(inbox, seen, clock)
        until_s = clock.monotonic() + CONFIRM_WITHIN_S
        while clock.monotonic() < until_s and not all(s.confirmed for s in relays.states().values()):
            threading.Event().wait(0.05)
    _drain(inbox, seen)
    return _held(seen, ended_early=False)


def read_relays(settings: GuardSettings, *, clock: Clock | None = None) -> Reading:
    """Ask the board for its relays without switching anything.

    Raises `BoardSilent` (many boards never answer), `BoardGarbled`, and what `SerialLine` raises.
    """
    clock = clock or SystemClock()
    board = board_named(settings.board)
    codec = board.codec(settings.channels)
    answer = codec.read_back()
    result: Reading | Garbled | None = None
    with SerialLine(settings.port, board.baud) as line:
        line.discard_waiting()
        line.write(codec.encode_query())
        until_s = clock.monotonic() + board.answer_timeout_ms / 1000
        while result is None and clock.monotonic() < until_s:
            threading.Event().wait(0.01)
            data = line.read_waiting()
            result = answer.feed(data) if data else None
    result = result or answer.end()
    if result is None:
        raise BoardSilent(settings.port, board.answer_timeout_ms)
    if isinstance(result, Garbled):
        raise BoardGarbled(f"the board on {settings.port} is no {settings.board} board: {result.why}")
    return result


def _await_ready(inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent], clock: Clock) -> None:
    until_s = clock.monotonic() + READY_WITHIN_S
    while (left_s := until_s - clock.monotonic()) > 0:
        try:
            seen.append(inbox.get(timeout=left_s))
        except queue.Empty:
            break
        if isinstance(seen[-1], BoardReady):
            return
        if isinstance(seen[-1], RelayFault):
            raise BoardUnreachable(seen[-1].message)
    raise BoardUnreachable("the relay guard did not become ready in time; look at its messages above")


def _has_fallen(inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent], channel: int) -> bool:
    """Whether the relay was opened for another reason than our command."""
    before = len(seen)
    _drain(inbox, seen)
    return any(
        isinstance(event, RelayState)
        and event.channel == channel
        and not event.on
        and event.cause not in (RelayCause.COMMAND, RelayCause.START)
        for event in seen[before:]
    )


def _drain(inbox: "queue.SimpleQueue[RelayEvent]", seen: list[RelayEvent]) -> None:
    while not inbox.empty():
        seen.append(inbox.get())


def _held(seen: list[RelayEvent], *, ended_early: bool) -> Held:
    return Held(
        tuple(event for event in seen if isinstance(event, RelayState)),
        tuple(event for event in seen if isinstance(event, RelayFault)),
        ended_early,
    )
