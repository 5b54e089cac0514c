"""Boards whose relays fall unless they are commanded anew: one that fell by itself is not closed by that."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.ports import RelayCause
from hardware.virtual_board import FIRMWARE, Contacts, Fault, VirtualBoard
from tests.hardware.link_bench import CHANNELS, Bench, at_bench
from tests.hardware.relay_events import state

TIMED_ON_MS = 3000
RENEWED_EVERY_S = TIMED_ON_MS / 3000
"""More often than the board is looked at for anything else."""


class Keeping(Contacts):
    """Relays that fall only by hand, so that it does not matter how fast this machine is."""

    def switch(self, channel: int, on: bool, *, for_s: float | None = None) -> None:
        """As told, for good."""
        super().switch(channel, on)


@pytest.fixture
def bench(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]
) -> Iterator[Bench]:
    """Both relays were just commanded closed once more, having been read back closed."""
    board = VirtualBoard(tmp_path / "board", FIRMWARE["modbus-rtu"](), channels=CHANNELS)
    board.relays = Keeping(CHANNELS)
    options = {"timed_on_ms": TIMED_ON_MS}
    with board, at_bench("modbus-rtu", board, clock, monkeypatch, wait_until, options=options) as one:
        for channel in (1, 2):
            one.link.want(channel, True, RelayCause.COMMAND)
        one.pass_until(one.has_told(state(2, True, confirmed=True)), 2)
        for channel in (1, 2):
            one.pass_until(_renewed(one, channel), 2 * RENEWED_EVERY_S)
        one.told.events.clear()
        yield one


def _renewed(bench: Bench, channel: int) -> Callable[[], bool]:
    """Whether it is commanded closed once more from now on."""
    order = bench.attached.codec().encode_set(channel, True)
    before = bench.sent.count(order)  # type: ignore[arg-type] # no board of this kind is switched by a pin
    return lambda: bench.sent.count(order) > before  # type: ignore[arg-type] # as above


def test_a_relay_that_fell_is_told_and_not_closed_by_its_renewal(bench: Bench) -> None:
    """It may have to rest: only the rules know when it may close. The other one is renewed meanwhile."""
    renewed, other_renewed = _renewed(bench, 1), _renewed(bench, 2)
    bench.board.relays.switch(1, False)
    bench.pass_until(bench.has_told(state(1, False, confirmed=True)), 1.5 * RENEWED_EVERY_S)
    assert not renewed()
    bench.pass_until(other_renewed, RENEWED_EVERY_S / 2)
    assert bench.board.on == (False, True)


def test_one_reading_that_says_so_only_delays_the_renewal_by_another_look(bench: Bench) -> None:
    """A wrong bit in one answer opens nothing."""
    renewed = _renewed(bench, 1)
    bench.board.relays.switch(1, False)
    bench.pass_looks(1)
    bench.board.relays.switch(1, True)
    bench.pass_until(renewed, RENEWED_EVERY_S / 2)
    assert bench.told.events == []


@pytest.mark.parametrize("manner", [Fault.SILENT, Fault.GARBAGE])
def test_a_board_that_no_longer_answers_keeps_its_relays(bench: Bench, manner: Fault) -> None:
    """Each is commanded anew in time, seen or unseen."""
    bench.board.fault = manner
    for _ in range(3):
        for renewed in [_renewed(bench, channel) for channel in (1, 2)]:
            bench.pass_until(renewed, TIMED_ON_MS / 1000 * 0.6)
