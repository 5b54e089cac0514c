"""What the tests with real processes share: the virtual board, the agent's process, its plans, its sounds."""

from __future__ import annotations

import hashlib
import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from schedules.wire.plan import ItemKind, Plan, PlanItem, PlannedAudio, StationLimits
from tests.station_agent.documents import broadcast, item, plan_of
from tests.station_agent.province_simulator import CODE, Province
from tests.station_agent.waiting import PATIENCE_S, wait_for

ROOT = Path(__file__).parents[2]
WARM_UP_MS, TAIL_MS = 600, 300
TONE_MS, LONG_MS = 2000, 60_000
LIMITS = StationLimits(warm_up_ms=WARM_UP_MS, tail_ms=TAIL_MS, quiet_hours=None)
LEAD = timedelta(seconds=8)
TIME_ENOUGH = timedelta(seconds=3)
"""A station that knows of a broadcast so long ahead closes its relays, and begins, at its leisure."""


def encoded(source: str, path: Path) -> bytes:
    """A generated sound in the broadcast-ready format."""
    subprocess.run(
        [
            *("ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", source),
            *("-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-ar", "48000", "-bitexact", str(path)),
        ],
        check=True,
        timeout=PATIENCE_S,
    )
    return path.read_bytes()


def decoded(path: Path) -> NDArray[np.float64]:
    """The samples of a broadcast-ready file or of a capture, at 48 kHz, by the codec's own decoder."""
    codec = ["-c:a", "libopus"] if path.suffix == ".webm" else []
    command = ["ffmpeg", "-nostdin", "-v", "error", *codec, "-i", str(path), "-f", "s16le", "-ac", "1", "-"]
    raw = subprocess.run(command, capture_output=True, check=True, timeout=PATIENCE_S).stdout
    return np.frombuffer(raw, "<i2").astype(np.float64)


class Board:
    """The virtual board's process and its log."""

    def __init__(self, folder: Path) -> None:
        self.port, self.log = folder / "board", folder / "board.jsonl"
        command = [sys.executable, "-m", "hardware.virtual_board", "--board", "lcus", "--channels", "4"]
        self.process = subprocess.Popen(
            [*command, "--link", str(self.port), "--log", str(self.log)], cwd=ROOT
        )
        wait_for(self.port.exists)

    def changes(self, channel: int = 1) -> list[tuple[datetime, bool]]:
        """When the relay closed (true) and opened, by the board itself; no half-written line."""
        whole = self.log.read_text().split("\n")[:-1] if self.log.exists() else []
        lines = [json.loads(line) for line in whole]
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
        timeout=PATIENCE_S,
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
    return plan_of(*broadcasts, serial=serial, issued=datetime.now(UTC), audio=(audio, *more), limits=LIMITS)


@contextmanager
def running(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The agent until the block's end, where it is told to end, and does in order; or it was killed.

    Its log is printed: it is read where a test fails.
    """
    process = start(data)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        process.send_signal(signal.SIGTERM)
        code = process.wait(PATIENCE_S)
        sys.stdout.write((data / "agent.log").read_text(errors="replace"))
    assert code in (0, -signal.SIGKILL)


def has_all(data: Path, province: Province, *audio: PlannedAudio) -> None:
    """Return when the running agent takes requests, and has this audio for a broadcast of tomorrow."""
    now = datetime.now(UTC)
    items = tuple(item(f"tomorrow/{one.sha256}", one.duration_ms, sha256=one.sha256) for one in audio)
    ahead = broadcast("tomorrow", now + timedelta(days=1), items=items)
    province.publish(plan_of(ahead, serial=province.serial + 1, issued=now, audio=audio, limits=LIMITS))
    wait_for((data / "operator.sock").exists)
    for one in audio:
        wait_for((data / "audio" / one.sha256).exists)


def airs_soon(data: Path, province: Province, plan_at: Callable[[datetime, int], Plan]) -> datetime:
    """Publish a plan by its first instant and its serial; that instant, some seconds ahead.

    Where a busy machine is too late to know of it in time, it is published anew, farther ahead.
    """
    lead = LEAD
    while lead < timedelta(minutes=5):
        first = datetime.now(UTC) + lead
        plan = plan_at(first, province.serial + 1)
        province.publish(plan)
        while datetime.now(UTC) < first - TIME_ENOUGH:
            if (live(data)["next"] or {}).get("broadcast") == plan.broadcasts[0].key:
                return first
            time.sleep(0.02)
        lead *= 2
    raise AssertionError("the station does not learn of a plan")


def live(data: Path) -> dict[str, Any]:
    """What the running agent says of itself, as soon as it says something."""
    wait_for((data / "live.json").exists)
    found: dict[str, Any] = json.loads((data / "live.json").read_bytes())
    return found


def heard_since(data: Path, item_key: str) -> datetime:
    """The instant of this item's first sample, once it is on the air."""

    return datetime.fromisoformat(
        wait_for(lambda: (on_air := _on_air(data))["item"] == item_key and on_air["started_at"])
    )


def elapsed_ms(data: Path, origin: str) -> int:
    """How much of what this one has put on the air was heard so far; 0 while the file still tells of another.

    `origin`: how its broadcast's key begins.
    """
    on_air = _on_air(data)
    return int(on_air["elapsed_ms"]) if str(on_air["broadcast"]).startswith(origin) else 0


def _on_air(data: Path) -> dict[str, Any]:
    """What is on the air by the running agent's file, which may be a second old."""
    found: dict[str, Any] = live(data)["on_air"] or {"item": None, "broadcast": None}
    return found


def sleep_until(at: datetime) -> None:
    """Not at all where that is over."""
    time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()))


def marked_ms(data: Path, item_key: str) -> int:
    """How much of what is on the air would count now, were the power to fail; 0 before the first mark."""
    with closing(sqlite3.connect(f"file:{data / 'journal.db'}?mode=ro", uri=True, timeout=10)) as journal:
        found = journal.execute("SELECT json FROM intents WHERE item = ?", (item_key,)).fetchone()
    return int(json.loads(found[0])["aired_ms"]) if found else 0
