"""What came of a relay that was held by hand, by what the board read back, and in which words it is told."""

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.all_open import NOT_SEEN
from hardware.boards import AttachedBoard
from hardware.ports import UNSEEN, RelayCause, RelayState
from hardware.relay_commands import Held

UNKNOWN_AFTER = frozenset({RelayCause.GUARD_GONE, RelayCause.BOARD_LOST})
NO_ANSWER = "the board gave no answer: some of its kind never do, nor may a board of another kind"


@dataclass(frozen=True, slots=True)
class Found:
    """`closed`: it was commanded so; `confirmed`: and read back closed. `held_s`: between the two commands.

    `opened`: as last read back, None where it was not; of a board that can't be asked, that it was commanded.
    `wrong`: what was not as asked, empty when all was. `words`: all of it, after the relay's name.
    """

    closed: bool
    confirmed: bool
    held_s: float
    opened: bool | None
    wrong: str
    words: str


def what_came_of_it(attached: AttachedBoard, held: Held, channel: int, *, asked_to_stop: bool) -> Found:
    """Of this relay of the only board there is."""
    every = [state for state in held.states if state.channel == channel]
    mine = [state for state in every if state.cause is not RelayCause.START]
    closed = [state for state in mine if state.on]
    confirmed = any(state.confirmed for state in closed)
    opened = [state for state in mine if not state.on and closed and state.at >= closed[0].at]
    held_s = (opened[0].at - closed[0].at).total_seconds() if opened else 0.0
    read = _read_since_opened(every)
    is_open = read
    if read is None and not attached.codec().encode_query():
        is_open = None if not opened or opened[-1].cause in UNKNOWN_AFTER else True
    wrong = _fault(attached, held) or _what_differs(mine, held, held_s, asked_to_stop=asked_to_stop)
    if not wrong and is_open is None and (confirmed or attached.board.must_answer):
        wrong = f"it was {_closing(confirmed)} for {held_s:.1f} s"
    if wrong:
        lost = bool(mine) and mine[-1].cause in UNKNOWN_AFTER
        words = f": {wrong}; {_is_now(is_open, read_back=read is not None, lost=lost)}"
    else:
        words = _as_asked(attached, held, confirmed, held_s, read)
    return Found(bool(closed), confirmed, held_s, is_open, wrong, words)


def _read_since_opened(states: Sequence[RelayState]) -> bool | None:
    """Whether the board read the relay back open at last, since it was opened; None: it did not tell."""
    closed_at = next((index for index, state in enumerate(states) if state.on), 0)
    since = [index for index, state in enumerate(states) if index >= closed_at and not state.on]
    read = [state for state in states[since[0] :] if state.confirmed] if since else []
    return not read[-1].on if read else None


def _fault(attached: AttachedBoard, held: Held) -> str:
    may_be = frozenset() if attached.board.must_answer else UNSEEN
    return next((fault.message for fault in held.faults if fault.code not in may_be), "")


def _what_differs(mine: Sequence[RelayState], held: Held, held_s: float, *, asked_to_stop: bool) -> str:
    if any(state.cause is RelayCause.REFUSED_BY_BOARD for state in mine):
        return "the board read back something else than was commanded"
    if not any(state.on for state in mine):
        return "it did not close"
    if held.ended_early and not asked_to_stop:
        return f"it opened by itself after {held_s:.1f} s ({mine[-1].cause.value})"
    return ""


def _is_now(is_open: bool | None, *, read_back: bool, lost: bool) -> str:
    if is_open is None:
        return "whether it is open is unknown: look at the board" if lost else NOT_SEEN
    if not read_back:
        return "commanded open (not read back)"
    return "it is open" if is_open else "it is closed"


def _closing(confirmed: bool) -> str:
    return "closed" if confirmed else "commanded closed"


def _as_asked(attached: AttachedBoard, held: Held, confirmed: bool, held_s: float, read: bool | None) -> str:
    """Nothing more than was seen: what was not is called commanded."""
    was = f" was {_closing(confirmed)} for {held_s:.1f} s"
    if read is not None:
        return f"{was} and is open" if confirmed else f"{was} (not read back) and is open"
    commanded = f"{was}, then open (not read back)"
    if not attached.codec().encode_query():
        return commanded
    unseen = [fault.message for fault in held.faults if fault.code in UNSEEN]
    return f"{commanded}; {unseen[-1] if unseen else NO_ANSWER}"
