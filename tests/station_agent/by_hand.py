"""Relays by hand in tests: the command line as a process, and every board in every way it may be set."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from hardware.virtual_board import KINDS
from tests.hardware.board_ways import Way
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
WAYS = [
    Way("lcus", 4),
    Way("kmtronic", 8),
    Way("devantech", 8),
    Way("numato", 4),
    Way("modbus-rtu", 8),
    Way("modbus-rtu", 8, {"slave": 3, "timed_on_ms": 2000}, {"slave": 3}),
    Way("modbus-rtu", 8, {"on_value": "0100", "coil_base": 1}, {"on_value": 0x0100, "coil_base": 1}),
    Way("line", 1, answers=False),
    Way("line", 1, {"pin": "dtr"}, {"pin": "dtr"}, answers=False),
]
assert {way.kind for way in WAYS} == set(KINDS)


def command(*arguments: str) -> list[str]:
    """The command line of the station's agent."""
    return [sys.executable, "-m", "station_agent.cli", *arguments]


def call(*arguments: str, said: str = "") -> subprocess.CompletedProcess[str]:
    """What became of it."""
    return subprocess.run(
        command(*arguments),
        input=said,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=PATIENCE_S,
        check=False,
    )


def relay(*arguments: str) -> subprocess.CompletedProcess[str]:
    """`station-agent relay …`."""
    return call("relay", *arguments)


def answered(*arguments: str, answers: bool) -> subprocess.CompletedProcess[str]:
    """`relay …` as JSON; of a board that `answers` until it did so in time: a busy machine delays it, too."""
    done = relay(*arguments, "--json")
    for _ in range(4):
        said = json.loads(done.stdout or "{}")
        if not answers or (said.get("confirmed") and said.get("opened", True)):
            break
        done = relay(*arguments, "--json")
    return done


def which_board(way: Way, port: Path) -> list[str]:
    """How the command is told of a board."""
    options = (part for name, value in way.options.items() for part in ("--option", f"{name}={value}"))
    return ["--board", way.kind, "--port", str(port), *options]
