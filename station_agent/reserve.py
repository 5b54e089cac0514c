"""Room that is kept for the journal, so that a disk filled by anything else does not silence the station.

`journal.reserve` is a file without content of its own, as large as the room it keeps. Rules:

1. While the disk has less than `LEAST_FREE_BYTES` free, a step of it is given up before each write of the
   journal, as long as there is one; as many steps as it takes before a write that needs more.
2. Once the disk has room again, the whole of it is kept anew.
3. What goes wrong with it is told and stops nothing: without a reserve a full disk is full.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

from station_agent.log import log

SIZE_BYTES = 8 * 2**20
"""A journal's files beside the database, and entries for weeks: an item takes about 1.5 kB."""
STEP_BYTES = 2**20
LEAST_FREE_BYTES = 2**20
ROOM_AGAIN_BYTES = 8 * 2**20
"""So much has to be free besides before it is kept anew."""


class Reserve:
    """Used by whoever holds the journal's lock. `is_touched`: some of it was given up and is not back yet.

    `free_bytes`: what the disk has left; as its file system says, unless told otherwise.
    """

    def __init__(
        self, path: Path, size_bytes: int = SIZE_BYTES, free_bytes: Callable[[], int] | None = None
    ) -> None:
        self._path, self._size_bytes = path, size_bytes
        self._free_bytes = free_bytes or (lambda: shutil.disk_usage(path.parent).free)
        self._held_bytes = self._on_disk_bytes()
        self._is_out_of_order = False
        self.is_touched = 0 < self._held_bytes < size_bytes
        self._is_told = False

    def settle(self, needed_bytes: int = 0) -> None:
        """Give up a step, or what `needed_bytes` take, where the disk is full; keep all of it where there is
        room besides."""
        try:
            free_bytes = self._free_bytes()
            missing_bytes = needed_bytes + LEAST_FREE_BYTES - free_bytes
            if missing_bytes > 0 and self._held_bytes:
                steps = -(-missing_bytes // STEP_BYTES) if needed_bytes else 1
                self._shrink_to(max(0, self._held_bytes - steps * STEP_BYTES))
            elif self._held_bytes < self._size_bytes and self._has_room(free_bytes - needed_bytes):
                self._grow()
            self._is_out_of_order = False
        except OSError as error:
            if not self._is_out_of_order:
                log.warning("reserve_failed", path=str(self._path), why=str(error))
            self._is_out_of_order, self._held_bytes = True, self._on_disk_bytes()

    def news(self) -> str | None:
        """What the province should know, once each time the reserve is touched; else None."""
        if self._is_told and self.is_touched:
            return None
        self._is_told = self.is_touched
        if not self.is_touched:
            return None
        left = f"{self._held_bytes / 10**6:.0f} of {self._size_bytes / 10**6:.0f} MB are left"
        return f"{self._path.parent}: the disk is full; the journal lives on its reserve, {left}; make room"

    def _on_disk_bytes(self) -> int:
        return self._path.stat().st_size if self._path.is_file() else 0

    def _has_room(self, free_bytes: int) -> bool:
        return free_bytes >= self._size_bytes - self._held_bytes + ROOM_AGAIN_BYTES

    def _shrink_to(self, size_bytes: int) -> None:
        handle = os.open(self._path, os.O_WRONLY)
        try:
            os.ftruncate(handle, size_bytes)
            os.fsync(handle)  # some file systems give room back only then
        finally:
            os.close(handle)
        self._held_bytes, self.is_touched = size_bytes, True
        log.warning("reserve_given_up", left_bytes=size_bytes)

    def _grow(self) -> None:
        handle = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.posix_fallocate(handle, 0, self._size_bytes)
        finally:
            os.close(handle)
        self._held_bytes, self.is_touched = self._size_bytes, False
