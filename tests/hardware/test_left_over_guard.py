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
from hardware.guard.left_over import as_owner, end_left_over
from hardware.serial_line import SerialLine
from hardware.virtual_board import VirtualBoard
from tests.hardware.conftest import Unhurried
from tests.hardware.relay_events import PATIENT, fault, ready

HOUSE = Path(__file__).parents[2]
OWNER = """
import queue, sys, time
from hardware import BoardReady, GuardedRelays
from hardware.guard.duty import read_duty
inbox = queue.SimpleQueue()
relays = GuardedRelays(read_duty(sys.argv[1]), inbox.put)
while not isinstance(inbox.get(), BoardReady):
    pass
relays.set(1, True)
print(relays.guard_pid, flush=True)
while True:
    relays.beat()
    time.sleep(0.1)
"""
CLOSES_THE_FIRST = b'{"id": 1, "do": "set", "channel": 1, "on": true, "max_on_ms": null}\n'


def _duty(board: VirtualBoard) -> Duty:
    return Duty((AttachedBoard("lcus", str(board.path), 4),), PATIENT)


def _is_gone(pid: int) -> Callable[[], bool]:
    return lambda: not Path(f"/proc/{pid}").exists()


@pytest.fixture
def left_over(board: VirtualBoard, wait_until: Callable[..., None]) -> Iterator[int]:
    """A guard that stands still, with a relay closed, whose owner was killed."""
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, _duty(board).as_json()],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert owner.stdout is not None
    guard = int(owner.stdout.readline())
    wait_until(lambda: board.on[0])
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


def test_relay_off_ends_it_too(board: VirtualBoard, left_over: int, wait_until: Callable[..., None]) -> None:
    """By hand, or as the service's last command: every relay opens."""
    open_all(_duty(board), clock=Unhurried(2))
    wait_until(lambda: not any(board.on))
    wait_until(_is_gone(left_over))


@contextmanager
def _guard(board: VirtualBoard, owner: str, wait_until: Callable[..., None]) -> Iterator[int]:
    """A guard of this owner that stands still while it holds the port."""
    guard = subprocess.Popen(
        [sys.executable, "-m", "hardware.guard", "--duty", _duty(board).as_json(), "--owner", owner],
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
        assert not end_left_over(pid)
        assert not _is_gone(pid)()


def test_an_owner_is_gone_whose_number_another_process_got(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The number alone proves nothing: that process began at another instant."""
    with _guard(board, f"{os.getpid()}:1", wait_until) as pid:
        assert end_left_over(pid)


def test_nothing_that_is_no_guard_is_ended(board: VirtualBoard) -> None:
    """Whatever its name; nor a guard that was started by hand, without an owner."""
    long = "import time, sys; time.sleep(600)"
    for words in (["-c", long, "hardware.guard"], ["-c", long, "-m", "hardware.guard", "--owner", "1:1"]):
        other = subprocess.Popen([sys.executable, *words])
        try:
            assert not end_left_over(other.pid)
        finally:
            other.kill()
            other.wait()


def test_who_holds_a_port_is_told_by_its_number(board: VirtualBoard) -> None:
    """Also to who opens it without a guard."""
    mine = os.getpid()
    with SerialLine(str(board.path)), pytest.raises(PortBusy, match=rf"held by process {mine} \(") as told:
        SerialLine(str(board.path))
    assert told.value.holder_pid == mine
