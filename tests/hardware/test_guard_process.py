"""The guard as a real process, over real pseudo-terminals: whoever dies, the relays fall."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    AttachedBoard,
    BoardReady,
    Duty,
    FaultCode,
    GuardedRelays,
    Limits,
    RelayCause,
    RelayFault,
    RelayState,
)
from hardware.errors import BadSetting
from hardware.serial_line import SerialLine
from hardware.virtual_board import VirtualBoard, lcus_board

OWNER = """
import sys, time
from hardware import AttachedBoard, BoardReady, Duty, GuardedRelays, Limits
import queue
inbox = queue.SimpleQueue()
relays = GuardedRelays(Duty((AttachedBoard("lcus", sys.argv[1], 4),), Limits()), inbox.put)
while not isinstance(inbox.get(timeout=10), BoardReady):
    pass
relays.set(2, True)
while True:
    relays.beat()
    time.sleep(0.1)
"""


def _duty(board: VirtualBoard, **limits: Any) -> Duty:
    return _lcus(board.path, **limits)


def _lcus(path: Path, **limits: Any) -> Duty:
    return Duty((AttachedBoard("lcus", str(path), 4),), Limits(**limits))


def _ready(event: object) -> bool:
    return isinstance(event, BoardReady)


def _fault(code: FaultCode) -> Callable[[object], bool]:
    return lambda event: isinstance(event, RelayFault) and event.code is code


def _state(channel: int, on: bool, cause: RelayCause | None = None) -> Callable[[object], bool]:
    return lambda event: (
        isinstance(event, RelayState)
        and (event.channel, event.on) == (channel, on)
        and cause in (None, event.cause)
    )


@pytest.fixture
def owner(board: VirtualBoard, wait_until: Callable[..., None]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that has closed relay 2 and goes on beating."""
    house = str(Path(__file__).parents[2])
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(board.path)], env={**os.environ, "PYTHONPATH": house}
    )
    try:
        wait_until(lambda: board.on[1], 15)
        time.sleep(0.3)
        assert board.on[1]
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.wait()
        wait_until(lambda: _is_free(board), 10)


def _is_free(board: VirtualBoard) -> bool:
    try:
        SerialLine(str(board.path)).close()
    except OSError:
        return False
    except Exception:  # noqa: BLE001 - busy or gone: asked again
        return False
    return True


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM])
def test_an_owner_killed_or_stopped_loses_its_relays_within_two_seconds(
    owner: subprocess.Popen[bytes], board: VirtualBoard, wait_until: Callable[..., None], blow: signal.Signals
) -> None:
    """Measured by the board itself, from the blow to the relay's fall."""
    struck_at = datetime.now(UTC)
    owner.send_signal(blow)
    wait_until(lambda: not board.on[1], 5)
    fell_at = board.changes[-1].at
    assert (fell_at - struck_at).total_seconds() <= 2.0


