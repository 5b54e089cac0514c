"""How soon relays fall, are found again and are told: the promised seconds, measured on a machine at rest."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, Duty, FaultCode, GuardedRelays, Limits, RelayCause, hold, read_relays
from hardware.errors import HardwareError, LinkError, PortBusy
from hardware.serial_line import SerialLine
from hardware.virtual_board import KINDS, Fault, VirtualBoard, virtual_board
from tests.hardware.board_ways import ANSWERING, WAYS
from tests.hardware.relay_events import fault, ready, state
from tests.standing_still import Witness

HOUSE = Path(__file__).parents[2]
SPEED = 9600
OWNER = """
import sys, time
from hardware import AttachedBoard, BoardReady, Duty, GuardedRelays, Limits
import queue
inbox = queue.SimpleQueue()
relays = GuardedRelays(Duty((AttachedBoard("lcus", sys.argv[1], 4),), Limits()), inbox.put)
while not isinstance(inbox.get(timeout=60), BoardReady):
    pass
relays.set(2, True)
while True:
    relays.beat()
    time.sleep(0.1)
"""
HOLDER = """
import sys
from hardware import AttachedBoard, Duty, Limits, hold
from tests.standing_still import Witness
hold(Duty((AttachedBoard("lcus", sys.argv[1], 4),), Limits(), 2), 2, None)
"""


def _duty(board: VirtualBoard) -> Duty:
    return Duty((AttachedBoard("lcus", str(board.path), 4),), Limits())


@pytest.fixture(params=[OWNER, HOLDER], ids=["owner", "relay by hand"])
def owner(
    request: pytest.FixtureRequest, board: VirtualBoard, wait_until: Callable[..., None]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that has closed relay 2 and goes on beating."""
    process = subprocess.Popen(
        [sys.executable, "-c", request.param, str(board.path)], env={**os.environ, "PYTHONPATH": str(HOUSE)}
    )
    try:
        wait_until(lambda: board.on[1])
        time.sleep(0.3)
        assert board.on[1]
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        wait_until(lambda: _is_free(board))


def _is_free(board: VirtualBoard) -> bool:
    try:
        SerialLine(str(board.path)).close()
    except LinkError:
        return False
    return True


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
def test_an_owner_killed_or_stopped_loses_its_relays_within_two_seconds(
    owner: subprocess.Popen[bytes],
    board: VirtualBoard,
    wait_until: Callable[..., None],
    machine: Witness,
    blow: signal.Signals,
) -> None:
    """Measured by the board itself, from the blow to the relay's fall."""
    struck_at = datetime.now(UTC)
    owner.send_signal(blow)
    wait_until(lambda: not board.on[1])
    fell_at = board.changes[-1].at
    assert machine.took_s(struck_at, fell_at) <= 2.0


def test_a_dead_guard_is_replaced_within_a_second_and_opens_everything_first(
    board: VirtualBoard, inbox: Any, wait_until: Callable[..., None], machine: Witness
) -> None:
    """The board has no dead-man of its own: the new guard's first act is to open its relays."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(3, True)
        inbox.wait_for(state(3, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGKILL)
        struck_at = datetime.now(UTC)
        inbox.wait_for(fault(FaultCode.GUARD_GONE), meanwhile=relays.beat)
        lost = inbox.wait_for(state(3, False), meanwhile=relays.beat)
        assert (lost.cause, lost.confirmed) == (RelayCause.GUARD_GONE, False)
        inbox.wait_for(ready, meanwhile=relays.beat)
        wait_until(lambda: not board.on[2])
        opened_at = board.changes[-1].at
        assert machine.took_s(struck_at, opened_at) <= 1.0
        relays.set(3, True)
        inbox.wait_for(state(3, True, RelayCause.COMMAND), meanwhile=relays.beat)


def test_a_relay_opens_when_it_was_closed_for_its_longest_time(
    board: VirtualBoard, inbox: Any, machine: Witness
) -> None:
    """The command's own limit, kept by the guard while the owner goes on beating."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(4, True, max_on_ms=400)
        closed = inbox.wait_for(state(4, True), meanwhile=relays.beat)
        opened = inbox.wait_for(state(4, False), meanwhile=relays.beat)
        assert opened.cause is RelayCause.MAX_ON_TIME
        assert machine.lasted_s(closed.at, opened.at).overlaps(0.2, 1.0)


def test_a_relay_is_held_by_hand_for_its_time_and_then_opened(board: VirtualBoard, machine: Witness) -> None:
    """By the board's own log, within half a second of what was asked."""
    held = hold(_duty(board), 2, 1.0)
    closed, opened = [change for change in board.changes if change.channel == 2]
    assert closed.on
    assert not opened.on
    assert machine.lasted_s(closed.at, opened.at).overlaps(0.9, 1.5)
    assert not held.ended_early
    told = [one.on for one in held.states if one.channel == 2]
    assert True in told
    assert told[-1] is False


