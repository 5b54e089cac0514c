"""A live stream on its way to the output: HTTP in, a named pipe out, so that the output only opens files.

What it does not do: buffer ahead or reconnect. A stream that does not come, or breaks off, is told at once;
one that only falls silent is the output's failure within its own limits. The broadcast goes on with what
stands in for it, or with its next item.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from pathlib import Path

import httpx2

from station_agent.log import log

TIMEOUT = httpx2.Timeout(connect=5, read=10, write=10, pool=5)
LOOK_EVERY_S = 0.2


class LiveStream:
    """One stream into one pipe, on a thread of its own, until `close`.

    The pipe is held open from the start, so that a reader who comes before the first byte waits for it
    instead of seeing an end.
    """

    def __init__(self, url: str, pipe: Path, on_broken: Callable[[str], None]) -> None:
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        self.pipe = pipe
        self._url, self._on_broken = url, on_broken
        self._end = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the stream and remove the pipe. Does not wait."""
        self._closed.set()
        self.pipe.unlink(missing_ok=True)

    def _run(self) -> None:
        try:
            with (
                httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as client,
                client.stream("GET", self._url) as response,
            ):
                if response.status_code != 200:
                    self._tell(f"{self._url} answered {response.status_code}")
                    return
                for chunk in response.iter_bytes():
                    self._write(chunk)
                    if self._closed.is_set():
                        return
                self._tell(f"{self._url} was closed by its server")
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            why = (str(error).splitlines() or [type(error).__name__])[0]
            self._tell(f"{self._url} did not come, or broke off ({why[:200]})")
        finally:
            os.close(self._end)

    def _tell(self, message: str) -> None:
        log.warning("live_broke_off", why=message)
        if not self._closed.is_set():
            self._on_broken(message)

    def _write(self, chunk: bytes) -> None:
        """All of it, as fast as it is read; given up when the stream is closed."""
        while chunk and not self._closed.is_set():
            _, writable, _ = select.select([], [self._end], [], LOOK_EVERY_S)
            if writable:
                chunk = chunk[os.write(self._end, chunk) :]
