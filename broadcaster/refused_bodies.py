"""Bodies over the limit, as waitress receives them: thrown away while they arrive, so that we can answer.

Waitress itself would answer with a bare text and cut the connection, of which a browser shows nothing.
Here the application sees the announced length, refuses by it in the reader's language, and no byte of the
body was written to disk. Chunked bodies, which announce no length, end at the same limit with its text.
"""

from __future__ import annotations

import io
from typing import Any

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # publishes no types
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]
from waitress.receiver import FixedStreamReceiver  # type: ignore[import-untyped]
from waitress.server import BaseWSGIServer  # type: ignore[import-untyped]
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]

READ_AND_DROPPED_AT_MOST = 16 * 2**30
"""A body announced longer than this is not even read: waitress cuts the connection."""


class _Dropped:
    """A buffer that keeps nothing."""

    def __len__(self) -> int:
        return 0

    def append(self, data: bytes) -> None:
        """Forget it."""

    def close(self) -> None:
        """Nothing to put away."""


class _DroppingReceiver(FixedStreamReceiver):  # type: ignore[misc]  # waitress publishes no types
    """Reads so many bytes off the connection and gives the application none of them."""

    def __init__(self, content_length: int) -> None:
        super().__init__(content_length, _Dropped())

    def getfile(self) -> Any:
        """An empty file."""
        return io.BytesIO()


def dropping_channel(limit_bytes: int) -> type:
    """A channel class for a waitress server: bodies above the limit are dropped as they arrive."""

    class Parser(HTTPRequestParser):  # type: ignore[misc]
        body_rcv: Any
        error: Any

        def parse_header(self, header_plus: bytes) -> None:
            super().parse_header(header_plus)
            if self.content_length > limit_bytes:
                self.body_rcv.getbuf().close()
                self.body_rcv = _DroppingReceiver(self.content_length)

        def received(self, data: bytes) -> int:
            consumed: int = super().received(data)
            if self.chunked and self.body_bytes_received > limit_bytes and self.error is None:
                self.error = RequestEntityTooLarge(f"exceeds {limit_bytes} bytes")
                self.completed = True
            return consumed

    class Channel(HTTPChannel):  # type: ignore[misc]
        parser_class = Parser

    return Channel


def drop_above(limit_bytes: int, sockets: dict[int, Any]) -> None:
    """Let the servers of a waitress socket map drop what is above the limit."""
    channel = dropping_channel(limit_bytes)
    for server in sockets.values():
        if isinstance(server, BaseWSGIServer):
            server.channel_class = channel
