"""Commands to close that were lost on the way: how often they are repeated, and when they are read back.

And one look at a board that says otherwise than the looks before and after it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, FaultCode
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.conversation import CHECK_EVERY_S
from hardware.ports import RelayCause
from hardware.relay_codec.contract import PinLevel
from hardware.serial_line import SerialLine
from hardware.virtual_board import KINDS, Fault, VirtualBoard, virtual_board
from tests.hardware.relay_events import fault, ready, state

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

    kind: str
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


@pytest.fixture(params=[kind for kind in KINDS if kind != "line"])
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
) -> Iterator[Bench]:
    """Of each kind that answers, with every relay open."""
    sent, sends = list[bytes](), SerialLine.send

    def noted(line: SerialLine, command: Any) -> None:
        sent.append(command)
        sends(line, command)

    monkeypatch.setattr(SerialLine, "send", noted)
    kind = request.param
    with virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board:
        assert isinstance(board, VirtualBoard)
        told = Told(board)
        attached, news = (
            AttachedBoard(kind, str(board.path), CHANNELS),
            LinkNews(told.take, _ignored, _ignored),
        )
        link = BoardLink(attached, 1, clock, news)
        one = Bench(kind, board, link, clock, sent, told, wait_until)
        one.pass_until(one.has_told(ready), 5)
        yield one
        link.close()


def test_a_repeated_command_to_close_is_read_back_at_once(bench: Bench) -> None:
    """Not at the next look at the board: until then a relay would be closed that counts as open."""
    bench.told.mends = True
    bench.link.want(1, True, RelayCause.COMMAND)
    bench.pass_until(bench.has_told(fault(FaultCode.BOARD_DISAGREES)), 5)
    bench.pass_until(bench.has_told(state(1, True, confirmed=True)), CHECK_EVERY_S / 2)
    assert bench.board.on == (True, False)


def test_asking_and_repeating_do_not_chase_each_other(bench: Bench) -> None:
    """A relay that never closes is commanded again as often as the board is looked at, and no more."""
    bench.link.want(1, True, RelayCause.COMMAND)
    until_s = bench.clock.passed_s + 2.5 * CHECK_EVERY_S
    bench.pass_until(lambda: bench.clock.passed_s >= until_s, 3 * CHECK_EVERY_S)
    commands = [command for command in bench.sent if command == _closes_the_first(bench)]
    assert len(commands) in {3, 4}


def test_one_reading_that_a_relay_is_open_switches_nothing(bench: Bench) -> None:
    """Most answers carry no check: one wrong bit does not silence a broadcast. Two in a row are believed."""
    bench.board.fault = None
    bench.link.want(1, True, RelayCause.COMMAND)
    bench.pass_until(bench.has_told(state(1, True, confirmed=True)), 5)
    bench.told.events.clear()
    before = bench.board.changes
    for looks in (1, 2):
        bench.board.relays.switch(1, False)
        _passes_looks(bench, looks)
        if looks == 1:
            bench.board.relays.switch(1, True)
            _passes_looks(bench, 2)
            assert bench.told.events == []
            assert len(bench.board.changes) == len(before) + 2  # both by hand
    bench.pass_until(bench.has_told(state(1, False, RelayCause.REFUSED_BY_BOARD, confirmed=True)), 0.5)


def _passes_looks(bench: Bench, looks: int) -> None:
    """So many questions are put and answered."""
    question = AttachedBoard(bench.kind, str(bench.board.path), CHANNELS).codec().encode_query()
    before = bench.sent.count(question)
    bench.pass_until(lambda: bench.sent.count(question) == before + looks, 2 * CHECK_EVERY_S)


def _closes_the_first(bench: Bench) -> bytes | PinLevel:
    return AttachedBoard(bench.kind, str(bench.board.path), CHANNELS).codec().encode_set(1, True)


def _ignored(_channels: frozenset[int]) -> None:
    """Nobody asks which relays."""
