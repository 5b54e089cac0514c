"""What the tests with real processes share: the virtual board, the agent's process, its plans, its sounds."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from schedules.wire.plan import ItemKind, Plan, PlanItem, PlannedAudio, StationLimits
from tests.station_agent.documents import broadcast, item, plan_of
from tests.station_agent.province_simulator import CODE, Province

ROOT = Path(__file__).parents[2]
WARM_UP_MS, TAIL_MS = 600, 300
TONE_MS = 2000


def encoded(source: str, path: Path) -> bytes:
    """A generated sound in the broadcast-ready format."""
    subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source),
            *("-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-ar", "48000", "-bitexact", str(path)),
        ],
        check=True,
        timeout=60,
    )
    return path.read_bytes()


def decoded(path: Path) -> NDArray[np.float64]:
    """The samples of a broadcast-ready file or of a capture, at 48 kHz, by the codec's own decoder."""
    codec = ["-c:a", "libopus"] if path.suffix == ".webm" else []
    command = ["ffmpeg", "-nostdin", "-v", "error", *codec, "-i", str(path), "-f", "s16le", "-ac", "1", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
    return np.frombuffer(raw, "<i2").astype(np.float64)


def wait_for(ready: Callable[[], object], within_s: float) -> None:
    """Return as soon as it is so."""
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if ready():
            return
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


class Board:
    """The virtual board's process and its log."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = folder / "board", folder / "board.jsonl"
        command = [sys.executable, "-m", "hardware.virtual_board", "--board", "lcus", "--channels", "4"]
        self.process = subprocess.Popen(
            [*command, "--link", str(self.port), "--log", str(self.log)], cwd=ROOT
        )
        wait_for(self.port.exists, 10)

    def changes(self, channel: int = 1) -> list[tuple[datetime, bool]]:
        """When the relay closed (true) and opened, by the board itself."""
        lines = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        mine = [
            (datetime.fromisoformat(line["at"]), line["on"]) for line in lines if line["channel"] == channel
        ]
        return [one for index, one in enumerate(mine) if index == 0 or mine[index - 1][1] != one[1]]

    def is_closed(self) -> bool:
        """Whether the loudspeaker line is closed now."""
        changes = self.changes()
        return bool(changes) and changes[-1][1]


def agent(data: Path, *arguments: str) -> list[str]:
    """The command line of the station's agent."""
    return [sys.executable, "-m", "station_agent.cli", "--data", str(data), *arguments]


def start(data: Path, environment: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
    """The agent's process; its log is in the data folder."""
    with (data / "agent.log").open("ab") as log:
        return subprocess.Popen(agent(data, "run"), cwd=ROOT, env=environment, stderr=log)


def enrolled(folder: Path, province: Province, port: Path) -> Path:
    """The data folder of a station that has come in with its code."""
    data = folder / "station"
    arguments = ("enrol", "--server", province.url, "--port", str(port), "--output", "capture", "--json")
    done = subprocess.run(
        agent(data, *arguments),
        input=f"{CODE}\n",
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=30,
        check=True,
    )
    assert json.loads(done.stdout)["station"] == "st-dakcheung"
    assert (data / "station.key").stat().st_mode & 0o777 == 0o600
    return data


def audio_of(sound: bytes, duration_ms: int) -> PlannedAudio:
    """The plan's line about a sound."""
    sha256 = hashlib.sha256(sound).hexdigest()
    return PlannedAudio(
        sha256=sha256, size_bytes=len(sound), duration_ms=duration_ms, media_type="audio/webm"
    )


def plan_with(
    tone: bytes,
    *starts: datetime,
    first: tuple[PlanItem, ...] = (),
    more: tuple[PlannedAudio, ...] = (),
    serial: int = 1,
) -> Plan:
    """A broadcast of two tones at each start; `first` takes the place of the first one's items."""
    audio = audio_of(tone, TONE_MS)
    broadcasts = [
        broadcast(
            f"b{index}-{at:%Y%m%dT%H%M%SZ}",
            at,
            items=(first if index == 0 else ())
            or (
                item(f"b{index}-{at:%H%M%S}/1", TONE_MS, ItemKind.JINGLE, sha256=audio.sha256),
                item(f"b{index}-{at:%H%M%S}/2", TONE_MS, sha256=audio.sha256),
            ),
        )
        for index, at in enumerate(starts)
    ]
    limits = StationLimits(warm_up_ms=WARM_UP_MS, tail_ms=TAIL_MS, quiet_hours=None)
    return plan_of(*broadcasts, serial=serial, issued=datetime.now(UTC), audio=(audio, *more), limits=limits)
