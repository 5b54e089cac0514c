"""Every relay of every board opened by hand: what the command line does, and the service after its end.

No guard: nothing is closed here that somebody would have to watch. Each board has a thread, so that one that
hangs, is missing or answers slowly keeps no other one closed.
"""

import select
import threading
from collections.abc import Callable

from hardware.boards import AttachedBoard
from hardware.errors import BoardUnreachable, LineBroken
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.duty import Duty
from hardware.ports import UNSEEN, Clock, OnRelayEvent, RelayEvent, RelayFault, RelayState
from hardware.relay_commands import Held, held_of
from hardware.system_clock import SystemClock

READY_WITHIN_S = 6.0
CONFIRM_WITHIN_S = 1.0
LONGEST_WAIT_S = 0.5
NOT_SEEN = "commanded open, and nobody saw it: look at the board, or pull its plug"
"""What is told of a relay whose board did not read it back, though it should."""


def open_all(duty: Duty, *, clock: Clock | None = None) -> Held:
    """Open every relay of every board and read it back where it answers.

    Raises `BoardUnreachable` once all boards that can be reached were commanded open: it names those that
    were not, that read a relay back closed, or that must answer and did not.
    """
    clock = clock or SystemClock()
    seen: list[RelayEvent] = []
    in_the_way: dict[int, str] = {}
    openings: list[threading.Thread] = []
    first = 1
    for attached in duty.boards:
        begins = _opening(attached, first, clock, seen.append, in_the_way)
        openings.append(threading.Thread(target=begins, name=attached.port, daemon=True))
        first += attached.channels
    for opening in openings:
        opening.start()
    for opening in openings:
        opening.join()
    if in_the_way:
        raise BoardUnreachable("; ".join(in_the_way[one] for one in sorted(in_the_way)))
    return held_of(seen, ended_early=False)


def _opening(
    attached: AttachedBoard,
    first: int,
    clock: Clock,
    seen: OnRelayEvent,
    in_the_way: dict[int, str],
) -> Callable[[], None]:
    in_the_way[first] = f"{attached.port}: opening its relays broke off"  # unless it comes to its end

    def run() -> None:
        mine: list[RelayEvent] = []

        def told(event: RelayEvent) -> None:
            seen(event)
            mine.append(event)

        words = _open(attached, first, clock, told) or _not_seen_open(attached, first, mine)
        if words:
            in_the_way[first] = words
        else:
            del in_the_way[first]

    return run


def _not_seen_open(attached: AttachedBoard, first: int, told: list[RelayEvent]) -> str:
    """What the board's answers leave in doubt, empty if nothing. `told`: numbered from `first`."""
    states = [one for one in told if isinstance(one, RelayState) and one.confirmed]
    read_back = {one.channel - first + 1: one.on for one in states}  # as last read
    closed = [str(channel) for channel, on in sorted(read_back.items()) if on]
    if closed:
        return f"{attached.port}: relay {', '.join(closed)} reads back closed; look at the board"
    answers = attached.board.must_answer and attached.read_back
    if not answers or len(read_back) == attached.channels:
        return ""
    unseen = [one.message for one in told if isinstance(one, RelayFault) and one.code in UNSEEN]
    why = unseen[-1] if unseen else f"{attached.port}: the board does not answer"
    return f"{why}; its relays were {NOT_SEEN}"


def _open(attached: AttachedBoard, first: int, clock: Clock, told: OnRelayEvent) -> str:
    """Command every relay open. What was in the way, if anything; the first fault before that ends it."""
    faults: list[str] = []

    def heard(event: RelayEvent) -> None:
        told(event)
        if isinstance(event, RelayFault):
            faults.append(event.message)

    link = BoardLink(attached, first, clock, LinkNews(heard, lambda _: None, lambda _: None))
    give_up_s = clock.monotonic() + READY_WITHIN_S
    was_ready = took_over = False
    try:
        while not (link.ready and link.settled) and (left_s := give_up_s - clock.monotonic()) > 0:
            if not link.ready and faults and not link.takes_over:
                break
            if link.takes_over and not took_over:
                took_over, give_up_s = True, clock.monotonic() + READY_WITHIN_S  # its end takes time, too
            if link.ready and not was_ready:
                was_ready, give_up_s = True, clock.monotonic() + CONFIRM_WITHIN_S
            _wait(link, min(left_s, link.due_s() - clock.monotonic()))
            link.tick()
        if link.ready:
            return ""
        return faults[0] if faults else f"{attached.port}: not every relay could be opened"
    finally:
        link.close()


def _wait(link: BoardLink, for_s: float) -> None:
    wait_s = min(max(0.0, for_s), LONGEST_WAIT_S)
    try:
        port = link.fileno()
    except LineBroken:
        return  # the next tick finds out and says so
    select.select([] if port is None else [port], [], [], wait_s)
