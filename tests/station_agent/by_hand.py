"""Relays by hand in tests: the command line as a process, and every board in every way it may be set."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardware.virtual_board import KINDS
from tests.station_agent.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]
WAYS: list[tuple[str, int, tuple[str, ...], Mapping[str, Any], bool]] = [
    ("lcus", 4, (), {}, True),
    ("kmtronic", 8, (), {}, True),
    ("devantech", 8, (), {}, True),
    ("numato", 4, (), {}, True),
    ("modbus-rtu", 8, (), {}, True),
    ("modbus-rtu", 8, ("slave=3", "timed_on_ms=2000"), {"slave": 3}, True),
    ("modbus-rtu", 8, ("on_value=0100", "coil_base=1"), {"on_value": 0x0100, "coil_base": 1}, True),
    ("line", 1, (), {}, False),
    ("line", 1, ("pin=dtr",), {"pin": "dtr"}, False),
]
"""Kind, channels, options of the command, how the virtual board differs, and whether it answers."""
assert {kind for kind, *_ in WAYS} == set(KINDS)


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
        if not answers or json.loads(done.stdout or "{}").get("confirmed"):
            break
        done = relay(*arguments, "--json")
    return done


def which_board(kind: str, port: Path, options: tuple[str, ...]) -> list[str]:
    """How the command is told of a board."""
    return ["--board", kind, "--port", str(port), *(part for one in options for part in ("--option", one))]
