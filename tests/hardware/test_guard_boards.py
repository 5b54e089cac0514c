"""One guard over every kind of board at once, as real processes: whoever dies, measured at the boards."""

import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    AttachedBoard,
    BoardReady,
    ChannelLimits,
    Duty,
    FaultCode,
    GuardedRelays,
    Limits,
    RelayCause,
    RelayFault,
    RelayState,
)
from hardware.virtual_board import KINDS, VirtualBoard, VirtualLine, virtual_board

HOUSE = Path(__file__).parents[2]
TIMED_ON_MS = 2000
OPTIONS: Mapping[str, Mapping[str, Any]] = {"modbus-rtu": {"timed_on_ms": TIMED_ON_MS}}
CHANNELS = 2
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
    ready += isinstance(inbox.get(timeout=20), BoardReady)
for channel in range(1, duty.channels, 2):
    relays.set(channel, True)
print(relays.guard_pid, flush=True)
while True:
    relays.beat()
    time.sleep(0.1)
"""

Boards = dict[str, VirtualBoard | VirtualLine]


@pytest.fixture
def boards(tmp_path: Path) -> Iterator[Boards]:
    """One of each kind, two relays each."""
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(virtual_board(kind, tmp_path / kind, channels=CHANNELS))
            for kind in KINDS
        }


def _duty(boards: Boards, **limits: Any) -> Duty:
    attached = tuple(
        AttachedBoard(kind, str(board.path), CHANNELS, OPTIONS.get(kind, {}))
        for kind, board in boards.items()
    )
    return Duty(attached, Limits(**limits))


@pytest.fixture
def owner(boards: Boards, wait_until: Callable[..., None]) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A process that has closed the first relay of every board, and its guard's process id."""
    with _owner_of(_duty(boards)) as (process, guard):
        wait_until(lambda: all(board.on == (True, False) for board in boards.values()), 10)
        time.sleep(TIMED_ON_MS / 1000 + 0.5)  # a timed relay stays closed beyond its own time
        assert all(board.on == (True, False) for board in boards.values())
        yield process, guard
    wait_until(lambda: not Path(f"/proc/{guard}").exists(), 10)  # before its boards are taken away


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


def _fell_after_s(board: VirtualBoard | VirtualLine, struck_at: datetime) -> float:
    return (board.changes[-1].at - struck_at).total_seconds()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
