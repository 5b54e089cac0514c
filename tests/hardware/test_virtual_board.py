"""The virtual board behaves as a real one does."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hardware import AttachedBoard
from hardware.serial_line import SerialLine
from hardware.virtual_board import KINDS, VirtualBoard
from tests.hardware.conftest import PATIENCE_S

ON_1, OFF_1, QUERY = b"\xa0\x01\x01\xa2", b"\xa0\x01\x00\xa1", b"\xff"
HOUSE = str(Path(__file__).parents[2])


def _start(*arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "hardware.virtual_board", *arguments],
        env={"PYTHONPATH": HOUSE},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "relays on" in process.stdout.readline()
    return process


def test_its_relays_stay_when_the_host_closes_the_port(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """The truth about these boards: only a command or a power cut opens a relay."""
    with SerialLine(str(board.path)) as line:
        line.write(ON_1)
        wait_until(lambda: board.on[0])
    time.sleep(0.2)
    assert board.on[0]
    with SerialLine(str(board.path)) as line:
        line.write(OFF_1)
        wait_until(lambda: not board.on[0])


def test_a_wrong_sum_switches_nothing(board: VirtualBoard, wait_until: Callable[..., None]) -> None:
    """Noise on the line is not a command; the good frame after it is."""
    with SerialLine(str(board.path)) as line:
        line.write(b"\xa0\x02\x01\xa2" + ON_1)
        wait_until(lambda: board.on[0])
    assert board.on == (True, False, False, False)


def test_unplugging_opens_its_relays_and_takes_the_port_away(
    board: VirtualBoard, wait_until: Callable[..., None]
) -> None:
    """It is powered by the port."""
    with SerialLine(str(board.path)) as line:
        line.write(ON_1)
        wait_until(lambda: board.on[0])
        board.unplug()
    assert not board.path.is_symlink()
    assert [change.on for change in board.changes] == [True, False]


@pytest.mark.parametrize(
    ("readback", "answer"), [("text", b"CH1: ON\r\nCH2: OFF\r\n"), ("raw", b"\x01\x00"), ("none", b"")]
)
def test_as_a_process_it_answers_and_keeps_a_log(
    tmp_path: Path, wait_until: Callable[..., None], readback: str, answer: bytes
) -> None:
    """One JSON line a change, at once, with UTC to the millisecond; SIGTERM takes the port away."""
    link, log = tmp_path / "board", tmp_path / "log.jsonl"
    process = _start("--channels", "2", "--link", str(link), "--log", str(log), "--readback", readback)
    try:
        with SerialLine(str(link)) as line:
            line.write(ON_1)
            wait_until(lambda: log.exists() and log.read_text().endswith("\n"))
            line.write(QUERY)
            received = b""
            until_s = time.monotonic() + (PATIENCE_S if answer else 0.3)
            while time.monotonic() < until_s and len(received) < max(1, len(answer)):
                received += line.read_waiting()
        assert received == answer
        change = json.loads(log.read_text())
        assert (change["channel"], change["on"]) == (1, True)
        assert datetime.fromisoformat(change["at"]).utcoffset() == timedelta(0)
        assert change["at"][-5] == "."
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        process.communicate()
    assert not link.is_symlink()
    assert [json.loads(line)["on"] for line in log.read_text().splitlines()] == [True, False]


@pytest.mark.parametrize(
    ("kind", "options"),
    [(kind, {}) for kind in KINDS]
    + [("modbus-rtu", {"slave": "9", "coil_base": "1"}), ("line", {"pin": "dtr"})],
)
def test_every_kind_runs_as_a_process_and_writes_down_what_its_relays_did(
    tmp_path: Path, wait_until: Callable[..., None], kind: str, options: dict[str, str | int]
) -> None:
    """The same options on both sides; a control line falls when the host lets go."""
    link, log = tmp_path / "board", tmp_path / "log.jsonl"
    manners = [part for name, value in options.items() for part in ("--option", f"{name}={value}")]
    process = _start("--board", kind, "--channels", "2", "--link", str(link), "--log", str(log), *manners)

    def told() -> list[bool]:
        lines = log.read_text().splitlines() if log.exists() else []
        return [json.loads(line)["on"] for line in lines]

    try:
        codec = AttachedBoard(kind, str(link), 2, options).codec()
        with SerialLine(str(link)) as line:
            line.send(codec.encode_set(2, True))
            wait_until(lambda: told() == [True])
        if kind == "line":
            wait_until(lambda: told() == [True, False])
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        process.communicate()
    assert told() == [True, False]
    assert {json.loads(line)["channel"] for line in log.read_text().splitlines()} == {2}


@pytest.mark.parametrize(
    "arguments",
    [
        ("--board", "lcus", "--option", "slave=1"),
        ("--board", "modbus-rtu", "--option", "slave=0"),
        ("--board", "numato", "--readback", "raw"),
        ("--board", "nonesuch"),
        ("--board", "kmtronic", "--channels", "99"),
    ],
)
def test_a_board_that_cannot_be_is_refused_with_one_line(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """Exit code 2, as for any wrong call."""
    done = subprocess.run(
        [sys.executable, "-m", "hardware.virtual_board", *arguments, "--link", str(tmp_path / "x")],
        env={"PYTHONPATH": HOUSE},
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_S,
        check=False,
    )
    assert done.returncode == 2
    assert "error:" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "x").is_symlink()
