"""Every codec with its board over a real serial path: whole, slow, half, late, garbled, not at all."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware import read_relays
from hardware.errors import BoardGarbled, BoardSilent
from hardware.serial_line import SerialLine
from hardware.virtual_board import Fault, VirtualBoard
from tests.hardware.board_ways import WAYS, Way

ANSWERING = [name for name, way in WAYS.items() if way.answers]
SPEED = 9600


def _closes(way: Way, path: Path, *channels: int) -> None:
    """Command these relays closed, as slowly as the board wants it."""
    attached = way.attached(path)
    codec = attached.codec()
    with SerialLine(str(path), attached.speed, codec.raised_at_rest) as line:
        for channel in channels:
            line.send(codec.encode_set(channel, True))
            time.sleep(codec.settle_ms / 1000)
        quiet_since_s = time.monotonic()
        while time.monotonic() < quiet_since_s + 0.15:  # echoes: on a busy machine the board may be slow
            quiet_since_s = time.monotonic() if line.read_waiting() else quiet_since_s
            time.sleep(0.01)


def _virtual(way: Way, path: Path) -> VirtualBoard:
    board = way.plugged(path)
    assert isinstance(board, VirtualBoard)
    return board


@pytest.mark.parametrize("name", ANSWERING)
def test_a_board_is_switched_and_read_back_at_the_pace_of_its_line(
    tmp_path: Path, wait_until: Callable[..., None], name: str
) -> None:
    """Its answer comes byte by byte, as it does at 9600 bits a second, and is understood in time."""
    way = WAYS[name]
    with _virtual(way, tmp_path / "board") as board:
        board.speed = SPEED
        _closes(way, board.path, 1, way.channels)
        wait_until(lambda: board.on[0] and board.on[-1], 1)
        assert read_relays(way.attached(board.path)).on == board.on
        assert sum(board.on) == 2


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.SILENT, BoardSilent),
        (Fault.LATE, BoardSilent),
        (Fault.HALF, BoardGarbled),
        (Fault.GARBAGE, BoardGarbled),
    ],
)
@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_that_is_late_half_garbled_or_missing_is_one_clear_error_and_no_reading(
    tmp_path: Path, name: str, fault: Fault, error: type[Exception]
) -> None:
    """Within the time a board of its kind may take; and once it answers well, it is read as ever."""
    way = WAYS[name]
    with _virtual(way, tmp_path / "board") as board:
        board.relays.switch(1, True)
        board.fault = fault
        attached = way.attached(board.path)
        began_s = time.monotonic()
        with pytest.raises(error, match=str(board.path)):
            read_relays(attached)
        assert time.monotonic() - began_s < attached.board.answer_timeout_ms / 1000 + 0.5
        board.fault = None
        time.sleep(
            1.0 if fault is Fault.LATE else 0.0
        )  # the late answer comes, and is not taken for the next
        assert read_relays(attached).on == board.on


def test_where_nobody_can_be_asked_nothing_is_sent(tmp_path: Path) -> None:
    """A silent kind and a wire: the port of the wire is not even opened, for that might switch it."""
    for name, way in WAYS.items():
        if not way.answers:
            with way.plugged(tmp_path / "board") as board, pytest.raises(BoardSilent):
                read_relays(way.attached(board.path))
            assert board.changes == (), name
