"""Guards whose owner has gone, or not, and that hold the port which the next guard is to drive."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, Duty, FaultCode, GuardedRelays, open_all
from hardware.errors import PortBusy
from hardware.guard.left_over import as_owner, drives_left_over, may_signal, send_to_left_over
from hardware.serial_line import SerialLine
from hardware.virtual_board import FIRMWARE, VirtualBoard
from tests.hardware.conftest import Unhurried
from tests.hardware.relay_events import PATIENT, fault, ready

HOUSE = Path(__file__).parents[2]
OWNER = """
import queue, sys, time
from hardware import BoardReady, GuardedRelays
from hardware.guard.duty import read_duty
inbox = queue.SimpleQueue()
duty = read_duty(sys.argv[1])
relays = GuardedRelays(duty, inbox.put)
waits_for = len(duty.boards)
while waits_for:
    waits_for -= isinstance(inbox.get(), BoardReady)
for first in range(1, duty.channels, 4):
    relays.set(first, True)
print(relays.guard_pid, flush=True)
while True:
    relays.beat()
    time.sleep(0.1)
"""
CLOSES_THE_FIRST = b'{"id": 1, "do": "set", "channel": 1, "on": true, "max_on_ms": null}\n'


def _duty(*boards: VirtualBoard) -> Duty:
    return Duty(tuple(AttachedBoard("lcus", str(board.path), 4) for board in boards), PATIENT)


def _is_gone(pid: int) -> Callable[[], bool]:
    return lambda: not Path(f"/proc/{pid}").exists()


@pytest.fixture
def other_board(tmp_path: Path) -> Iterator[VirtualBoard]:
    """A second one."""
    with VirtualBoard(tmp_path / "other", FIRMWARE["lcus"](), channels=4) as other:
        yield other


@pytest.fixture
def left_over(
    board: VirtualBoard, other_board: VirtualBoard, wait_until: Callable[..., None]
) -> Iterator[int]:
    """A guard of two boards that stands still, with a relay of each closed, whose owner was killed."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, _duty(board, other_board).as_json()],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    guard = int(owner.stdout.readline())
    wait_until(lambda: board.on[0] and other_board.on[0])
    os.kill(guard, signal.SIGSTOP)
    owner.kill()
    owner.wait()
    yield guard
    owner.stdout.close()
    if not _is_gone(guard)():
        os.kill(guard, signal.SIGKILL)


