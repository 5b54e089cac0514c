"""Bodies of requests as waitress receives them: where they lie meanwhile, and what becomes of cut ones.

Waitress hands a request to the application when its body is whole. What is too large for memory waits in the
upload folder, on the disk whose free space is looked after, not on the system's. A PATCH whose connection
breaks is handed on with the bytes that came, so that a resumable upload keeps each of them; its answer goes
nowhere.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from waitress.buffers import FileBasedBuffer, OverflowableBuffer  # type: ignore[import-untyped]  # no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.receiver import FixedStreamReceiver  # type: ignore[import-untyped]
from waitress.task import WSGITask  # type: ignore[import-untyped]

IN_MEMORY_BYTES = 512 * 1024
KEPT_METHOD = "PATCH"
LOCK_WITHIN_S = 0.2


class _OnDisk(FileBasedBuffer):  # type: ignore[misc]  # waitress publishes no types
    """A body in a nameless file of the folder; it goes with its last holder."""

    def __init__(self, folder: Path, before: Any) -> None:
        super().__init__(TemporaryFile("w+b", dir=folder), before)  # noqa: SIM115 - closed with the buffer


class Waiting(OverflowableBuffer):  # type: ignore[misc]
    """A body in memory while it is small, then in the folder."""

    buf: Any

    def __init__(self, folder: Path) -> None:
        super().__init__(IN_MEMORY_BYTES)
        self._folder = folder

    def _set_large_buffer(self) -> None:
        before = self.buf
        self.buf = _OnDisk(self._folder, before)
        if before is not None:
            before.close()
        self.overflowed = True


class _CutRequest:
    """A task for waitress' threads: the application is called, and nobody reads what it answers."""

    def __init__(self, channel: Any, request: Any) -> None:
        self._server = channel.server
        self._request = request
        self._environment = WSGITask(channel, request).get_environment()

    def service(self) -> None:
        """Give the request to the application."""
        try:
            answer = self._server.application(self._environment, lambda *_: lambda _: None)
            with contextlib.closing(answer) if hasattr(answer, "close") else contextlib.nullcontext():
                for _piece in answer:
                    pass
        finally:
            self._request.close()

    def cancel(self) -> None:
        """The server ends first."""
        self._request.close()


class KeepingChannel(HTTPChannel):  # type: ignore[misc]
    """A connection whose cut PATCH is handed on with what arrived."""

    request: Any

    def handle_close(self) -> None:
        """The connection is gone."""
        cut = self._take_cut()
        super().handle_close()
        if cut is not None:
            self.server.add_task(_CutRequest(self, cut))

    def _take_cut(self) -> Any:
        # waitress may close while it holds the lock itself; then nothing is kept, which the protocol allows
        if not self.requests_lock.acquire(timeout=LOCK_WITHIN_S):
            return None
        try:
            request, self.request = self.request, None
        finally:
            self.requests_lock.release()
        if request is None or not request.headers_finished or request.completed or request.error:
            return None
        body = request.body_rcv
        came = 0 if not isinstance(body, FixedStreamReceiver) else len(body)
        if request.command != KEPT_METHOD or came == 0:
            request.close()
            return None
        request.headers["CONTENT_LENGTH"] = str(came)
        return request
