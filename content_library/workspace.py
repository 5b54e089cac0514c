"""The folder an ingest works in: gone when it ends, and taken away by the next one where it could not end."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from content_library.local_folder import locked, storage_errors

_PREFIX = "content-library-ingest-"


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
            with locked(place):
                _remove_abandoned(place)
                folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
                held.callback(shutil.rmtree, folder, ignore_errors=True)
                held.enter_context(locked(folder))
        yield folder


def _remove_abandoned(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if folder.is_symlink() or folder.stat().st_uid != os.getuid():
                continue
            with locked(folder, fcntl.LOCK_NB):
                shutil.rmtree(folder, ignore_errors=True)
