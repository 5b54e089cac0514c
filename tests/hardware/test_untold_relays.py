"""Boards of which nobody said how many relays they have: all that they may have are opened first."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from hardware import BOARDS, AttachedBoard, RelayState
from hardware.ports import RelayCause
from hardware.virtual_board import FIRMWARE, Contacts, VirtualBoard
from hardware.virtual_board.board import Firmware
from tests.hardware.link_bench import CHANNELS, at_bench
from tests.hardware.relay_events import fault, state


@pytest.mark.parametrize("kind", FIRMWARE)
def test_all_relays_that_a_board_may_have_are_opened_before_commands_are_taken(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None], kind: str
) -> None:
    """Somebody left them closed: one beyond the usual number would be heard for ever."""
    channels = BOARDS[kind].opened_untold
    with VirtualBoard(tmp_path / "board", FIRMWARE[kind](), channels=channels) as board:
        for channel in range(1, channels + 1):
            board.relays.switch(channel, True)
        with at_bench(kind, board, clock, monkeypatch, wait_until, untold=True) as bench:
            assert not any(board.on)
            told = {one.channel for one in bench.told.events if isinstance(one, RelayState)}
            assert told == set(range(1, CHANNELS + 1)), "those beyond are not the owner's"


def test_of_a_board_whose_number_is_told_nothing_else_is_touched(
    tmp_path: Path, clock: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., None]
) -> None:
    """What hangs on the others is somebody else's."""
    with VirtualBoard(tmp_path / "board", FIRMWARE["lcus"](), channels=4) as board:
        board.relays.switch(4, True)
        with at_bench("lcus", board, clock, monkeypatch, wait_until):
            assert board.on == (False, False, False, True)


@dataclass
class Complaining:
    """A board's firmware that answers a command to a relay that it does not have."""

    firmware: Firmware
    lacking: frozenset[bytes]
    complaint: bytes

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """One command at a time, as the bench sends them."""
        return self.firmware.take(data, relays) + (self.complaint if data in self.lacking else b"")


@pytest.mark.parametrize(("kind", "complaint"), [("lcus", b"ERR\r\n"), ("numato", b"error\n\r>")])
def test_that_a_board_does_not_know_such_a_relay_is_no_fault(
    tmp_path: Path,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
    wait_until: Callable[..., None],
    kind: str,
    complaint: bytes,
) -> None:
    """It is what was to be found out; those it has are read back and switched as ever."""
    most = BOARDS[kind].opened_untold
    every = AttachedBoard(kind, "", most).codec()
    orders = [every.encode_set(channel, False) for channel in range(CHANNELS + 1, most + 1)]
    lacking = frozenset(one for one in orders if isinstance(one, bytes))
    firmware = Complaining(FIRMWARE[kind](), lacking, complaint)
    with (
        VirtualBoard(tmp_path / "board", firmware, channels=CHANNELS) as board,
        at_bench(kind, board, clock, monkeypatch, wait_until, untold=True) as bench,
    ):
        bench.pass_until(bench.has_told(state(2, False, confirmed=True)), 1)
        bench.link.want(1, True, RelayCause.COMMAND)
        bench.pass_until(bench.has_told(state(1, True, confirmed=True)), 1)
        assert not bench.has_told(fault())()
        assert lacking <= set(bench.sent)
