"""Every codec with its board over a real serial path: whole, slow, half, late, garbled, not at all."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from hardware import read_relays
from hardware.errors import BoardGarbled, BoardSilent
from hardware.serial_line import SerialLine
from hardware.system_clock import SystemClock
from hardware.virtual_board import Fault, VirtualBoard
from tests.hardware.board_ways import ANSWERING, WAYS, Way
from tests.hardware.conftest import Unhurried

SPEED = 9600
LOOKS = 3


class OverOnceTold(SystemClock):
    """Time stands still until the board has said something and was listened to, and is over then."""

    def __init__(self, board: VirtualBoard) -> None:
        self._board, self._looks = board, 0

    def monotonic(self) -> float:
        self._looks += self._board.told_bytes > 0
        return 0.0 if self._looks <= LOOKS else 1000.0


class OverAtOnce(SystemClock):
    """Whatever may come comes too late."""

    def __init__(self, _board: VirtualBoard) -> None:
        self._looks = 0

    def monotonic(self) -> float:
        self._looks += 1
        return 1000.0 * self._looks


def _close(way: Way, board: VirtualBoard, wait_until: Callable[..., None], *channels: int) -> None:
    """Command these relays closed, each when the board has moved the one before and said so."""
    attached = way.attached(board.path)
    codec = attached.codec()
    with SerialLine(str(board.path), attached.speed, codec.raised_at_rest) as line:
        for channel in channels:
            order = codec.encode_set(channel, True)
            line.send(order)
            _wait_for(line, way.echo(order), wait_until)
            wait_until(partial(_is_closed, board, channel))


def _is_closed(board: VirtualBoard, channel: int) -> bool:
    return board.on[channel - 1]


def _wait_for(line: SerialLine, answer: bytes, wait_until: Callable[..., None]) -> None:
    heard = bytearray()

    def whole() -> bool:
        heard.extend(line.read_waiting())
        return len(heard) >= len(answer)

    wait_until(whole)
    assert heard == answer


@pytest.mark.parametrize("name", ANSWERING)
def test_a_board_is_switched_and_read_back_at_the_pace_of_its_line(
    tmp_path: Path, wait_until: Callable[..., None], name: str
) -> None:
    """Its answer comes byte by byte, as it does at 9600 bits a second, and is understood."""
    way = WAYS[name]
    with way.answering(tmp_path / "board") as board:
        board.speed = SPEED
        _close(way, board, wait_until, 1, way.channels)
        assert read_relays(way.attached(board.path), clock=Unhurried()).on == board.on
        assert sum(board.on) == 2
        assert (board.on[0], board.on[-1]) == (True, True)


@pytest.mark.parametrize(
    ("fault", "error", "clock"),
    [
        (Fault.SILENT, BoardSilent, OverAtOnce),
        (Fault.LATE, BoardSilent, OverAtOnce),
        (Fault.HALF, BoardGarbled, OverOnceTold),
        (Fault.GARBAGE, BoardGarbled, OverOnceTold),
    ],
)
@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_that_is_late_half_garbled_or_missing_is_one_clear_error_and_no_reading(
    tmp_path: Path,
    wait_until: Callable[..., None],
    name: str,
    fault: Fault,
    error: type[Exception],
    clock: Callable[[VirtualBoard], SystemClock],
) -> None:
    """And once it answers well, it is read as ever: a late answer is not taken for the next one."""
    way = WAYS[name]
    with way.answering(tmp_path / "board") as board:
        board.relays.switch(1, True)
        board.fault = fault
        attached = way.attached(board.path)
        with pytest.raises(error, match=str(board.path)):
            read_relays(attached, clock=clock(board))
        wait_until(lambda: board.taken_bytes == len(attached.codec().encode_query()))
        if fault is Fault.LATE:
            wait_until(lambda: board.told_bytes)
        board.fault = None
        assert read_relays(attached, clock=Unhurried()).on == board.on


def test_where_nobody_can_be_asked_nothing_is_sent(tmp_path: Path) -> None:
    """A silent kind and a wire: the port of the wire is not even opened, for that might switch it."""
    for name, way in WAYS.items():
        if not way.answers:
            with way.plugged(tmp_path / "board") as board, pytest.raises(BoardSilent):
                read_relays(way.attached(board.path))
            assert board.changes == (), name
