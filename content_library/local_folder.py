"""Durable, atomic writes into a folder: after a power cut a file is there whole or not at all."""

import contextlib
import errno
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from content_library.errors import StoreFull, StoreUnreachable

STAGING = ".incoming"


@contextlib.contextmanager
def storage_errors(where: str) -> Iterator[None]:
    """Translate what the operating system says about a disk into this package's errors."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(
                f"no space left in {where}; free some space and try again", where=where
            ) from error
        raise StoreUnreachable(
            f"{where} cannot be used: {error.strerror}; check that it is mounted and writable", where=where
        ) from error


@contextlib.contextmanager
def staged(folder: Path) -> Iterator[tuple[IO[bytes], Path]]:
    """A new file under a hidden name in `folder`, locked while it is written, gone when the block ends.

    A process that dies here leaves a file that no reader looks at and that nobody holds a lock on any more;
    in a staging folder the next `sweep` takes it away.
    """
    folder.mkdir(exist_ok=True)
    path = folder / f".{secrets.token_hex(12)}.part"
    with contextlib.ExitStack() as held:
        # Between making a file and locking it nobody may sweep.
        with locked(folder):
            file = held.enter_context(path.open("xb"))
            fcntl.flock(file, fcntl.LOCK_EX)
        held.callback(path.unlink, missing_ok=True)
        yield file, path


def publish(file: IO[bytes], staged_path: Path, target: Path) -> bool:
    """Give a staged file its lasting name, on disk before it can be seen; False where the name was taken."""
    file.flush()
    os.fsync(file.fileno())
    if not target.parent.is_dir():
        target.parent.mkdir(exist_ok=True)
        sync_folder(target.parent.parent)
    new = _link(staged_path, target)
    sync_folder(target.parent)
    return new


def replace(file: IO[bytes], staged_path: Path, target: Path) -> None:
    """Put a staged file in the place of `target`, which is there whole at every moment."""
    file.flush()
    os.fsync(file.fileno())
    staged_path.replace(target)
    sync_folder(target.parent)


def _link(staged_path: Path, target: Path) -> bool:
    try:
        os.link(staged_path, target)
    except FileExistsError:
        return False
    except OSError as error:
        # FAT and some network shares know no hard links; a rename is as atomic: one hash, one content.
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        staged_path.replace(target)
    return True


def sync_folder(folder: Path) -> None:
    """Make names created in or removed from `folder` last over a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep(folder: Path) -> int:
    """Remove what dead processes left in a staging folder; says how many files that were."""
    removed = 0
    if not folder.is_dir():
        return removed
    with locked(folder):
        for path in folder.glob(".*.part"):
            with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
                removed += 1
    return removed


@contextlib.contextmanager
def locked(folder: Path, mode: int = 0) -> Iterator[None]:
    """Hold the folder's lock, which the kernel takes back from a process that dies.

    With `fcntl.LOCK_NB` as mode raises BlockingIOError where somebody else holds it; otherwise waits.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | mode)
        yield
    finally:
        os.close(descriptor)
