"""Every relay of every board opened by hand: what the command line does, and the service after its end.

No guard: nothing is closed here that somebody would have to watch. Each board has a thread, so that one that
hangs, is missing or answers slowly keeps no other one closed.
"""

import select
import threading
from collections.abc import Callable, Collection
from dataclasses import replace

from hardware.boards import AttachedBoard
from hardware.errors import BoardUnreachable, LineBroken
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.duty import Duty
from hardware.ports import UNSEEN, Clock, OnRelayEvent, RelayEvent, RelayFault, RelayState
from hardware.relay_commands import CONFIRM_WITHIN_S, READY_WITHIN_S, Held, held_of
from hardware.system_clock import SystemClock

LONGEST_WAIT_S = 0.5


def opened_of(attached: AttachedBoard, *, untold: bool) -> int:
    """How many relays of a board `open_all` commands open. `untold`: nobody said how many it has."""
    return max(attached.channels, attached.board.opened_untold) if untold else attached.channels


def open_all(duty: Duty, *, untold: Collection[str] = (), clock: Clock | None = None) -> Held:
    """Open every relay of every board and read it back where it answers.

    `untold`: ports of boards of which nobody said how many relays they have. There all that `opened_of`
    counts are opened; those beyond the board's channels are not read back, and no state tells of them.
    Raises `BoardUnreachable` once all boards that can be reached were commanded open: it names those that
    were not, that read a relay back closed, or that must answer and did not.
    """
    clock = clock or SystemClock()
    seen: list[RelayEvent] = []
    in_the_way: dict[int, str] = {}
    openings: list[threading.Thread] = []
    first = 1
    for attached in duty.boards:
        beyond = opened_of(attached, untold=attached.port in untold) > attached.channels
        begins = _opening(attached, first, clock, seen.append, in_the_way, beyond=beyond)
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
    *,
    beyond: bool,
) -> Callable[[], None]:
    in_the_way[first] = f"{attached.port}: opening its relays broke off"  # unless it comes to its end

    def run() -> None:
        faults: list[RelayFault] = []
        read_back: dict[int, bool] = {}

        def told(event: RelayEvent) -> None:
            seen(event)
            if isinstance(event, RelayFault):
                faults.append(event)
            elif isinstance(event, RelayState) and event.confirmed:
                read_back[event.channel] = event.on

        if beyond and (words := _open_unseen(attached, clock)):
            in_the_way[first] = words
            return
        link = BoardLink(attached, first, clock, LinkNews(told, lambda _: None, lambda _: None))
        if not _open(link, clock, faults):
            words = faults[0].message if faults else f"{attached.port}: not every relay could be opened"
        else:
            words = _not_seen_open(
                attached, {channel - first + 1: on for channel, on in read_back.items()}, faults
            )
        if words:
            in_the_way[first] = words
        else:
            del in_the_way[first]

    return run


def _open_unseen(attached: AttachedBoard, clock: Clock) -> str:
    """Command open every relay that the board may have, unasked. What was in the way; empty if nothing."""
    faults: list[RelayFault] = []

    def told(event: RelayEvent) -> None:
        if isinstance(event, RelayFault):
            faults.append(event)

    most = replace(attached, channels=opened_of(attached, untold=True), read_back=False)
    if _open(BoardLink(most, 1, clock, LinkNews(told, lambda _: None, lambda _: None)), clock, faults):
        return ""
    return faults[0].message if faults else f"{attached.port}: not every relay could be opened"


def _not_seen_open(attached: AttachedBoard, read_back: dict[int, bool], faults: list[RelayFault]) -> str:
    """What the board's answers leave in doubt, empty if nothing. `read_back`: closed or not, as last read."""
    closed = [str(channel) for channel, on in sorted(read_back.items()) if on]
    if closed:
        return f"{attached.port}: relay {', '.join(closed)} reads back closed; look at the board"
    answers = attached.board.must_answer and attached.read_back
    if not answers or len(read_back) == attached.channels:
        return ""
    unseen = [fault.message for fault in faults if fault.code in UNSEEN]
    return (
        unseen[-1] if unseen else f"{attached.port}: the board does not answer; its relays were opened unseen"
    )


def _open(link: BoardLink, clock: Clock, faults: list[RelayFault]) -> bool:
    """Whether every relay was commanded open; the first fault before that ends it."""
    give_up_s = clock.monotonic() + READY_WITHIN_S
    was_ready = False
    try:
        while not (link.ready and link.settled) and (left_s := give_up_s - clock.monotonic()) > 0:
            if not link.ready and faults:
                return False
            if link.ready and not was_ready:
                was_ready, give_up_s = True, clock.monotonic() + CONFIRM_WITHIN_S
            _wait(link, min(left_s, link.due_s() - clock.monotonic()))
            link.tick()
        return link.ready
    finally:
        link.close()


def _wait(link: BoardLink, for_s: float) -> None:
    wait_s = min(max(0.0, for_s), LONGEST_WAIT_S)
    try:
        port = link.fileno()
    except LineBroken:
        return  # the next tick finds out and says so
    select.select([] if port is None else [port], [], [], wait_s)
