"""A whole station for measuring: a real agent with guard and virtual board, airing a signed plan."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from schedules.wire.plan import ItemKind, PlannedAudio, StationLimits
from tests.station_agent.documents import broadcast, item, plan_of
from tests.station_agent.province_simulator import CODE, Province
from tests.station_agent.real_station import Board, agent, start

COMMAND_LIMIT_S = 60
END_WITHIN_S = 30.0


@dataclass
class Station:
    """Enrolled with a small province on loopback. `sound` is broadcast-ready audio (Opus in WebM).

    `environment` says where the agent's sound goes (`STATION_AGENT_OUTPUT_…`). Use it in a `with` statement.
    """

    folder: Path
    sound: Path
    duration_ms: int
    environment: Mapping[str, str]
    province: Province = field(default_factory=Province)

    @property
    def data(self) -> Path:
        """The agent's data folder."""
        return self.folder / "station"

    def publish(self, starts: tuple[datetime, ...], items: int = 1) -> None:
        """A plan with a broadcast at each start, of so many times the sound."""
        content = self.sound.read_bytes()
        sha256 = self.province.add_audio(content)
        assert sha256 == hashlib.sha256(content).hexdigest()
        audio = PlannedAudio(
            sha256=sha256, size_bytes=len(content), duration_ms=self.duration_ms, media_type="audio/webm"
        )
        broadcasts = [
            broadcast(
                f"b-{at:%Y%m%dT%H%M%SZ}",
                at,
                items=tuple(
                    item(f"b-{at:%Y%m%dT%H%M%SZ}/{each}", self.duration_ms, ItemKind.JINGLE, sha256=sha256)
                    for each in range(items)
                ),
            )
            for at in starts
        ]
        limits = StationLimits(warm_up_ms=1000, tail_ms=500, quiet_hours=None)
        self.province.publish(plan_of(*broadcasts, issued=datetime.now(UTC), audio=(audio,), limits=limits))

    def start_agent(self, more: Mapping[str, str] | None = None) -> subprocess.Popen[bytes]:
        """The agent as it runs in a village; its log is in its data folder."""
        return start(self.data, {**os.environ, **self.environment, **(more or {})})

    def __enter__(self) -> Self:
        self.province.start()
        self._board = Board(self.folder)
        enrol = ("enrol", "--server", self.province.url, "--port", str(self._board.port))
        subprocess.run(
            agent(self.data, *enrol),
            input=f"{CODE}\n",
            text=True,
            capture_output=True,
            timeout=COMMAND_LIMIT_S,
            check=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._board.process.terminate()
        self._board.process.wait(END_WITHIN_S)
        self.province.stop()


def end(process: subprocess.Popen[bytes]) -> None:
    """End an agent in order and wait for it."""
    process.terminate()
    process.wait(END_WITHIN_S)
