"""A live stream on its way to the output: HTTP in, a named pipe out, so that the output only opens files.

What it does not do: buffer ahead or reconnect. A stream that does not come, or breaks off, is the output's
failure within its own limits, and the broadcast goes on with its next item.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import httpx2
import structlog

TIMEOUT = httpx2.Timeout(connect=5, read=10, write=10, pool=5)
READER_WITHIN_S = 6.0

log = structlog.get_logger("live")


class LiveStream:
    """One stream into one pipe, on a thread of its own, until `close`."""

    def __init__(self, url: str, pipe: Path) -> None:
        pipe.unlink(missing_ok=True)
        os.mkfifo(pipe, 0o600)
        self.pipe = pipe
        self._url = url
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the stream and remove the pipe. Does not wait."""
        self._closed.set()
        self.pipe.unlink(missing_ok=True)

    def _run(self) -> None:
        end = self._open_pipe()
        if end is None:
            return
        try:
            with (
                os.fdopen(end, "wb", buffering=0) as sink,
                httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as client,
                client.stream("GET", self._url) as response,
            ):
                response.raise_for_status()
                for chunk in response.iter_bytes():
                    if self._closed.is_set():
                        return
                    sink.write(chunk)
        except (httpx2.HTTPError, httpx2.StreamError, httpx2.InvalidURL, OSError) as error:
            if not self._closed.is_set():
                log.warning("live_broke_off", url=self._url, why=str(error))

    def _open_pipe(self) -> int | None:
        """The writing end, once the output has opened the reading one; None when it does not."""
        for _ in range(int(READER_WITHIN_S / 0.02)):
            if self._closed.wait(0.02):
                return None
            try:
                end = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                continue  # nobody reads yet
            os.set_blocking(end, True)
            return end
        return None
