"""Processes the demonstration started: each with its log, all ended by their own id, last wave first."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from broadcaster.errors import NotPossible

GRACE_S = 8.0


@dataclass(frozen=True)
class Started:
    """A running child: its name for people, its wave, the handle and where it writes its log."""

    name: str
    wave: int
    process: subprocess.Popen[bytes]
    log: Path

    def last_line(self) -> str:
        """The last thing it said, for an error message."""
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


@dataclass
class Processes:
    """Starts children in sessions of their own, so that Ctrl-C reaches only us and we end them in order."""

    folder: Path
    children: list[Started] = field(default_factory=list)

    def start(
        self, name: str, command: Sequence[str], wave: int, environment: Mapping[str, str] | None = None
    ) -> Started:
        """Start `command`; its standard output and error go to `<name>.log`.

        What a process needs has a lower wave than itself: it is ended after it (a board after its agent).
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        log = self.folder / f"{name}.log"
        with log.open("ab") as out:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                env={**os.environ, **(environment or {})},
            )
        child = Started(name, wave, process, log)
        self.children.append(child)
        return child

    def wait_until(self, what: str, ready: Callable[[], bool], limit_s: float) -> None:
        """Wait for `ready`; `NotPossible` names who died, or what did not happen in time."""
        deadline = time.monotonic() + limit_s
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise NotPossible(
                    f"{what} did not happen within {limit_s:.0f} s; the logs are in {self.folder}"
                )
            time.sleep(0.1)

    def check(self) -> None:
        """`NotPossible` when one of them has ended by itself."""
        for child in self.children:
            if child.process.poll() is not None:
                raise NotPossible(
                    f"{child.name} ended by itself with code {child.process.returncode}: {child.last_line()}"
                )

    def stop_all(self) -> None:
        """SIGTERM wave by wave, the last first; SIGKILL for who has not gone after the grace."""
        for wave in sorted({child.wave for child in self.children}, reverse=True):
            _stop([child.process for child in self.children if child.wave == wave])
        self.children.clear()


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_S
    for process in processes:
        try:
            process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(5)


def own_command(script: str) -> list[str]:
    """One of this installation's console scripts, beside the Python that runs us."""
    beside = Path(sys.executable).parent / script
    if not beside.exists():
        raise NotPossible(f"{script} is not installed beside {sys.executable}; run: pip install -e .")
    return [str(beside)]
