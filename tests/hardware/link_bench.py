"""One board and the guard's way to it, without a guard: a clock set by hand, and every byte that was said."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from hardware import AttachedBoard, FaultCode
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.conversation import CHECK_EVERY_S
from hardware.serial_line import SerialLine
from hardware.virtual_board import VirtualBoard
from tests.hardware.relay_events import fault, ready

CHANNELS = 2


@dataclass
class Told:
    """What a link tells. `mends`: once it finds out, and before it says any more, the board is well."""

    board: VirtualBoard
    events: list[object] = field(default_factory=list)
    mends: bool = False

    def take(self, event: object) -> None:
        """An event of the link."""
        self.events.append(event)
        if self.mends and fault(FaultCode.BOARD_DISAGREES)(event):
            self.board.fault = None


@dataclass
class Bench:
    """A link and its board, whose relays do not move; time passes only when the board has answered.

    `sent`: what the link has said to the board.
    """

    attached: AttachedBoard
    board: VirtualBoard
    link: BoardLink
    clock: Any
    sent: list[bytes]
    told: Told
    wait_until: Callable[..., None]

    def pass_until(self, true: Callable[[], bool], within_s: float) -> None:
        """Seconds of the link's own clock."""
        until_s = self.clock.passed_s + within_s
        while not true():
            assert self.clock.passed_s < until_s, self.told.events[-8:]
            self.clock.advance(0.02)
            self.link.tick()
            self.wait_until(lambda: self.board.taken_bytes == len(b"".join(self.sent)))

    def has_told(self, matches: Callable[[object], bool]) -> Callable[[], bool]:
        """Whether there was such an event by now."""
        return lambda: any(matches(event) for event in self.told.events)

    def pass_looks(self, looks: int) -> None:
        """So many questions are put and answered."""
        question = self.attached.codec().encode_query()
        before = self.sent.count(question)
        self.pass_until(lambda: self.sent.count(question) == before + looks, 2 * CHECK_EVERY_S)


@contextmanager
def at_bench(
    kind: str,
    board: VirtualBoard,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
    channels: int = CHANNELS,
    **told_of_it: Any,
) -> Iterator[Bench]:
    """The board as it is plugged in, with every relay commanded open."""
    sent, sends = list[bytes](), SerialLine.send

    def noted(line: SerialLine, command: Any) -> None:
        sent.append(command)
        sends(line, command)

    monkeypatch.setattr(SerialLine, "send", noted)
    told, attached = Told(board), AttachedBoard(kind, str(board.path), channels, **told_of_it)
    link = BoardLink(attached, 1, clock, LinkNews(told.take, _ignored, _ignored))
    one = Bench(attached, board, link, clock, sent, told, wait_until)
    one.pass_until(one.has_told(ready), 5)
    yield one
    link.close()


def _ignored(_channels: frozenset[int]) -> None:
    """Nobody asks which relays."""
