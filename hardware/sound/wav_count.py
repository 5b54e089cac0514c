"""How much sound a WAV holds, as it comes: its header may not know yet. Pure.

Format: RIFF WAVE, chunks `fmt ` and `data`; Microsoft, "Multimedia Programming Interface", 1991.
"""

import struct

_RIFF_BYTES, _CHUNK_BYTES = 12, 8
LONGEST_HEADER_BYTES = 4096


class WavCount:
    """Counts what it is given. Anything but a WAV has no length."""

    def __init__(self) -> None:
        self._head: bytes | None = b""  # until `data` begins
        self._bytes_a_second = 0
        self._data_bytes = 0

    @property
    def milliseconds(self) -> int:
        """Of the sound so far."""
        return self._data_bytes * 1000 // self._bytes_a_second if self._bytes_a_second else 0

    def take(self, chunk: bytes) -> None:
        """The next bytes of the file."""
        if self._head is None:
            self._data_bytes += len(chunk)
            return
        self._head += chunk
        if (begins := self._read_header(self._head)) is not None:
            self._data_bytes, self._head = len(self._head) - begins, None
        elif len(self._head) > LONGEST_HEADER_BYTES:
            self._head = None  # no WAV: what follows is counted as nothing

    def _read_header(self, head: bytes) -> int | None:
        """Where the samples begin; None while that has not come."""
        at = _RIFF_BYTES
        while len(head) >= at + _CHUNK_BYTES:
            name, size = struct.unpack_from("<4sI", head, at)
            at += _CHUNK_BYTES
            if name == b"data":
                return at
            if name == b"fmt " and len(head) >= at + 12:
                (self._bytes_a_second,) = struct.unpack_from("<I", head, at + 8)
            at += size
        return None
