"""One guard over every kind of board at once, as real processes: whoever dies, measured at the boards."""

import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import AttachedBoard, Duty, GuardedRelays, Limits
from hardware.virtual_board import KINDS, virtual_board
from tests.hardware.every_board import (
    CHANNELS,
    OPTIONS,
    TIMED_ON_MS,
    Boards,
    all_ready,
    duty_of,
    fell_after_s,
    one_of_each,
)
from tests.hardware.relay_events import state
from tests.standing_still import Witness

HOUSE = Path(__file__).parents[2]
FALLS_BY_ITSELF = ("modbus-rtu", "line")
OWNER = """
import queue, sys, time
from hardware import BoardReady, GuardedRelays
from hardware.guard.duty import read_duty
duty = read_duty(sys.argv[1])
inbox = queue.SimpleQueue()
relays = GuardedRelays(duty, inbox.put)
ready = 0
while ready < len(duty.boards):
    ready += isinstance(inbox.get(timeout=60), BoardReady)
for channel in range(1, duty.channels, 2):
    relays.set(channel, True)
print(relays.guard_pid, flush=True)
while True:
    relays.beat()
    time.sleep(0.1)
"""


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Boards]:
    """One of each kind, two relays each."""
    with one_of_each(tmp_path) as plugged:
        yield plugged


