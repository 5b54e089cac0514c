"""The recordings of a simulated village and what its disk holds of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

FOLDER = Path("/simulated/audio")
PADDING_MS = (0, 0, 26, 46)
"""Encoders add this much behind the approved sound."""


@dataclass(frozen=True, slots=True)
class Recording:
    """An approved recording. Its file is `padding_ms` longer than what was approved."""

    sha256: str
    duration_ms: int
    padding_ms: int


def some_recordings(random: Random, count: int = 12) -> tuple[Recording, ...]:
    """Mostly of some seconds; one in four of minutes."""
    return tuple(
        Recording(
            sha256=f"{random.getrandbits(256):064x}",
            duration_ms=random.randrange(40_000, 240_000)
            if number % 4 == 0
            else random.randrange(900, 30_000),
            padding_ms=random.choice(PADDING_MS),
        )
        for number in range(count)
    )


class SimulatedAudio:
    """What playout asks of the audio on the disk; see `execution.AudioFiles`.

    `absent`: not there. `altered`: there with other bytes than approved, until it is dropped.
    """

    def __init__(self, recordings: tuple[Recording, ...]) -> None:
        self._whole_ms = {one.sha256: one.duration_ms + one.padding_ms for one in recordings}
        self._paths = {one.sha256: FOLDER / one.sha256 for one in recordings}
        self.absent: set[str] = set()
        self.altered: set[str] = set()

    @property
    def folder(self) -> Path:
        """Where the files would be."""
        return FOLDER

    def path(self, sha256: str) -> Path:
        """Where the verified file would be."""
        return self._paths.get(sha256) or FOLDER / sha256

    def has(self, sha256: str) -> bool:
        """Whether it is there, by name."""
        return sha256 in self._whole_ms and sha256 not in self.absent

    def is_whole(self, sha256: str) -> bool:
        """Whether it still has its hash."""
        return self.has(sha256) and sha256 not in self.altered

    def fingerprint(self, sha256: str) -> object:
        """Changes when the file is altered; None where there is none."""
        return (sha256 in self.altered,) if self.has(sha256) else None

    def fingerprint_at(self, path: Path) -> object:
        """The same, for the output."""
        return self.fingerprint(path.name)

    def is_known(self, sha256: str) -> bool:
        """Whether anybody approved such a recording."""
        return sha256 in self._whole_ms

    def drop(self, sha256: str) -> None:
        """Forget it, so that it is fetched again."""
        self.altered.discard(sha256)
        self.absent.add(sha256)

    def arrive(self, sha256: str) -> None:
        """Sync has brought it."""
        self.altered.discard(sha256)
        self.absent.discard(sha256)

    def length_ms(self, path: Path) -> int | None:
        """For the output: how long the file plays; None where there is none."""
        name = path.name
        if name == LIVE_NAME:
            return LIVE_MS
        return self._whole_ms.get(name) if self.has(name) else None


LIVE_NAME = "live.pipe"
LIVE_MS = 20_000
"""The simulated stream breaks off after so long."""


class SimulatedStream:
    """A stream that is there at once; see `execution.Stream`."""

    def __init__(self, url: str, pipe: Path, _on_broken: Callable[[str], None]) -> None:
        self.url, self.pipe = url, pipe

    def close(self) -> None:
        """Nothing is to be let go."""
