"""A real agent: own process, virtual board on a pseudo-terminal, VLC, the guard, a province on loopback."""

from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from schedules.wire.plan import ItemKind, Plan, PlannedAudio, StationLimits
from schedules.wire.report import EvidenceGrade, Incident, Outcome
from station_agent.journal import Journal
from tests.station_agent.province_simulator import CODE, Province
from tests.station_agent.village_simulator import broadcast, item, plan_of

ROOT = Path(__file__).parents[2]
WARM_UP_MS, TAIL_MS = 600, 300


@pytest.fixture(scope="module")
def tone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Two seconds of sound in the broadcast-ready format."""
    path = tmp_path_factory.mktemp("tone") / "tone.webm"
    subprocess.run(
        [
            *("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=frequency=600:duration=2"),
            *("-c:a", "libopus", "-b:a", "24k", "-ac", "1", "-ar", "48000", "-bitexact", str(path)),
        ],
        check=True,
        timeout=60,
    )
    return path.read_bytes()


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
        lines = [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []
        mine = [
            (datetime.fromisoformat(line["at"]), line["on"]) for line in lines if line["channel"] == channel
        ]
        return [one for index, one in enumerate(mine) if index == 0 or mine[index - 1][1] != one[1]]

    def is_closed(self) -> bool:
        changes = self.changes()
        return bool(changes) and changes[-1][1]


def wait_for(ready: object, within_s: float) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        if ready():  # type: ignore[operator]
            return
        time.sleep(0.02)
    raise AssertionError("it did not come in time")


@pytest.fixture
def province(tone: bytes) -> Iterator[Province]:
    with Province() as one:
        one.add_audio(tone)
        yield one


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    one = Board(tmp_path)
    yield one
    one.process.terminate()
    one.process.wait(10)


def agent(data: Path, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "station_agent.cli", "--data", str(data), *arguments]


def start(data: Path) -> subprocess.Popen[bytes]:
    with (data / "agent.log").open("ab") as log:
        return subprocess.Popen(agent(data, "run"), cwd=ROOT, stderr=log)


def enrolled(folder: Path, province: Province, port: Path) -> Path:
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


def plan_with(tone: bytes, *starts: datetime, serial: int = 1) -> Plan:
    sha256 = hashlib.sha256(tone).hexdigest()
    broadcasts = [
        broadcast(
            f"b{index}-{at:%Y%m%dT%H%M%SZ}",
            at,
            items=(
                item(f"b{index}-{at:%H%M%S}/1", 2000, ItemKind.JINGLE, sha256=sha256),
                item(f"b{index}-{at:%H%M%S}/2", 2000, sha256=sha256),
            ),
        )
        for index, at in enumerate(starts)
    ]
    audio = (PlannedAudio(sha256=sha256, size_bytes=len(tone), duration_ms=2000, media_type="audio/webm"),)
    limits = StationLimits(warm_up_ms=WARM_UP_MS, tail_ms=TAIL_MS, quiet_hours=None)
    now = datetime.now(UTC)
    return plan_of(*broadcasts, serial=serial, issued=now, audio=audio, limits=limits)


def test_a_station_airs_its_plan_through_guard_board_and_vlc(
    tmp_path: Path, province: Province, board: Board, tone: bytes
) -> None:
    """Relay closed a warm-up before the first sample, open soon after the tail; SIGTERM on air cuts."""
    data = enrolled(tmp_path, province, board.port)
    first = datetime.now(UTC) + timedelta(seconds=6)
    second = first + timedelta(seconds=9)
    province.publish(plan_with(tone, first, second))
    process = start(data)
    try:
        wait_for(lambda: len(province.airings) == 2, 30)
        live = json.loads(subprocess.check_output(agent(data, "status", "--json"), cwd=ROOT, timeout=20))
        assert live["running"]
        assert live["plan"]["serial"] == 1
        time.sleep(max(0.0, (second - datetime.now(UTC)).total_seconds()) + 1)
    finally:
        process.send_signal(signal.SIGTERM)
        code = process.wait(15)
    assert code == 0
    one, two = (province.airings[key] for key in sorted(province.airings))
    assert (one.outcome, two.outcome) == (Outcome.AIRED, Outcome.AIRED)
    assert one.evidence is EvidenceGrade.RELAY_CONFIRMED
    assert one.started_at is not None
    assert two.ended_at is not None
    assert abs(one.started_at - first) <= timedelta(milliseconds=100)
    changes = board.changes()
    assert [on for _, on in changes] == [True, False, True, False]
    closed_at, opened_at = changes[0][0], changes[1][0]
    assert one.started_at - closed_at >= timedelta(milliseconds=WARM_UP_MS)
    after = opened_at - two.ended_at
    assert timedelta(milliseconds=TAIL_MS) - timedelta(milliseconds=20) <= after
    assert after <= timedelta(milliseconds=TAIL_MS + 500)
    stopped = Journal(data, datetime.now(UTC)).recent(1)[0]
    assert (stopped.outcome, stopped.reason) == (Outcome.CUT, "stopped")
    notes = json.loads(next((data / "heard").glob("b0*.json")).read_text())
    assert [entry["outcome"] for entry in notes["items"]] == ["aired", "aired"]
    wav = next((data / "heard").glob("b0*.wav"))
    assert wav.stat().st_size > 4 * 48000 * 2


def test_killed_on_air_the_relay_opens_and_nothing_airs_twice(
    tmp_path: Path, province: Province, board: Board, tone: bytes
) -> None:
    """SIGKILL: open within 2 s. Then the item is cut and later ones air, without the province."""
    data = enrolled(tmp_path, province, board.port)
    first = datetime.now(UTC) + timedelta(seconds=6)
    second = first + timedelta(seconds=13)
    province.publish(plan_with(tone, first, second))
    process = start(data)
    try:
        wait_for(board.is_closed, 20)
        time.sleep(max(0.0, (first - datetime.now(UTC)).total_seconds()) + 1.2)
        process.kill()
        killed_at = datetime.now(UTC)
        process.wait(10)
        wait_for(lambda: not board.is_closed(), 5)
        assert board.changes()[-1][0] - killed_at <= timedelta(seconds=2)
        province.stop()
        process = start(data)
        wait_for(board.is_closed, 20)
        wait_for(lambda: not board.is_closed(), 20)
        province.start()
        wait_for(lambda: len(province.airings) == 4, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(15)
    ends = {key.split("-")[0] + key[-2:]: airing for key, airing in province.airings.items()}
    assert ends["b0/1"].outcome is Outcome.CUT
    assert ends["b0/1"].reason == "power_lost"
    assert 500 <= ends["b0/1"].aired_ms <= 2000
    assert ends["b0/2"].outcome in (Outcome.AIRED, Outcome.LATE, Outcome.MISSED)
    assert ends["b1/1"].outcome is Outcome.AIRED
    assert ends["b1/2"].outcome is Outcome.AIRED
    assert len([entry for entry in province.entries.values() if entry.entry == "airing"]) == 4
    assert "process_died" in province.incidents


def test_without_a_board_the_sound_goes_on_and_a_live_stream_follows(
    tmp_path: Path, province: Province, tone: bytes
) -> None:
    """A port that does not exist costs evidence, not the broadcast; the province is told which."""
    stream = tmp_path / "live.mp3"
    subprocess.run(
        [
            "ffmpeg",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            "sine=frequency=500:duration=9",
            "-b:a",
            "64k",
            str(stream),
        ],
        check=True,
        timeout=60,
    )
    province.live = stream.read_bytes()
    missing = tmp_path / "no-such-port"
    data = enrolled(tmp_path, province, missing)
    first = datetime.now(UTC) + timedelta(seconds=6)
    plan = plan_with(tone, first)
    (one,) = plan.broadcasts
    live = item("live/1", 2000, ItemKind.LIVE, url=f"{province.url}/live")
    dead = item("live/2", 2000, ItemKind.LIVE, url=f"{province.url}/nothing-here")
    items = (one.items[0], live, dead, one.items[1])
    province.publish(plan.model_copy(update={"broadcasts": (one.model_copy(update={"items": items}),)}))
    process = start(data)
    try:
        wait_for(lambda: len(province.airings) == 4, 45)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    jingle, streamed, failed, spoken = (province.airings[part.key] for part in items)
    for airing in (jingle, streamed, spoken):
        assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")
        assert airing.evidence is EvidenceGrade.PLAYED
    assert streamed.aired_ms == 2000
    assert (failed.outcome, failed.reason) == (Outcome.MISSED, "output_failed")
    lost = next(
        one for one in province.entries.values() if isinstance(one, Incident) and one.code == "relay_lost"
    )
    assert str(missing) in lost.message
    health = province.reports[-1].health
    assert health.relay_ok is False
    assert str(missing) in (health.relay_message or "")
