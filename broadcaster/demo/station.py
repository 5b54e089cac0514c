"""One village of the demonstration: its folder, its virtual board and its agent, as processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from broadcaster.demo.processes import Processes, Started, own_command
from broadcaster.demo.villages import DemoVillage
from broadcaster.errors import NotPossible

BOARDS_WAVE, SERVER_WAVE, AGENTS_WAVE = 0, 1, 2
COMMAND_LIMIT_S = 60


@dataclass(frozen=True)
class DemoStation:
    """A village PC: station id, village, and the folder in which everything of it lies."""

    station: str
    village: DemoVillage
    folder: Path
    output: str = "capture"

    @property
    def port(self) -> Path:
        """The serial port of its board."""
        return self.folder / "board"

    @property
    def board_log(self) -> Path:
        """What the board itself wrote down about its relays."""
        return self.folder / "board.jsonl"

    @property
    def agent_data(self) -> Path:
        """The agent's data folder."""
        return self.folder / "agent"

    def start_board(self, processes: Processes) -> Started:
        """A virtual LCUS board on a pseudo-terminal."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-m", "hardware.virtual_board", "--board", "lcus", "--channels", "4"]
        command += ["--link", str(self.port), "--log", str(self.board_log)]
        return processes.start(f"board-{self.station}", command, BOARDS_WAVE)

    def enrol(self, server: str, code: str) -> None:
        """Let the agent enrol with its one-time code, which travels in the environment."""
        command = [*self._agent("enrol"), "--server", server, "--board", "lcus", "--port", str(self.port)]
        command += ["--output", self.output]
        done = subprocess.run(
            command,
            input=code,
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
            check=False,
        )
        if done.returncode != 0:
            said = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["it said nothing"]
            raise NotPossible(f"{self.station} could not enrol: {said[0]}")

    def sound_trouble(self) -> str:
        """Why this village would not be heard through this machine, by its own doctor; empty: it would be.

        Asked before its agent runs, which would hold the way out.
        """
        if self.output == "capture":
            return ""
        command = [*self._agent("doctor"), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=COMMAND_LIMIT_S, check=False)
        found = [one for one in json.loads(done.stdout) if one["check"] == "sound" and not one["ok"]]
        return "; ".join(part for one in found for part in (one["message"], one["advice"]) if part)

    def start_agent(self, processes: Processes) -> Started:
        """The agent, as it runs in a village."""
        return processes.start(f"agent-{self.station}", self._agent("run"), AGENTS_WAVE)

    def status(self) -> Mapping[str, Any]:
        """What the agent last wrote about itself; empty before it did."""
        try:
            found: Any = json.loads((self.agent_data / "live.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def is_ready(self) -> bool:
        """Whether the agent lives, reaches its board and has reached the province."""
        live = self.status()
        relay, network = live.get("relay") or {}, live.get("network") or {}
        return bool(live.get("running") and relay.get("ok") and network.get("ok"))

    def is_ready_for(self, broadcast: str) -> bool:
        """Whether this broadcast is the agent's next one, with all of the plan's audio here."""
        live = self.status()
        coming = live.get("next") or {}
        return coming.get("broadcast") == broadcast and live.get("audio_missing") == 0

    def heard(self, broadcast: str) -> Path | None:
        """The WAV of what the line carried during a broadcast, once there is one."""
        file = self.agent_data / "heard" / f"{broadcast}.wav"
        return file if file.exists() else None

    def _agent(self, command: str) -> list[str]:
        return [*own_command("station-agent"), "--data", str(self.agent_data), command]
