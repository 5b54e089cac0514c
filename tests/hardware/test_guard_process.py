"""The guard as a real process, over real pseudo-terminals: whoever dies, the relays fall."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    AttachedBoard,
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
from tests.hardware.conftest import PATIENCE_S
from tests.hardware.relay_events import PATIENT, fault, ready, state


def _duty(board: VirtualBoard, limits: Limits = PATIENT) -> Duty:
    return _lcus(board.path, limits)


def _lcus(path: Path, limits: Limits = PATIENT) -> Duty:
    return Duty((AttachedBoard("lcus", str(path), 4),), limits)


def test_a_wedged_owner_loses_its_relays_and_may_command_them_anew(
    board: VirtualBoard, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """The heartbeat comes from the owner's own loop; when it comes back, nothing closes by itself."""
    with GuardedRelays(_duty(board, Limits(deadline_ms=300)), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(1, True)
        inbox.wait_for(state(1, True), meanwhile=relays.beat)
        fallen = inbox.wait_for(state(1, False))
        assert fallen.cause is RelayCause.HEARTBEAT_LOST
        wait_until(lambda: not board.on[0])
        for _ in range(5):
            relays.beat()
            time.sleep(0.05)
        assert [change.on for change in board.changes] == [True, False]
        relays.set(1, True)
        inbox.wait_for(state(1, True), meanwhile=relays.beat)
        wait_until(lambda: [change.on for change in board.changes][:3] == [True, False, True])


def test_a_stopped_guard_is_noticed_and_replaced(
    board: VirtualBoard, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """A guard that answers no heartbeat guards nothing."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(1, True)
        inbox.wait_for(state(1, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGSTOP)
        inbox.wait_for(fault(FaultCode.GUARD_GONE), meanwhile=relays.beat)
        inbox.wait_for(ready, meanwhile=relays.beat)
        wait_until(lambda: not board.on[0])


def test_a_missing_board_is_told_and_found_when_it_comes(
    tmp_path: Path, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """Until then a closing is refused in words; afterwards everything is opened first."""
    path = tmp_path / "board"
    with GuardedRelays(_lcus(path), inbox.put) as relays:
        missing = inbox.wait_for(fault(FaultCode.PORT_MISSING))
        assert str(path) in missing.message
        relays.set(1, True)
        inbox.wait_for(fault(FaultCode.NOT_READY), meanwhile=relays.beat)
        with lcus_board(path, channels=4) as board:
            inbox.wait_for(ready, meanwhile=relays.beat)
            relays.set(1, True)
            inbox.wait_for(state(1, True), meanwhile=relays.beat)
            relays.close()
            wait_until(lambda: not any(board.on))


def test_a_board_held_by_another_program_is_told_and_taken_when_free(board: VirtualBoard, inbox: Any) -> None:
    """A guard that is just ending gets some seconds before anybody is told."""
    with SerialLine(str(board.path)) as other:
        relays = GuardedRelays(_duty(board), inbox.put)
        told = inbox.wait_for(lambda _: True)
        assert isinstance(told, RelayFault)
        assert told.code is FaultCode.PORT_BUSY
        other.close()
    inbox.wait_for(ready)
    relays.close()


def test_a_guard_told_to_end_opens_everything_first(board: VirtualBoard, inbox: Any) -> None:
    """SIGTERM, as a service stop sends it."""
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(ready)
        relays.set(1, True)
        inbox.wait_for(state(1, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        os.kill(relays.guard_pid, signal.SIGTERM)
        opened = inbox.wait_for(state(1, False), meanwhile=relays.beat)
        assert opened.cause is RelayCause.OWNER_GONE


def test_all_states_are_told_again_on_request(board: VirtualBoard, make_inbox: Any) -> None:
    """For whoever joins late."""
    inbox = make_inbox()
    with GuardedRelays(_duty(board), inbox.put) as relays:
        inbox.wait_for(state(4, False, confirmed=True))
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
    _, complaint = guard.communicate(timeout=PATIENCE_S)
    assert guard.returncode == 2
    assert b"a fault of ours" in complaint
    wait_until(lambda: not any(board.on))