def test_a_wedged_owner_loses_its_relays_and_may_command_them_anew(
    board: VirtualBoard, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """The heartbeat comes from the owner's own loop; when it comes back, nothing closes by itself."""
    with GuardedRelays(_duty(board, deadline_ms=300), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(1, True)
        inbox.wait_for(_state(1, True), meanwhile=relays.beat)
        fallen = inbox.wait_for(_state(1, False))
        assert fallen.cause is RelayCause.HEARTBEAT_LOST
        wait_until(lambda: not board.on[0])
        for _ in range(5):
            relays.beat()
            time.sleep(0.05)
        assert not board.on[0]
        relays.set(1, True)
        inbox.wait_for(_state(1, True), meanwhile=relays.beat)
        wait_until(lambda: board.on[0])


def test_a_dead_guard_is_replaced_within_a_second_and_opens_everything_first(
    board: VirtualBoard, inbox: Any
) -> None:
    """The board has no dead-man of its own: the new guard's first act is to open its relays."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(3, True)
        inbox.wait_for(_state(3, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGKILL)
        struck_at = datetime.now(UTC)
        inbox.wait_for(_fault(FaultCode.GUARD_GONE), meanwhile=relays.beat)
        lost = inbox.wait_for(_state(3, False), meanwhile=relays.beat)
        assert (lost.cause, lost.confirmed) == (RelayCause.GUARD_GONE, False)
        inbox.wait_for(_ready, meanwhile=relays.beat)
        assert not board.on[2]
        assert (board.changes[-1].at - struck_at).total_seconds() <= 1.0
        relays.set(3, True)
        inbox.wait_for(_state(3, True, RelayCause.COMMAND), meanwhile=relays.beat)


def test_a_stopped_guard_is_noticed_and_replaced(board: VirtualBoard, inbox: Any) -> None:
    """A guard that answers no heartbeat guards nothing."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(1, True)
        inbox.wait_for(_state(1, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGSTOP)
        inbox.wait_for(_fault(FaultCode.GUARD_GONE), meanwhile=relays.beat)
        inbox.wait_for(_ready, meanwhile=relays.beat)
        assert not board.on[0]


def test_a_relay_opens_when_it_was_closed_for_its_longest_time(board: VirtualBoard, inbox: Any) -> None:
    """The command's own limit, kept by the guard while the owner goes on beating."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(4, True, max_on_ms=400)
        closed = inbox.wait_for(_state(4, True), meanwhile=relays.beat)
        opened = inbox.wait_for(_state(4, False), meanwhile=relays.beat)
        assert opened.cause is RelayCause.MAX_ON_TIME
        assert 0.2 <= (opened.at - closed.at).total_seconds() <= 1.0


def test_a_missing_board_is_told_and_found_when_it_comes(tmp_path: Path, inbox: Any) -> None:
    """Until then a closing is refused in words; afterwards everything is opened first."""
    path = tmp_path / "board"
    with GuardedRelays(_lcus(path), inbox.put) as relays:
        fault = inbox.wait_for(_fault(FaultCode.PORT_MISSING))
        assert str(path) in fault.message
        relays.set(1, True)
        inbox.wait_for(_fault(FaultCode.NOT_READY), meanwhile=relays.beat)
        with lcus_board(path, channels=4) as board:
            inbox.wait_for(_ready, meanwhile=relays.beat)
            relays.set(1, True)
            inbox.wait_for(_state(1, True), meanwhile=relays.beat)
            relays.close()
            assert not any(board.on)


def test_an_unplugged_board_is_told_at_once_and_found_again(board: VirtualBoard, inbox: Any) -> None:
    """Its relays count as open from that moment, and stay open when it returns."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(2, True)
        inbox.wait_for(_state(2, True), meanwhile=relays.beat)
        board.unplug()
        began_s = time.monotonic()
        lost = inbox.wait_for(_state(2, False), meanwhile=relays.beat)
        assert lost.cause is RelayCause.BOARD_LOST
        assert time.monotonic() - began_s < 1.0
        board.plug_in()
        inbox.wait_for(_ready, meanwhile=relays.beat)
        assert not any(board.on)


def test_a_board_held_by_another_program_is_told_and_taken_when_free(board: VirtualBoard, inbox: Any) -> None:
    """A guard that is just ending gets some seconds before anybody is told."""
    with SerialLine(str(board.path)) as other:
        relays = GuardedRelays(_duty(board), inbox.put)
        fault = inbox.wait_for(lambda _: True)
        assert isinstance(fault, RelayFault)
        assert fault.code is FaultCode.PORT_BUSY
        other.close()
    inbox.wait_for(_ready)
    relays.close()


def test_a_guard_told_to_end_opens_everything_first(board: VirtualBoard, inbox: Any) -> None:
    """SIGTERM, as a service stop sends it."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(_ready)
        relays.set(1, True)
        inbox.wait_for(_state(1, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGTERM)
        opened = inbox.wait_for(_state(1, False), meanwhile=relays.beat)
        assert opened.cause is RelayCause.OWNER_GONE


def test_all_states_are_told_again_on_request(board: VirtualBoard, make_inbox: Any) -> None:
    """For whoever joins late."""
    inbox = make_inbox()
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(lambda event: isinstance(event, RelayState) and event.confirmed and event.channel == 4)
        inbox.drain()
        relays.tell_again()
        again = [inbox.wait_for(lambda event: isinstance(event, RelayState)) for _ in range(4)]
        assert [state.channel for state in again] == [1, 2, 3, 4]


@pytest.mark.parametrize("changed", [{"deadline_ms": 10}, {"deadline_ms": 60_000}, {"max_on_ms": 0}])
def test_limits_out_of_range_are_refused(changed: dict[str, int]) -> None:
    """Before any process is started."""
    with pytest.raises(BadSetting):
        Limits(**changed)  # type: ignore[arg-type] # mypy cannot see the keys


def test_a_guard_that_fails_inside_opens_everything_before_it_ends(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """A fault of ours is no reason for a village to be shouted at all night."""
    code = (
        "import sys; import hardware.guard.process as process; from hardware.guard.__main__ import main\n"
        "understood = process.decode_request\n"
        "def poisoned(line):\n"
        "    if b'boom' in line: raise RuntimeError('a fault of ours')\n"
        "    return understood(line)\n"
        "process.decode_request = poisoned\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    guard = subprocess.Popen(
        [sys.executable, "-c", code, "--duty", _duty(board).as_json()],
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    )
    assert guard.stdin is not None
    assert guard.stdout is not None
    while b'"ready"' not in guard.stdout.readline():
        pass
    guard.stdin.write(b'{"id": 1, "do": "set", "channel": 2, "on": true, "max_on_ms": null}\n')
    wait_until(lambda: board.on[1])
    guard.stdin.write(b"boom\n")
    _, complaint = guard.communicate(timeout=10)
    assert guard.returncode == 2
    assert b"a fault of ours" in complaint
    assert not any(board.on)
