"""Step 6: the content-addressed store of broadcast-ready audio, in a folder or in an S3-compatible service.

What is stored under a hash has that hash, is there whole or not at all, and never changes.
"""

import contextlib
import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Self
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore, ObjectStore, from_url

from content_library import local_folder
from content_library.errors import NotInStore, OutOfRange, StoreDamaged, StoreUnreachable
from content_library.hashing import checked, sha256_of

_CHUNK_BYTES = 1 << 18
# A service that is away must be reported within the minute, not after the library's three.
_MOST_RETRIES = 3
_RETRY_TIMEOUT = timedelta(seconds=30)
_CONNECT_TIMEOUT = timedelta(seconds=5)
_REQUEST_TIMEOUT = timedelta(seconds=30)


class AudioStore:
    """Audio by SHA-256. Safe to use from several threads and processes at once."""

    def __init__(self, objects: ObjectStore, where: str, folder: Path | None) -> None:
        self._objects = objects
        self._where = where
        self._folder = folder

    @classmethod
    def open(cls, url_or_path: str | Path) -> Self:
        """Open, and where it is a folder create, the store at a path, `file://…`, `s3://bucket/prefix` or `memory:///`.

        Credentials of S3 come from the usual AWS_… environment variables. Raises StoreUnreachable.
        """
        where = str(url_or_path)
        scheme = urlsplit(where).scheme if isinstance(url_or_path, str) else ""
        if "://" in where and scheme not in ("", "file"):
            with _service_errors(where):
                return cls(_remote(where), where, None)
        folder = Path(unquote(urlsplit(where).path) if scheme == "file" else where).expanduser().absolute()
        with local_folder.storage_errors(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            local_folder.sweep(folder / local_folder.STAGING)
        return cls(LocalStore(folder), str(folder), folder)

    def __repr__(self) -> str:
        return f"AudioStore({self._where!r})"

    def put_file(self, path: Path, sha256: str) -> bool:
        """Store a copy of `path`; True if it is new, False if it was there already.

        When this returns the bytes survive a power cut. A copy in a folder that has gone bad is replaced.
        Raises StoreDamaged where `path` does not have this hash, StoreFull, StoreUnreachable.
        """
        if sha256_of(path) != checked(sha256):
            raise StoreDamaged(
                f"the file for {sha256[:12]}… changed on its way to the store; ingest it again"
            )
        if self._folder is not None:
            return self._put_into_folder(self._folder, path, sha256)
        with _service_errors(self._where):
            try:
                obstore.put(self._objects, _key(sha256), path, mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
        return True

    def _put_into_folder(self, folder: Path, path: Path, sha256: str) -> bool:
        target = folder / _key(sha256)
        with local_folder.storage_errors(self._where):
            if target.is_file() and sha256_of(target) == sha256:
                return False
            with local_folder.staged(folder / local_folder.STAGING) as (file, staged_path):
                with path.open("rb") as source:
                    shutil.copyfileobj(source, file, _CHUNK_BYTES)
                if local_folder.publish(file, staged_path, target):
                    return True
                if sha256_of(target) != sha256:
                    local_folder.replace(file, staged_path, target)
        return False

    def exists(self, sha256: str) -> bool:
        """Whether audio is stored under this hash."""
        try:
            self.size_bytes(sha256)
        except NotInStore:
            return False
        return True

    def size_bytes(self, sha256: str) -> int:
        """Size of the stored audio. Raises NotInStore."""
        with self._reading(sha256):
            return obstore.head(self._objects, _key(sha256))["size"]

    def read_range(self, sha256: str, start: int, end: int) -> bytes:
        """Bytes from `start` up to `end`. Raises NotInStore; OutOfRange unless 0 ≤ start < end ≤ size."""
        size = self.size_bytes(sha256)
        if not 0 <= start < end <= size:
            raise OutOfRange(f"bytes {start} to {end} were asked of {size}; ask within the audio")
        with self._reading(sha256):
            return bytes(obstore.get_range(self._objects, _key(sha256), start=start, end=end))

    def iter_chunks(self, sha256: str, start: int = 0, chunk: int = _CHUNK_BYTES) -> Iterator[bytes]:
        """The audio from byte `start` on in pieces of at most `chunk` bytes. Raises NotInStore at once."""
        size = self.size_bytes(sha256)
        if not 0 <= start <= size or chunk < 1:
            raise OutOfRange(f"byte {start} was asked of {size}; ask within the audio")
        return self._chunks(sha256, range(start, size, chunk), size)

    def _chunks(self, sha256: str, starts: range, size: int) -> Iterator[bytes]:
        for start in starts:
            with self._reading(sha256):
                end = min(size, start + starts.step)
                piece = bytes(obstore.get_range(self._objects, _key(sha256), start=start, end=end))
            yield piece

    def verify(self, sha256: str) -> None:
        """Read the audio and compare its hash. Raises NotInStore, StoreDamaged."""
        digest = hashlib.sha256()
        for piece in self.iter_chunks(sha256):
            digest.update(piece)
        self._compare(digest.hexdigest(), sha256)

    def export(self, sha256: str, out: Path) -> None:
        """Copy the audio to `out`, which is whole and verified when it appears, or else untouched.

        Raises NotInStore, StoreDamaged, StoreFull, StoreUnreachable.
        """
        pieces = self.iter_chunks(sha256)
        digest = hashlib.sha256()
        with (
            local_folder.storage_errors(str(out.parent)),
            local_folder.staged(out.parent) as (file, staged_path),
        ):
            for piece in pieces:
                digest.update(piece)
                file.write(piece)
            self._compare(digest.hexdigest(), sha256)
            local_folder.replace(file, staged_path, out)

    def _compare(self, found: str, sha256: str) -> None:
        if found != sha256:
            raise StoreDamaged(
                f"the stored audio {sha256[:12]}… is damaged; restore a backup or add the recording again",
                sha256=sha256,
            )

    def delete(self, sha256: str) -> None:
        """Remove the audio, for good when this returns. Raises NotInStore."""
        self.size_bytes(sha256)
        with self._reading(sha256):
            obstore.delete(self._objects, _key(sha256))
        if self._folder is not None:
            with local_folder.storage_errors(self._where):
                local_folder.sync_folder((self._folder / _key(sha256)).parent)

    def local_path(self, sha256: str) -> Path | None:
        """Where the audio lies as a file on this machine, for players and servers; None where it does not."""
        key = _key(checked(sha256))
        if self._folder is None:
            return None
        path = self._folder / key
        return path if path.is_file() else None

    @contextlib.contextmanager
    def _reading(self, sha256: str) -> Iterator[None]:
        checked(sha256)
        try:
            with _service_errors(self._where):
                yield
        except FileNotFoundError as error:
            raise NotInStore(f"no audio {sha256[:12]}… in {self._where}", sha256=sha256) from error


def _remote(url: str) -> ObjectStore:
    if url.startswith("memory:"):
        return MemoryStore()
    return from_url(
        url,
        retry_config={"max_retries": _MOST_RETRIES, "retry_timeout": _RETRY_TIMEOUT},
        # A service of one's own in the next room often speaks plain HTTP; its address says which it is.
        client_options={"allow_http": True, "connect_timeout": _CONNECT_TIMEOUT, "timeout": _REQUEST_TIMEOUT},
    )


def _key(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


@contextlib.contextmanager
def _service_errors(where: str) -> Iterator[None]:
    try:
        yield
    except (AlreadyExistsError, FileNotFoundError):
        raise
    except (BaseError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise StoreUnreachable(
            f"{where} cannot be used: {reason}; check its address and the access keys", where=where
        ) from error
