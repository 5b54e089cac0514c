"""Every relay opened by hand, on all boards at once."""

import os
import subprocess
import sys
import tty
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hardware import AttachedBoard, Duty, Limits, open_all
from hardware.errors import BoardUnreachable
from hardware.serial_line import SerialLine
from hardware.system_clock import SystemClock
from hardware.virtual_board import Fault, VirtualBoard, lcus_board, virtual_board
from tests.hardware.conftest import Unhurried

HOUSE = Path(__file__).parents[2]


def _lcus(path: Path) -> AttachedBoard:
    return AttachedBoard("lcus", str(path), 4)


@pytest.fixture
def hung_port() -> Iterator[str]:
    """A port whose other end takes nothing any more: every write to it stands still."""
    ends = os.openpty()
    tty.setraw(ends[1])
    os.set_blocking(ends[1], False)
    try:
        while os.write(ends[1], bytes(1024)):
            pass
    except BlockingIOError:
        pass
    os.set_blocking(ends[1], True)
    yield os.ttyname(ends[1])
    for end in ends:
        os.close(end)


def test_opening_all_opens_what_somebody_left_closed(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """A relay closed by another program before."""
    with SerialLine(str(board.path)) as line:
        line.write(b"\xa0\x03\x01\xa4")
        wait_until(lambda: board.on[2])
    opened = open_all(Duty((_lcus(board.path),), Limits()), clock=Unhurried(4))
    assert not any(board.on)
    assert not opened.faults
    assert {state.channel for state in opened.states if state.confirmed} == {1, 2, 3, 4}


def test_relays_are_counted_through_the_boards(board: VirtualBoard, tmp_path: Path) -> None:
    """As everywhere else: the second board's first relay follows the first one's last."""
    with virtual_board("kmtronic", tmp_path / "second", channels=2) as second:
        two = (_lcus(board.path), AttachedBoard("kmtronic", str(second.path), 2))
        opened = open_all(Duty(two, Limits()), clock=Unhurried(4))
    assert {state.channel for state in opened.states if state.confirmed} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("first", [True, False])
def test_a_board_that_hangs_keeps_no_other_closed(
    board: VirtualBoard, hung_port: str, wait_until: Callable[..., None], first: bool
) -> None:
    """Whichever comes first in the settings; the one that hangs is named."""
    board.relays.switch(3, True)
    hung = AttachedBoard("kmtronic", hung_port, 8)
    boards = (hung, _lcus(board.path)) if first else (_lcus(board.path), hung)
    with pytest.raises(BoardUnreachable, match=f"{hung_port} broke off"):
        open_all(Duty(boards, Limits()))
    wait_until(lambda: not any(board.on))


def test_a_board_that_never_answers_is_opened_all_the_same(
    tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """And is not waited for longer than for any other: nothing of it counts as confirmed."""
    with lcus_board(tmp_path / "silent", channels=4, fault=Fault.SILENT) as silent:
        silent.relays.switch(2, True)
        opened = open_all(Duty((_lcus(silent.path),), Limits()))
        wait_until(lambda: not any(silent.on))
    assert not [state for state in opened.states if state.confirmed]


def test_a_relay_that_reads_back_closed_is_named_and_the_other_boards_are_opened(
    board: VirtualBoard, tmp_path: Path
) -> None:
    """Commanded open is not open: the board's own word goes before."""
    board.relays.switch(1, True)
    board.relays.switch(2, True)
    board.fault = Fault.DEAF
    with virtual_board("kmtronic", tmp_path / "second", channels=2) as second:
        second.relays.switch(1, True)
        two = (AttachedBoard("kmtronic", str(second.path), 2), _lcus(board.path))
        with pytest.raises(BoardUnreachable, match=f"^{board.path}: relay 1, 2 reads back closed"):
            open_all(Duty(two, Limits()), clock=Unhurried(4))
        assert not any(second.on)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.GARBAGE])
def test_a_board_that_must_answer_and_does_not_is_named(tmp_path: Path, fault: Fault) -> None:
    """Every board of its kind answers: nobody knows whether this one took the command."""
    with virtual_board("modbus-rtu", tmp_path / "mute", channels=4, fault=fault) as mute:
        attached = AttachedBoard("modbus-rtu", str(mute.path), 4)
        with pytest.raises(BoardUnreachable, match=str(mute.path)):
            open_all(Duty((attached,), Limits()))


def test_a_board_that_must_answer_and_does_is_open(tmp_path: Path) -> None:
    """Each of its relays counts as read back."""
    with virtual_board("modbus-rtu", tmp_path / "well", channels=8) as well:
        well.relays.switch(5, True)
        duty = Duty((AttachedBoard("modbus-rtu", str(well.path), 8),), Limits())
        opened = open_all(duty, clock=Unhurried(4))
        assert not any(well.on)
    assert {state.channel for state in opened.states if state.confirmed} == set(range(1, 9))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_opening_that_breaks_off_unforeseen_is_no_success(board: VirtualBoard) -> None:
    """Whatever ended its thread: the board is named."""

    class Stopped(SystemClock):
        def monotonic(self) -> float:
            raise OSError("no clock")

    with pytest.raises(BoardUnreachable, match=f"{board.path}: opening its relays broke off"):
        open_all(Duty((_lcus(board.path),), Limits()), clock=Stopped())


def test_the_units_last_command_loads_nothing_that_it_does_not_need() -> None:
    """Neither plans and their signatures nor the log nor sound: relays are closed until it has begun."""
    needless = ("schedules.wire.plan", "securesystemslib", "structlog", "rich", "vlc", "httpx", "apscheduler")
    program = (
        "import sys, station_agent.cli, station_agent.config\n"
        f"print(*[name for name in {needless!r} if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=HOUSE, capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == []
