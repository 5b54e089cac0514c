"""One relay by hand: held for a time, and open afterwards, whatever happens."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, Duty, Limits, hold, read_relays
from hardware.errors import BoardGarbled, BoardSilent, BoardUnreachable, NoSuchChannel, PortMissing
from hardware.ports import RelayCause
from hardware.serial_line import SerialLine
from hardware.system_clock import SystemClock
from hardware.virtual_board import Fault, ReadBackForm, VirtualBoard, lcus_board
from tests.hardware.conftest import PATIENCE_S, Unhurried

HOLDER = """
import sys
from hardware import AttachedBoard, Duty, Limits, hold
held = hold(Duty((AttachedBoard("lcus", sys.argv[1], 4),), Limits(), 2), 1, None)
print("ended early" if held.ended_early else "ended", flush=True)
"""


def _lcus(path: Path) -> AttachedBoard:
    return AttachedBoard("lcus", str(path), 4)


def _duty(board: VirtualBoard) -> Duty:
    return Duty((_lcus(board.path),), Limits())


class Dawdling(SystemClock):
    """The clock of a process that is held up: by it, a tenth of the time has passed."""

    def monotonic(self) -> float:
        return super().monotonic() / 10


def test_what_the_guard_opens_for_who_was_held_up_did_not_end_early(board: VirtualBoard) -> None:
    """The relay was closed for the whole of its time, and the guard's own limit lies behind that."""
    held = hold(_duty(board), 2, 0.5, clock=Dawdling())
    assert RelayCause.MAX_ON_TIME in {state.cause for state in held.states if state.channel == 2}
    assert not held.ended_early
    assert [change.on for change in board.changes if change.channel == 2] == [True, False]


def test_holding_ends_when_told(board: VirtualBoard, wait_until: Callable[..., None]) -> None:
    """For a caller with a stop of its own."""
    stop, done = threading.Event(), []
    holder = threading.Thread(target=lambda: done.append(hold(_duty(board), 1, None, stop=stop)))
    holder.start()
    wait_until(lambda: board.on[0])
    stop.set()
    holder.join(PATIENCE_S)
    assert done[0].ended_early
    wait_until(lambda: not board.on[0])


@pytest.fixture
def holder(board: VirtualBoard, wait_until: Callable[..., None]) -> Any:
    """A process that holds relay 1 until it is ended."""
    house = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(board.path)],
        env={"PYTHONPATH": house, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
    )
    wait_until(lambda: board.on[0])
    yield process
    process.kill()
    process.communicate(timeout=PATIENCE_S)


def test_ctrl_c_opens_the_relay_and_says_so(
    holder: subprocess.Popen[bytes], board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The command ends in order, with its answer."""
    holder.send_signal(signal.SIGINT)
    output, _ = holder.communicate(timeout=PATIENCE_S)
    assert output == b"ended early\n"
    wait_until(lambda: not board.on[0])


@pytest.mark.parametrize("form", [ReadBackForm.TEXT, ReadBackForm.RAW])
def test_reading_switches_nothing(
    tmp_path: Path, wait_until: Callable[..., None], form: ReadBackForm
) -> None:
    """Only the query goes out."""
    with lcus_board(tmp_path / "board", channels=4, form=form) as board:
        with SerialLine(str(board.path)) as line:
            line.write(b"\xa0\x03\x01\xa4")
            wait_until(lambda: board.on[2])
        assert read_relays(_lcus(board.path), clock=Unhurried()).on == (False, False, True, False)
        assert len(board.changes) == 1


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.SILENT, BoardSilent), (Fault.GARBAGE, BoardGarbled), (Fault.HALF, BoardGarbled)],
)
def test_a_board_that_cannot_be_read_says_which_way(
    tmp_path: Path, fault: Fault, error: type[Exception]
) -> None:
    """Silent and garbled are different news for whoever wires it."""
    with (
        lcus_board(tmp_path / "board", channels=4, fault=fault) as board,
        pytest.raises(error, match=str(board.path)),
    ):
        read_relays(_lcus(board.path), clock=Unhurried())


def test_a_missing_port_ends_the_command_with_one_clear_line(tmp_path: Path) -> None:
    """Nothing is waited for that is not there."""
    nowhere = _lcus(tmp_path / "nowhere")
    with pytest.raises(BoardUnreachable, match="does not exist"):
        hold(Duty((nowhere,), Limits()), 1, 1.0)
    with pytest.raises(PortMissing):
        read_relays(nowhere)


def test_a_channel_the_board_lacks_is_refused(board: VirtualBoard) -> None:
    """And nothing is left closed."""
    with pytest.raises(NoSuchChannel):
        hold(_duty(board), 7, 1.0)
    assert not any(board.on)
