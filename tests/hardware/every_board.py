"""One board of every kind, two relays each, behind one guard: what tests of several boards stand on."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware import AttachedBoard, Duty, Limits
from hardware.virtual_board import KINDS, VirtualBoard, VirtualLine, virtual_board
from tests.hardware.relay_events import ready
from tests.standing_still import Witness

TIMED_ON_MS = 2000
OPTIONS: Mapping[str, Mapping[str, Any]] = {"modbus-rtu": {"timed_on_ms": TIMED_ON_MS}}
CHANNELS = 2

Boards = dict[str, VirtualBoard | VirtualLine]


@contextmanager
def one_of_each(folder: Path) -> Iterator[Boards]:
    """Plugged in, by kind."""
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(virtual_board(kind, folder / kind, channels=CHANNELS)) for kind in KINDS
        }


def duty_of(boards: Boards, **limits: Any) -> Duty:
    """These boards, as a guard is told of them."""
    attached = tuple(
        AttachedBoard(kind, str(board.path), CHANNELS, OPTIONS.get(kind, {}))
        for kind, board in boards.items()
    )
    return Duty(attached, Limits(**limits))


def all_ready(inbox: Any, count: int, beat: Callable[[], object] = lambda: None) -> None:
    """So many boards take commands."""
    for _ in range(count):
        inbox.wait_for(ready, meanwhile=beat)


def fell_after_s(board: VirtualBoard | VirtualLine, struck_at: datetime, machine: Witness) -> float:
    """By the board's own word: when its last relay moved, without what the machine stood still."""
    return machine.took_s(struck_at, board.changes[-1].at)
