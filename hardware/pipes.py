"""Lines over pipes that never block: neither end may hang because the other does not read."""

import os
import select

MAX_WAITING_BYTES = 256 * 1024


class LineReader:
    """Lines from a file descriptor, as they come. Of a longer one not all is kept."""

    def __init__(self, descriptor: int, longest_bytes: int = 4096) -> None:
        self.descriptor, self._longest_bytes = descriptor, longest_bytes
        self.ended = False
        self._received = bytearray()
        os.set_blocking(descriptor, False)

    def read(self) -> list[bytes]:
        """The whole lines that have arrived. `ended` becomes true when the other end has closed."""
        try:
            data = os.read(self.descriptor, 65536)
        except BlockingIOError:
            return []
        except OSError:
            data = b""
        self.ended = self.ended or not data
        self._received += data
        *lines, rest = bytes(self._received).split(b"\n")
        self._received = bytearray(rest[: self._longest_bytes + 1])  # one byte over: refused when decoded
        return lines


class LineWriter:
    """Lines to a file descriptor; what does not fit yet waits, and beyond `MAX_WAITING_BYTES` is dropped."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.broken = False
        self._waiting = bytearray()
        os.set_blocking(descriptor, False)

    @property
    def waiting(self) -> bool:
        """Whether something is still to be sent."""
        return bool(self._waiting) and not self.broken

    def write(self, line: bytes) -> None:
        """Send a line now or as soon as it fits. Never raises: `broken` tells that nobody reads any more."""
        if len(self._waiting) + len(line) <= MAX_WAITING_BYTES:
            self._waiting += line
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as it goes without waiting."""
        while self.waiting:
            try:
                sent = os.write(self.descriptor, self._waiting[: select.PIPE_BUF])
            except BlockingIOError:
                return
            except OSError:
                self.broken = True
                return
            del self._waiting[:sent]
