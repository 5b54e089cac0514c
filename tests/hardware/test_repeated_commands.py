"""Commands to close that were lost on the way: how often they are repeated, and when they are read back."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, BoardReady, FaultCode, RelayFault, RelayState
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.conversation import CHECK_EVERY_S
from hardware.ports import RelayCause
from hardware.serial_line import SerialLine
from hardware.virtual_board import KINDS, Fault, VirtualBoard, virtual_board

CHANNELS = 2
ANSWERING = [kind for kind in KINDS if kind != "line"]


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_repeated_command_to_close_is_read_back_at_once(
    tmp_path: Path, inbox: Any, clock: Any, kind: str
) -> None:
    """Not at the next look at the board: until then a relay would be closed that counts as open."""
    with virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board:
        assert isinstance(board, VirtualBoard)
        repaired_s: list[float] = []

        def told(event: object) -> None:
            if _disagrees(event):
                board.fault = None  # before the command is repeated
                repaired_s.append(clock.passed_s)
            inbox.put(event)

        link = BoardLink(
            AttachedBoard(kind, str(board.path), CHANNELS), 1, clock, LinkNews(told, _ignored, _ignored)
        )
        inbox.wait_for(_ready, meanwhile=_passing(clock, link))
        link.want(1, True, RelayCause.COMMAND)
        inbox.wait_for(_disagrees, meanwhile=_passing(clock, link))
        inbox.wait_for(_closed, within_s=15, meanwhile=_passing(clock, link))
        assert board.on == (True, False)
        assert clock.passed_s - repaired_s[0] < CHECK_EVERY_S / 2
        link.close()


@pytest.mark.parametrize("kind", ANSWERING)
def test_asking_and_repeating_do_not_chase_each_other(
    tmp_path: Path, inbox: Any, clock: Any, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relay that never closes is commanded again as often as the board is looked at, and no more."""
    sent: list[object] = []
    sends = SerialLine.send

    def noted(line: SerialLine, command: Any) -> None:
        sent.append(command)
        sends(line, command)

    monkeypatch.setattr(SerialLine, "send", noted)
    with virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board:
        attached = AttachedBoard(kind, str(board.path), CHANNELS)
        link = BoardLink(attached, 1, clock, LinkNews(inbox.put, _ignored, _ignored))
        passing = _passing(clock, link)
        inbox.wait_for(_ready, meanwhile=passing)
        link.want(1, True, RelayCause.COMMAND)
        began_s = clock.passed_s
        while clock.passed_s - began_s < 2.5 * CHECK_EVERY_S:
            passing()
            time.sleep(0.02)
        link.close()
    assert sent.count(attached.codec().encode_set(1, True)) in {3, 4}


def _passing(clock: Any, link: BoardLink) -> Callable[[], None]:
    """Some time passes, slower than the real one: the board always has time to answer."""

    def passing() -> None:
        clock.advance(0.02)
        link.tick()

    return passing


def _ignored(_channels: frozenset[int]) -> None:
    """Nobody asks which relays."""


def _ready(event: object) -> bool:
    return isinstance(event, BoardReady)


def _disagrees(event: object) -> bool:
    return isinstance(event, RelayFault) and event.code is FaultCode.BOARD_DISAGREES


def _closed(event: object) -> bool:
    return isinstance(event, RelayState) and event.on and event.confirmed
