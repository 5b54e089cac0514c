"""The bell: a station waits until a newer plan than its own is published.

Within a process a publication wakes those who wait; one look at the database a second finds what another
process published. The number of those who wait at once is bounded, and shutting down wakes everybody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from broadcaster.fleet.errors import TooManyWaiting

LONGEST_WAIT_S = 55.0
LOOK_EVERY_S = 1.0


class Bell:
    """One a process. `most` stations may wait at once, each holds a thread of the web server."""

    def __init__(self, most: int, longest_wait_s: float = LONGEST_WAIT_S) -> None:
        self._changed = threading.Condition()
        self._room = threading.BoundedSemaphore(most)
        self._longest_wait_s = longest_wait_s
        self._rings = 0
        self._stopped = False

    def ring(self) -> None:
        """Something was published: let everybody look."""
        with self._changed:
            self._rings += 1
            self._changed.notify_all()

    def stop(self) -> None:
        """The server ends: everybody who waits is answered now, and nobody waits any more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def wait(self, newest: Callable[[], int], after: int) -> int:
        """The newest serial: as soon as it is above `after`, or when the longest wait is over.

        `newest` is a look at the database; it must not keep a connection. `TooManyWaiting` when full.
        """
        if not self._room.acquire(blocking=False):
            raise TooManyWaiting("too many stations are waiting at the bell; come again in a minute")
        try:
            return self._wait(newest, after)
        finally:
            self._room.release()

    def _wait(self, newest: Callable[[], int], after: int) -> int:
        end = time.monotonic() + self._longest_wait_s
        while True:
            with self._changed:
                heard = self._rings
            serial = newest()
            left = end - time.monotonic()
            if serial > after or left <= 0 or self._stopped:
                return serial
            with self._changed:
                if self._rings == heard and not self._stopped:
                    self._changed.wait(min(LOOK_EVERY_S, left))