def test_an_unplugged_board_is_told_within_a_second(
    board: VirtualBoard, inbox: Any, machine: Witness
) -> None:
    """Its relays count as open from that moment, and stay open when it returns."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(2, True)
        inbox.wait_for(state(2, True), meanwhile=relays.beat)
        board.unplug()
        unplugged_at = datetime.now(UTC)
        lost = inbox.wait_for(state(2, False), meanwhile=relays.beat)
        assert lost.cause is RelayCause.BOARD_LOST
        assert machine.took_s(unplugged_at) < 1.0
        board.plug_in()
        inbox.wait_for(ready, meanwhile=relays.beat)
        assert not any(board.on)


@pytest.mark.parametrize("kind", KINDS)
def test_a_board_unplugged_in_mid_command_is_told_at_once_and_comes_back_open(
    tmp_path: Path, inbox: Any, machine: Witness, kind: str
) -> None:
    """The command and the unplugging cross; the relay counts as open, and is, when the board returns."""
    with (
        virtual_board(kind, tmp_path / "board", channels=2) as board,
        GuardedRelays(Duty((AttachedBoard(kind, str(board.path), 2),), Limits()), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        relays.set(2, True)
        board.unplug()
        unplugged_at = datetime.now(UTC)
        inbox.wait_for(fault(FaultCode.LINE_BROKEN), meanwhile=relays.beat)
        assert machine.took_s(unplugged_at) < 1.5
        board.plug_in()
        inbox.wait_for(ready, meanwhile=relays.beat)
        assert not any(board.on)
        assert not any(one.on for one in relays.states().values())


def test_a_stopped_board_process_cannot_stop_the_guard(tmp_path: Path, inbox: Any) -> None:
    """The far end hangs: the guard goes on answering, and the other board goes on obeying."""
    with virtual_board("numato", tmp_path / "well", channels=2) as well:
        stuck = subprocess.Popen(
            [
                *(sys.executable, "-m", "hardware.virtual_board", "--board", "line"),
                *("--channels", "2", "--link", str(tmp_path / "stuck")),
            ],
            cwd=HOUSE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert stuck.stdout is not None
        assert "relays on" in stuck.stdout.readline()
        boards = (
            AttachedBoard("line", str(tmp_path / "stuck"), 2),
            AttachedBoard("numato", str(well.path), 2),
        )
        try:
            with GuardedRelays(Duty(boards, Limits()), inbox.put) as relays:
                inbox.wait_for(ready)
                inbox.wait_for(ready, meanwhile=relays.beat)
                pid = relays.guard_pid
                stuck.send_signal(signal.SIGSTOP)
                relays.set(1, True)
                relays.set(3, True)
                inbox.wait_for(state(3, True), meanwhile=relays.beat)
                began_s = time.monotonic()
                while time.monotonic() - began_s < 3:
                    relays.beat()
                    time.sleep(0.1)
                assert relays.guard_pid == pid, "the guard was taken for wedged"
                assert well.on == (True, False)
        finally:
            stuck.send_signal(signal.SIGCONT)
            stuck.terminate()
            stuck.communicate(timeout=60)


def test_a_board_that_stops_reading_cannot_hang_a_write(machine: Witness) -> None:
    """A full line ends in an error within the write's time limit."""
    master, slave = os.openpty()
    try:
        with SerialLine(os.ttyname(slave)) as line:
            began_at = datetime.now(UTC)
            with pytest.raises(LinkError):
                line.write(bytes(200_000))
            assert machine.took_s(began_at) < 2
            line.abandon()
    finally:
        os.close(master)
        os.close(slave)


def test_something_else_that_listens_is_told_within_a_second(machine: Witness) -> None:
    """It answers nothing: somebody else's port, or no port at all."""
    with socket.create_server(("127.0.0.1", 0)) as ears:
        began_at = datetime.now(UTC)
        with pytest.raises(PortBusy):
            SerialLine(f"rfc2217://127.0.0.1:{ears.getsockname()[1]}")
        assert machine.took_s(began_at) < 1.5


@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_at_the_pace_of_its_line_comes_in_time(tmp_path: Path, name: str) -> None:
    """Byte by byte, as it does at 9600 bits a second."""
    way = WAYS[name]
    with way.answering(tmp_path / "board") as board:
        board.speed = SPEED
        board.relays.switch(1, True)
        board.relays.switch(way.channels, True)
        assert read_relays(way.attached(board.path)).on == board.on


@pytest.mark.parametrize("kind_of_fault", [Fault.SILENT, Fault.LATE, Fault.HALF, Fault.GARBAGE])
@pytest.mark.parametrize("name", ANSWERING)
def test_an_answer_is_not_waited_for_longer_than_a_board_of_its_kind_may_take(
    tmp_path: Path, machine: Witness, name: str, kind_of_fault: Fault
) -> None:
    """Whatever comes instead of one."""
    way = WAYS[name]
    with way.answering(tmp_path / "board") as board:
        board.fault = kind_of_fault
        attached, began_at = way.attached(board.path), datetime.now(UTC)
        with pytest.raises(HardwareError):
            read_relays(attached)
        assert machine.took_s(began_at) < attached.board.answer_timeout_ms / 1000 + 0.5