def test_an_owner_killed_or_stopped_loses_the_relays_of_every_board_within_two_seconds(
    owner: tuple[subprocess.Popen[str], int],
    boards: Boards,
    wait_until: Callable[..., None],
    blow: signal.Signals,
) -> None:
    """Measured by each board itself, from the blow to its relay's fall."""
    struck_at = datetime.now(UTC)
    owner[0].send_signal(blow)
    wait_until(lambda: not any(any(board.on) for board in boards.values()), 6)
    late = {kind: _fell_after_s(board, struck_at) for kind, board in boards.items()}
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
    tmp_path: Path, wait_until: Callable[..., None], large: str, blow: signal.Signals
) -> None:
    """One by one they would take up to four seconds: frames that open many of them go first."""
    kind, channels, options, manners = LARGE[large]
    with virtual_board(kind, tmp_path / kind, channels=channels, manners=manners) as board:
        duty = Duty((AttachedBoard(kind, str(board.path), channels, options),), Limits())
        with _owner_of(duty) as (process, guard):
            wait_until(lambda: sum(board.on) == channels // 2, 20)
            struck_at = datetime.now(UTC)
            process.send_signal(blow)
            wait_until(lambda: not any(board.on), 8)
            late_s = _fell_after_s(board, struck_at)
            process.send_signal(signal.SIGCONT)
            process.kill()
            wait_until(lambda: not Path(f"/proc/{guard}").exists(), 15)
        sys.stdout.write(f"s until {channels // 2} of {large} are open: {late_s:.3f}\n")
        assert late_s <= 2.0


def test_owner_and_guard_killed_together_some_boards_fall_by_themselves_and_the_service_opens_the_rest(
    owner: tuple[subprocess.Popen[str], int], boards: Boards, tmp_path: Path, wait_until: Callable[..., None]
) -> None:
    """The line at once, a timed relay within its time; the others wait for the unit file."""
    struck_at = datetime.now(UTC)
    os.kill(owner[1], signal.SIGKILL)
    owner[0].kill()
    wait_until(lambda: not any(boards["line"].on), 2)
    wait_until(lambda: not any(boards["modbus-rtu"].on), TIMED_ON_MS / 1000 + 1)
    assert _fell_after_s(boards["line"], struck_at) <= 0.5
    assert _fell_after_s(boards["modbus-rtu"], struck_at) <= TIMED_ON_MS / 1000 + 0.2
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


def _ready(channels: tuple[int, ...] | None = None) -> Callable[[object], bool]:
    return lambda event: isinstance(event, BoardReady) and channels in (None, event.channels)


def _state(channel: int, on: bool) -> Callable[[object], bool]:
    return lambda event: isinstance(event, RelayState) and (event.channel, event.on) == (channel, on)


def _all_ready(inbox: Any, count: int, beat: Callable[[], object] = lambda: None) -> None:
    for _ in range(count):
        inbox.wait_for(_ready(), meanwhile=beat)


def test_a_dead_guard_is_replaced_and_the_new_one_opens_every_board_first(
    boards: Boards, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """Within a second, by the boards' own word."""
    with GuardedRelays(_duty(boards), inbox.put) as relays:
        _all_ready(inbox, len(boards))
        for channel in range(1, relays.channels, 2):
            relays.set(channel, True)
            inbox.wait_for(_state(channel, True), meanwhile=relays.beat)
        assert relays.guard_pid is not None
        struck_at = datetime.now(UTC)
        os.kill(relays.guard_pid, signal.SIGKILL)
        _all_ready(inbox, len(boards), relays.beat)
        wait_until(lambda: not any(any(board.on) for board in boards.values()), 1)
        late = {kind: _fell_after_s(board, struck_at) for kind, board in boards.items()}
        assert max(late.values()) <= 2.0, late


def test_an_unplugged_board_leaves_the_others_alone_and_is_found_under_another_name(
    boards: Boards, inbox: Any
) -> None:
    """What is closed on the other boards stays closed; the port behind the lasting name is another one."""
    kinds = list(boards)
    lost = kinds.index("kmtronic") * CHANNELS + 1
    kept = kinds.index("numato") * CHANNELS + 1
    before = boards["kmtronic"].path.readlink()
    with GuardedRelays(_duty(boards), inbox.put) as relays:
        _all_ready(inbox, len(boards))
        for channel in (lost, kept):
            relays.set(channel, True)
            inbox.wait_for(_state(channel, True), meanwhile=relays.beat)
        held = os.open(before, os.O_RDWR | os.O_NOCTTY)  # the old name stays taken, as after a replug
        boards["kmtronic"].unplug()
        fault = inbox.wait_for(lambda event: isinstance(event, RelayFault), meanwhile=relays.beat)
        assert fault.channels == (lost, lost + 1)
        assert inbox.wait_for(_state(lost, False), meanwhile=relays.beat).cause is RelayCause.BOARD_LOST
        boards["kmtronic"].plug_in()
        assert boards["kmtronic"].path.readlink() != before
        os.close(held)
        inbox.wait_for(_ready((lost, lost + 1)), meanwhile=relays.beat)
        assert boards["numato"].on == (True, False)
        assert boards["kmtronic"].on == (False, False)
        relays.set(lost, True)
        inbox.wait_for(_state(lost, True), meanwhile=relays.beat)


def test_interlock_rest_and_amplifier_hold_over_two_real_boards(boards: Boards, inbox: Any) -> None:
    """The pure rules, seen at the boards: power first and last, the interlocked one refused in words."""
    two = {kind: boards[kind] for kind in ("lcus", "devantech")}
    duty = _duty(
        two,
        channels={3: ChannelLimits(power=1), 4: ChannelLimits(min_off_ms=1500)},
        interlocks=(frozenset({2, 3}),),
    )
    with GuardedRelays(duty, inbox.put) as relays:
        _all_ready(inbox, 2)
        relays.set(3, True)
        inbox.wait_for(_state(3, True), meanwhile=relays.beat)
        relays.set(2, True)
        refused = inbox.wait_for(lambda event: isinstance(event, RelayFault), meanwhile=relays.beat)
        assert (refused.code, refused.channels) == (FaultCode.INTERLOCKED, (2,))
        assert "relay 3 is closed" in refused.message
        relays.set(3, False)
        inbox.wait_for(_state(1, False), meanwhile=relays.beat)
        relays.set(4, True)
        inbox.wait_for(_state(4, True), meanwhile=relays.beat)
        relays.set(4, False)
        inbox.wait_for(_state(4, False), meanwhile=relays.beat)
        relays.set(4, True)
        inbox.wait_for(_state(4, True), meanwhile=relays.beat)
    power = [change for change in two["lcus"].changes if change.channel == 1]
    line = [change for change in two["devantech"].changes if change.channel == 1]
    assert [change.on for change in power] == [change.on for change in line] == [True, False]
    assert power[1].at > line[1].at
    assert not any(change.channel == 2 for change in two["lcus"].changes)
    rest = [change for change in two["devantech"].changes if change.channel == 2]
    assert [change.on for change in rest] == [True, False, True, False]
    assert (rest[2].at - rest[1].at).total_seconds() >= 1.45


def test_a_missing_board_does_not_keep_the_others_from_the_next_guard(
    boards: Boards, make_inbox: Callable[[], Any]
) -> None:
    """The old guard goes on looking for its lost board for a minute; the healthy ports are free at once."""
    first, second = make_inbox(), make_inbox()
    relays = GuardedRelays(_duty(boards), first.put)
    _all_ready(first, len(boards))
    boards["devantech"].unplug()
    first.wait_for(lambda event: isinstance(event, RelayFault), meanwhile=relays.beat)
    closer = threading.Thread(target=relays.close)
    closer.start()
    began_s = time.monotonic()
    rest = {kind: board for kind, board in boards.items() if kind != "devantech"}
    with GuardedRelays(_duty(rest), second.put) as again:
        _all_ready(second, len(rest), again.beat)
        assert time.monotonic() - began_s < 5
        assert relays.guard_pid is not None, "the first guard has given up its lost board too early"
        boards["devantech"].plug_in()  # so that the first guard can end, too
        closer.join(10)
        assert not closer.is_alive()