def test_a_guard_that_stands_still_without_its_owner_is_named_and_ended(
    board: VirtualBoard, left_over: int, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """It would keep its port for ever, and its relay closed: an agent that starts anew takes it over."""
    with GuardedRelays(_duty(board), inbox.put):
        told = inbox.wait_for(fault())
        assert told.code is FaultCode.PORT_BUSY
        assert f"process {left_over}, a relay guard whose owner has gone" in told.message
        inbox.wait_for(ready)
        wait_until(lambda: not any(board.on))
        wait_until(_is_gone(left_over))


def test_relay_off_ends_it_too_and_it_opens_the_boards_that_nobody_else_names(
    board: VirtualBoard, other_board: VirtualBoard, left_over: int, wait_until: Callable[..., None]
) -> None:
    """By hand, for one board, or as the service's last command once the settings name the other no more."""
    told = open_all(_duty(board), clock=Unhurried(2)).faults
    assert any("it is woken to open the relays of all its boards and end" in one.message for one in told)
    wait_until(lambda: not any(board.on))
    wait_until(lambda: not any(other_board.on))
    wait_until(_is_gone(left_over))


@contextmanager
def _guard(
    board: VirtualBoard, owner: str, wait_until: Callable[..., None], *others: VirtualBoard
) -> Iterator[int]:
    """A guard of this owner that stands still while it holds the port."""
    guard = subprocess.Popen(
        [sys.executable, "-m", "hardware.guard", "--duty", _duty(board, *others).as_json(), "--owner", owner],
        env={"PYTHONPATH": str(HOUSE)},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        bufsize=0,
    )
    assert guard.stdin is not None
    guard.stdin.write(CLOSES_THE_FIRST)
    try:
        wait_until(lambda: board.taken_bytes > 0)
        guard.send_signal(signal.SIGSTOP)
        yield guard.pid
    finally:
        guard.kill()
        guard.communicate()


def test_a_guard_whose_owner_lives_is_named_and_left_alone(
    board: VirtualBoard, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """That agent will end it itself; who holds the port is told by its number."""
    with _guard(board, as_owner(os.getpid()), wait_until) as pid:
        with GuardedRelays(_duty(board), inbox.put):
            told = inbox.wait_for(fault())
        assert told.code is FaultCode.PORT_BUSY
        assert f"is held by process {pid} (" in told.message
        assert send_to_left_over(pid, signal.SIGKILL) is None
        assert not _is_gone(pid)()


def test_an_owner_is_gone_whose_number_another_process_got(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The number alone proves nothing: that process began at another instant."""
    with _guard(board, f"{os.getpid()}:1", wait_until) as pid:
        assert send_to_left_over(pid, signal.SIGKILL) == (str(board.path),)


def test_one_that_does_not_end_once_it_is_woken_is_killed_and_its_other_boards_are_named(
    board: VirtualBoard, other_board: VirtualBoard, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """Somebody keeps its pipe open: it keeps its ports. Nobody else may look after the other board."""
    with (
        _guard(board, f"{os.getpid()}:1", wait_until, other_board) as pid,
        GuardedRelays(_duty(board), inbox.put),
    ):
        assert "it is woken" in inbox.wait_for(fault(FaultCode.PORT_BUSY)).message
        told = inbox.wait_for(fault(FaultCode.PORT_BUSY)).message
        assert f"process {pid}, a relay guard whose owner has gone" in told
        assert f"is killed; relays on {other_board.path} may still be closed" in told
        inbox.wait_for(ready)


def _as_seen_in(where: Path, counts_processes_in: str) -> Path:
    """What the kernel tells of a guard whose owner does not exist here."""
    words = ["python", "-m", "hardware.guard", "--duty", '{"boards": [{"port": "A"}]}', "--owner", "0:1"]
    (where / "ns").mkdir(parents=True)
    (where / "ns/pid").symlink_to(counts_processes_in)
    (where / "cmdline").write_bytes("\0".join([*words, ""]).encode())
    return where


def test_a_guard_in_a_container_is_not_left_over(tmp_path: Path) -> None:
    """Its owner lives there under another number than here."""
    here = os.readlink("/proc/self/ns/pid")  # noqa: PTH115 - it is no path
    assert drives_left_over(_as_seen_in(tmp_path / "here", here)) == ("A",)
    assert drives_left_over(_as_seen_in(tmp_path / "there", "pid:[1]")) is None


@pytest.mark.parametrize(
    ("owned_by", "me", "may"), [(1000, 1000, True), (1000, 0, True), (1000, 1001, False), (0, 1000, False)]
)
def test_root_ends_what_the_user_of_the_service_left_over(owned_by: int, me: int, may: bool) -> None:
    """`sudo station-agent relay off`; any other user leaves the guards of others alone."""
    assert may_signal(owned_by, me) is may


def test_nothing_that_is_no_guard_is_ended(board: VirtualBoard) -> None:
    """Whatever its name; nor a guard that was started by hand, without an owner."""
    long = "import time, sys; time.sleep(600)"
    for words in (["-c", long, "hardware.guard"], ["-c", long, "-m", "hardware.guard", "--owner", "1:1"]):
        other = subprocess.Popen([sys.executable, *words])
        try:
            assert send_to_left_over(other.pid, signal.SIGKILL) is None
        finally:
            other.kill()
            other.wait()


def test_who_holds_a_port_is_told_by_its_number(board: VirtualBoard) -> None:
    """Also to who opens it without a guard."""
    mine = os.getpid()
    with SerialLine(str(board.path)), pytest.raises(PortBusy, match=rf"held by process {mine} \(") as told:
        SerialLine(str(board.path))
    assert told.value.holder_pid == mine
