"""One relay by hand: held for a time, and open afterwards, whatever happens."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, Duty, Limits, hold, read_relays
from hardware.errors import BoardGarbled, BoardSilent, BoardUnreachable, NoSuchChannel, PortMissing
from hardware.serial_line import SerialLine
from hardware.virtual_board import Fault, ReadBackForm, VirtualBoard, lcus_board

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


def test_a_relay_is_held_for_its_time_and_then_opened(board: VirtualBoard) -> None:
    """By the board's own log, within half a second of what was asked."""
    held = hold(_duty(board), 2, 1.0)
    closed, opened = [change for change in board.changes if change.channel == 2]
    assert closed.on
    assert not opened.on
    assert 0.9 <= (opened.at - closed.at).total_seconds() <= 1.5
    assert not held.ended_early
    told = [state.on for state in held.states if state.channel == 2]
    assert True in told
    assert told[-1] is False


def test_holding_ends_when_told(board: VirtualBoard, wait_until: Callable[..., None]) -> None:
    """For a caller with a stop of its own."""
    stop, done = threading.Event(), []
    holder = threading.Thread(target=lambda: done.append(hold(_duty(board), 1, None, stop=stop)))
    holder.start()
    wait_until(lambda: board.on[0], 10)
    stop.set()
    holder.join(10)
    assert done[0].ended_early
    assert not board.on[0]


@pytest.fixture
def holder(board: VirtualBoard, wait_until: Callable[..., None]) -> Any:
    """A process that holds relay 1 until it is ended."""
    house = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(board.path)],
        env={"PYTHONPATH": house, "PATH": "/usr/bin:/bin"},
        stdout=subprocess.PIPE,
    )
    wait_until(lambda: board.on[0], 15)
    yield process
    process.kill()
    process.communicate(timeout=10)


def test_ctrl_c_opens_the_relay_and_says_so(
    holder: subprocess.Popen[bytes], board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The command ends in order, with its answer."""
    holder.send_signal(signal.SIGINT)
    output, _ = holder.communicate(timeout=10)
    assert output == b"ended early\n"
    assert not board.on[0]


def test_killed_outright_the_relay_still_opens(
    holder: subprocess.Popen[bytes], board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The guard sees the end of its pipe."""
    struck_at = datetime.now(UTC)
    holder.kill()
    wait_until(lambda: not board.on[0], 5)
    assert (board.changes[-1].at - struck_at).total_seconds() <= 2.0


@pytest.mark.parametrize("form", [ReadBackForm.TEXT, ReadBackForm.RAW])
def test_reading_switches_nothing(tmp_path: Path, form: ReadBackForm) -> None:
    """Only the query goes out."""
    with lcus_board(tmp_path / "board", channels=4, form=form) as board:
        with SerialLine(str(board.path)) as line:
            line.write(b"\xa0\x03\x01\xa4")
            time.sleep(0.1)
        assert read_relays(_lcus(board.path)).on == (False, False, True, False)
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
        read_relays(_lcus(board.path))


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
