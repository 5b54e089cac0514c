"""Everything playout's commands act on: the ports of the machine, as they are used."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hardware.ports import AudioOutput, Clock, Relay
from station_agent.capture import Capture
from station_agent.journal import Journal
from station_agent.live_stream import LiveStream
from station_agent.playout_values import Event


class AudioFiles(Protocol):
    """What playout asks of the audio on the disk."""

    @property
    def folder(self) -> Path:
        """Where the files are."""

    def path(self, sha256: str) -> Path:
        """Where the verified file is, or will be."""

    def has(self, sha256: str) -> bool:
        """Whether it is there, by name."""

    def is_whole(self, sha256: str) -> bool:
        """Whether it still has its hash."""

    def fingerprint(self, sha256: str) -> object:
        """What changes whenever the file does, without reading it; None where there is none."""

    def drop(self, sha256: str) -> None:
        """Forget it, so that it is fetched again."""


class Stream(Protocol):
    """A live stream on its way into a pipe that the output opens."""

    pipe: Path

    def close(self) -> None:
        """End the stream. Does not wait."""


@dataclass(frozen=True, slots=True)
class Surface:
    """Everything commands act on. `relay` is None where no board is attached.

    `put` brings an event into the queue. `arm` sets the alarm, None takes it away. `aside` does what takes
    long without holding up playout: reading audio. `on_report`: the province should hear of this now.
    """

    clock: Clock
    journal: Journal
    audio: AudioFiles
    output: AudioOutput
    relay: Relay | None
    capture: Capture
    put: Callable[[Event], None]
    arm: Callable[[datetime | None], None]
    aside: Callable[[Callable[[], None]], object]
    on_report: Callable[[], None]
    open_stream: Callable[[str, Path, Callable[[str], None]], Stream] = LiveStream
    guard_deadline_s: float = 1.0
