"""Commands to close that were lost on the way: how often they are repeated, and when they are read back.

And one look at a board that says otherwise than the looks before and after it.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware import FaultCode
from hardware.guard.conversation import CHECK_EVERY_S
from hardware.ports import RelayCause
from hardware.relay_codec.contract import PinLevel
from hardware.virtual_board import KINDS, Fault, VirtualBoard, virtual_board
from tests.hardware.link_bench import CHANNELS, Bench, at_bench
from tests.hardware.relay_events import fault, state


@pytest.fixture(params=[kind for kind in KINDS if kind != "line"])
def bench(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
) -> Iterator[Bench]:
    """Of each kind that answers, with every relay open; they do not move."""
    kind = request.param
    with virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board:
        assert isinstance(board, VirtualBoard)
        with at_bench(kind, board, clock, monkeypatch, wait_until) as one:
            yield one


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
        bench.pass_looks(looks)
        if looks == 1:
            bench.board.relays.switch(1, True)
            bench.pass_looks(2)
            assert bench.told.events == []
            assert len(bench.board.changes) == len(before) + 2  # both by hand
    bench.pass_until(bench.has_told(state(1, False, RelayCause.REFUSED_BY_BOARD, confirmed=True)), 0.5)


def _closes_the_first(bench: Bench) -> bytes | PinLevel:
    return bench.attached.codec().encode_set(1, True)
