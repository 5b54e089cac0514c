"""Bodies that are not taken, as waitress receives them: thrown away while they arrive, so that we can answer.

Waitress itself would answer with a bare text and cut the connection, of which a browser shows nothing.
Here the application sees how long the body is and refuses by it in the reader's language; no byte of it stays
on disk. So end bodies over the limit, chunked ones as soon as they pass it, and those for which the disk has
no room.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # publishes no types
from waitress.server import BaseWSGIServer  # type: ignore[import-untyped]

from broadcaster.arriving_bodies import IN_MEMORY_BYTES, KeepingChannel, Waiting
from broadcaster.request_body import NO_ROOM

READ_AND_DROPPED_AT_MOST = 16 * 2**30
"""A body announced longer than this is not even read: waitress cuts the connection."""


@dataclass(frozen=True)
class Intake:
    """What is taken: bodies up to `limit_bytes`, lying in `folder`, whose disk keeps `keep_free_bytes`."""

    limit_bytes: int
    folder: Path
    keep_free_bytes: int = 0
    free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free

    def has_room(self, size_bytes: int) -> bool:
        """Whether a body of this size may wait in the folder; small ones wait in memory."""
        if size_bytes <= IN_MEMORY_BYTES:
            return True
        return self.free_bytes(self.folder) - size_bytes >= self.keep_free_bytes


class _Dropped:
    """A buffer that keeps nothing."""

    def __len__(self) -> int:
        return 0

    def append(self, data: bytes) -> None:
        """Forget it."""

    def getfile(self) -> Any:
        """An empty file."""
        return io.BytesIO()

    def close(self) -> None:
        """Nothing to put away."""


def dropping_channel(intake: Intake) -> type:
    """A channel class for a waitress server: what is not taken is dropped as it arrives."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]  # waitress publishes no types
        body_rcv: Any
        headers: dict[str, str]

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.body_rcv is None:
                return
            self.body_rcv.buf.close()
            too_large = self.content_length > intake.limit_bytes
            no_room = not too_large and not intake.has_room(self.content_length)
            self.body_rcv.buf = _Dropped() if too_large or no_room else Waiting(intake.folder)
            if no_room:
                self.headers[NO_ROOM] = "1"

        def received(self, data: bytes) -> int:
            consumed: int = super().received(data)
            if not self.chunked or self.body_rcv is None:
                return consumed
            if self.body_bytes_received > intake.limit_bytes and isinstance(self.body_rcv.buf, Waiting):
                self.body_rcv.buf.close()
                self.body_rcv.buf = _Dropped()
            if self.completed and isinstance(self.body_rcv.buf, _Dropped):
                self.headers["CONTENT_LENGTH"] = str(self.body_bytes_received)
            return consumed

    class Channel(KeepingChannel):
        parser_class = Parser

    return Channel


def drop_above(intake: Intake, sockets: dict[int, Any]) -> None:
    """Let the servers of a waitress socket map take what is taken and drop the rest."""
    channel = dropping_channel(intake)
    for server in sockets.values():
        if isinstance(server, BaseWSGIServer):
            server.channel_class = channel