@pytest.fixture
def owner(boards: Boards, wait_until: Callable[..., None]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that has closed the first relay of every board, and its guard's process id."""
    with _owner_of(duty_of(boards)) as (process, guard):
        wait_until(lambda: all(board.on == (True, False) for board in boards.values()))
        time.sleep(TIMED_ON_MS / 1000 + 0.5)  # a timed relay stays closed beyond its own time
        assert all(board.on == (True, False) for board in boards.values())
        yield process, guard
    wait_until(lambda: not Path(f"/proc/{guard}").exists())  # before its boards are taken away


@contextmanager
def _owner_of(duty: Duty) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that closes every other relay and beats, and its guard's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", OWNER, duty.as_json()],
        env={**os.environ, "PYTHONPATH": str(HOUSE)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGCONT)
        process.kill()
        process.communicate()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_an_owner_killed_or_stopped_loses_the_relays_of_every_board_within_two_seconds(
    owner: tuple[subprocess.Popen[str], int],
    boards: Boards,
    wait_until: Callable[..., None],
    machine: Witness,
    blow: signal.Signals,
) -> None:
    """Measured by each board itself, from the blow to its relay's fall."""
    struck_at = datetime.now(UTC)
    owner[0].send_signal(blow)
    wait_until(lambda: not any(any(board.on) for board in boards.values()))
    late = {kind: fell_after_s(board, struck_at, machine) for kind, board in boards.items()}
    sys.stdout.write(f"s until open: { {kind: round(after_s, 3) for kind, after_s in late.items()} }\n")
    assert max(late.values()) <= 2.0, late


REGISTERS = {"function": "06"}
LARGE: Mapping[str, tuple[str, int, Mapping[str, Any], Mapping[str, Any]]] = {
    "numato": ("numato", 32, {}, {}),
    "modbus": ("modbus-rtu", 64, {}, {}),
    "modbus by registers": ("modbus-rtu", 64, REGISTERS, {"function": 6, "on_value": 1, "off_value": 2}),
}


@pytest.mark.parametrize("large", LARGE)
@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_a_large_board_with_many_closed_relays_is_open_as_soon(
    tmp_path: Path, wait_until: Callable[..., None], machine: Witness, large: str, blow: signal.Signals
) -> None:
    """One by one they would take up to four seconds: frames that open many of them go first."""
    kind, channels, options, manners = LARGE[large]
    with virtual_board(kind, tmp_path / kind, channels=channels, manners=manners) as board:
        duty = Duty((AttachedBoard(kind, str(board.path), channels, options),), Limits())
        with _owner_of(duty) as (process, guard):
            wait_until(lambda: sum(board.on) == channels // 2)
            struck_at = datetime.now(UTC)
            process.send_signal(blow)
            wait_until(lambda: not any(board.on))
            late_s = fell_after_s(board, struck_at, machine)
            process.send_signal(signal.SIGCONT)
            process.kill()
            wait_until(lambda: not Path(f"/proc/{guard}").exists())
        sys.stdout.write(f"s until {channels // 2} of {large} are open: {late_s:.3f}\n")
        assert late_s <= 2.0


def test_owner_and_guard_killed_together_some_boards_fall_by_themselves_and_the_service_opens_the_rest(
    owner: tuple[subprocess.Popen[str], int],
    boards: Boards,
    tmp_path: Path,
    wait_until: Callable[..., None],
    machine: Witness,
) -> None:
    """The line at once, a timed relay within its time; the others wait for the unit file."""
    struck_at = datetime.now(UTC)
    os.kill(owner[1], signal.SIGKILL)
    owner[0].kill()
    wait_until(lambda: not any(boards["line"].on))
    wait_until(lambda: not any(boards["modbus-rtu"].on))
    assert fell_after_s(boards["line"], struck_at, machine) <= 0.5
    assert fell_after_s(boards["modbus-rtu"], struck_at, machine) <= TIMED_ON_MS / 1000 + 0.2
    keeping = [board for kind, board in boards.items() if kind not in FALLS_BY_ITSELF]
    assert all(board.on[0] for board in keeping), "a board without a dead-man keeps its relay"
    done = _after_the_service(tmp_path, boards)
    assert done.returncode == 0, done.stderr
    assert not any(any(board.on) for board in boards.values())


def _after_the_service(
    folder: Path, boards: Boards, **options: Mapping[str, Any]
) -> subprocess.CompletedProcess[str]:
    """Run the very `ExecStopPost` of the documented unit file, for a station with these boards."""
    lines = ['[server]\nurl = "http://127.0.0.1:9"']
    for kind, board in boards.items():
        lines.append(f'[[boards]]\nname = "{kind}"\nkind = "{kind}"\nport = "{board.path}"')
        lines.append(f"channels = {CHANNELS}")
        settings = {**OPTIONS.get(kind, {}), **options.get(kind, {})}
        lines += ["[boards.options]", *(f"{name} = {value}" for name, value in settings.items())]
    (folder / "station.toml").write_text("\n".join(lines) + "\n")
    unit = (HOUSE / "docs" / "station.md").read_text()
    (command,) = [line for line in unit.splitlines() if line.startswith("ExecStopPost=")]
    program, *arguments = shlex.split(command.removeprefix("ExecStopPost="))
    assert program == "/var/lib/sekong/venv/bin/station-agent"
    return subprocess.run(
        [sys.executable, "-m", "station_agent.cli", *arguments],
        cwd=HOUSE,
        env={**os.environ, "STATION_AGENT_DATA": str(folder)},
        capture_output=True,
        text=True,
        timeout=15,  # TimeoutStopSec of the unit
        check=False,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_the_units_last_command_opens_every_kind_of_board(tmp_path: Path, kind: str) -> None:
    """Each kind alone, with a relay that somebody left closed."""
    with virtual_board(kind, tmp_path / kind, channels=CHANNELS) as board:
        board.relays.switch(1, True)
        done = _after_the_service(tmp_path, {kind: board})
        assert done.returncode == 0, done.stderr
        assert not any(board.on)


def test_the_units_last_command_opens_what_it_can_and_names_what_it_cannot(
    tmp_path: Path, boards: Boards
) -> None:
    """One board is gone: the others open, the exit code says that not all is well."""
    boards["numato"].unplug()
    for board in boards.values():
        board.relays.switch(2, True)
    done = _after_the_service(tmp_path, boards)
    assert done.returncode == 1
    assert str(boards["numato"].path) in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not any(any(board.on) for kind, board in boards.items() if kind != "numato")


def test_a_dead_guard_is_replaced_and_the_new_one_opens_every_board_first(
    boards: Boards, inbox: Any, wait_until: Callable[..., None], machine: Witness
) -> None:
    """Within a second, by the boards' own word."""
    with GuardedRelays(duty_of(boards), inbox.put) as relays:
        all_ready(inbox, len(boards))
        for channel in range(1, relays.channels, 2):
            relays.set(channel, True)
            inbox.wait_for(state(channel, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        struck_at = datetime.now(UTC)
        os.kill(relays.guard_pid, signal.SIGKILL)
        all_ready(inbox, len(boards), relays.beat)
        wait_until(lambda: not any(any(board.on) for board in boards.values()))
        late = {kind: fell_after_s(board, struck_at, machine) for kind, board in boards.items()}
        assert max(late.values()) <= 2.0, late
