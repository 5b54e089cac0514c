"""Our own station on the sound server: a real agent with guard and virtual board, airing a signed plan."""

from __future__ import annotations

import hashlib
import subprocess
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.onair.sound_server import SoundServer
from schedules.wire.plan import ItemKind, Plan, PlannedAudio, StationLimits
from tests.station_agent.province_simulator import CODE, Province
from tests.station_agent.real_station import Board, agent, start
from tests.station_agent.village_simulator import broadcast, item, plan_of

SINK = "station"
COMMAND_LIMIT_S = 60
END_WITHIN_S = 10.0


@dataclass
class Station:
    """Enrols with a small province on loopback, takes a plan that names each start, and airs it.

    `sound` is broadcast-ready audio (Opus in WebM).
    """

    server: SoundServer
    folder: Path
    sound: Path
    duration_ms: int
    starts: tuple[datetime, ...]
    _province: Province = field(default_factory=Province)

    def start(self) -> None:
        """Everything runs when this returns."""
        content = self.sound.read_bytes()
        self._province.start()
        self._province.add_audio(content)
        self._province.publish(self._plan(content))
        self._board = Board(self.folder)
        data = self.folder / "station"
        enrol = ("enrol", "--server", self._province.url, "--port", str(self._board.port))
        subprocess.run(
            agent(data, *enrol),
            input=f"{CODE}\n",
            text=True,
            capture_output=True,
            timeout=COMMAND_LIMIT_S,
            check=True,
        )
        self._agent = start(data, {**self.server.environment(SINK), "STATION_AGENT_OUTPUT_AOUT": "pulse"})

    def stop(self) -> None:
        """End the agent, its board and the province."""
        for process in (self._agent, self._board.process):
            process.terminate()
            process.wait(END_WITHIN_S)
        self._province.stop()

    def _plan(self, content: bytes) -> Plan:
        sha256 = hashlib.sha256(content).hexdigest()
        audio = PlannedAudio(
            sha256=sha256, size_bytes=len(content), duration_ms=self.duration_ms, media_type="audio/webm"
        )
        broadcasts = [
            broadcast(
                f"minute-{at:%Y%m%dT%H%M%SZ}",
                at,
                items=(item(f"minute-{at:%H%M}/1", self.duration_ms, ItemKind.JINGLE, sha256=sha256),),
            )
            for at in self.starts
        ]
        limits = StationLimits(warm_up_ms=1000, tail_ms=500, quiet_hours=None)
        return plan_of(*broadcasts, issued=datetime.now(UTC), audio=(audio,), limits=limits)
