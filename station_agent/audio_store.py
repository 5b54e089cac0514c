"""Audio on the station's disk: one file a SHA-256, verified while it is written, never half there.

`<sha256>.part` holds what has come so far and is kept for the next try.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from station_agent.durable_file import flush_folder
from station_agent.errors import AudioRefused, DiskFull

CHUNK_BYTES = 256 * 1024
KEEP_FREE_BYTES = 64 * 1024 * 1024


class AudioStore:
    """A folder of verified audio."""

    def __init__(self, folder: Path, keep_free_bytes: int = KEEP_FREE_BYTES) -> None:
        self.folder = folder
        self._keep_free_bytes = keep_free_bytes
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, sha256: str) -> Path:
        """Where the verified file is, or will be."""
        return self.folder / sha256

    def has(self, sha256: str, size_bytes: int | None = None) -> bool:
        """Whether it is there, by name and length. `is_whole` reads it."""
        try:
            size = self.path(sha256).stat().st_size
        except OSError:
            return False
        return size_bytes is None or size == size_bytes

    def held(self) -> frozenset[str]:
        """All that is there, by name: one look at the folder, however much it is."""
        try:
            return frozenset(os.listdir(self.folder))  # noqa: PTH208 - looked at each second: names will do
        except OSError:
            return frozenset()

    def is_whole(self, sha256: str) -> bool:
        """Whether the file on disk still has its hash: read to its end."""
        digest = hashlib.sha256()
        try:
            with self.path(sha256).open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
        except OSError:
            return False
        return digest.hexdigest() == sha256

    def fingerprint(self, sha256: str) -> object:
        """Inode, length and times: others once the file was written to or replaced. None: not there."""
        try:
            found = self.path(sha256).stat()
        except OSError:
            return None
        return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)

    def drop(self, sha256: str) -> None:
        """Forget a file and what has come of it, so that it is fetched again from its start."""
        self.path(sha256).unlink(missing_ok=True)
        self._part(sha256).unlink(missing_ok=True)

    def arrived_bytes(self, sha256: str) -> int:
        """How much of an unfinished download is here."""
        try:
            return self._part(sha256).stat().st_size
        except OSError:
            return 0

    def receive(self, sha256: str, chunks: Iterable[bytes], *, resume: bool, size_bytes: int) -> None:
        """Append to what has arrived (or begin anew) and, when all is there, verify and keep it.

        Raises `AudioRefused` when the bytes are not those of the hash, or more than `size_bytes`; the part is
        dropped then. Any other error leaves the part for the next try. Raises `DiskFull` before it is full.
        """
        self._need_room(size_bytes)
        part = self._part(sha256)
        with part.open("ab" if resume else "wb") as file:
            arrived = file.tell()
            for chunk in chunks:
                arrived += len(chunk)
                if arrived > size_bytes:
                    part.unlink(missing_ok=True)
                    raise AudioRefused(f"audio {sha256[:12]}… is longer than the {size_bytes} bytes planned")
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if arrived == size_bytes:
            self._keep(sha256, part)

    def keep_copy(self, sha256: str, part: Path) -> None:
        """Keep a file of this hash that was written into this folder. One that is here whole stays as it is:
        it may be checked already, and about to air. Raises `OSError`."""
        if self.is_whole(sha256):
            part.unlink()
            return
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(self.path(sha256))
        flush_folder(self.folder)

    def _keep(self, sha256: str, part: Path) -> None:
        digest = hashlib.sha256()
        with part.open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                digest.update(chunk)
        if digest.hexdigest() != sha256:
            part.unlink(missing_ok=True)
            raise AudioRefused(f"audio {sha256[:12]}… has other bytes than were approved; it is refused")
        part.replace(self.path(sha256))
        flush_folder(self.folder)

    def remove_all_but(self, wanted: frozenset[str]) -> int:
        """Remove what no plan needs any more; how many files went, is returned."""
        gone = 0
        for path in self.folder.iterdir():
            if path.name.removesuffix(".part") not in wanted:
                path.unlink(missing_ok=True)
                gone += 1
        return gone

    def _need_room(self, size_bytes: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < size_bytes + self._keep_free_bytes:
            raise DiskFull(
                f"{self.folder}: {free // 10**6} MB free, {size_bytes // 10**6 + 1} MB needed besides a"
                " reserve; make room"
            )

    def _part(self, sha256: str) -> Path:
        return self.folder / f"{sha256}.part"
