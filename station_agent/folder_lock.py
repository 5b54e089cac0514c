"""One agent a data folder: two would air everything twice."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from station_agent.errors import StationError


class FolderInUse(StationError):
    """Another agent runs on this folder."""


@contextmanager
def hold_folder(data: Path) -> Iterator[None]:
    """Hold the folder until the block ends, or the process does. Raises `FolderInUse`."""
    with (data / "agent.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise FolderInUse(f"{data}: another station-agent runs on this folder; stop it first") from error
        yield
