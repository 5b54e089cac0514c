"""The folder an ingest works in: gone when it ends, and taken away by the next one where it could not end."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from content_library.local_folder import storage_errors

_PREFIX = "ingest-"


@contextlib.contextmanager
def workspace(parent: Path | None) -> Iterator[Path]:
    """A new folder below `parent`, or the system's temporary folder, for as long as the block lasts.

    The owner holds a lock on it. Folders of this kind without one belonged to a process that was killed or to
    a time before a power cut; they are removed here. Raises StoreFull, StoreUnreachable.
    """
    place = parent or Path(tempfile.gettempdir())
    with contextlib.ExitStack() as held:
        with storage_errors(str(place)):
            place.mkdir(parents=True, exist_ok=True)
            # Between making a folder and locking it nobody else may look for folders without a lock.
            with _locked(place):
                _remove_abandoned(place)
                folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
                held.callback(shutil.rmtree, folder, ignore_errors=True)
                held.enter_context(_locked(folder))
        yield folder


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), _locked(folder, fcntl.LOCK_NB):
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _locked(folder: Path, mode: int = 0) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | mode)
        yield
    finally:
        os.close(descriptor)
