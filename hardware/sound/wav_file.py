"""A WAV file that can be read at any moment while it grows."""

import os
import struct
import time
from pathlib import Path

HEADER_BYTES = 44
REFRESH_S = 0.25
MAX_DATA_BYTES = 0xFFFFFFFF - HEADER_BYTES - 1


class GrowingWav:
    """16-bit mono samples appended to a file whose header is right again at least every 0.25 s of writing.

    `goes_on`: the file is there already, whole or as a killed process left it, and is appended to.
    """

    def __init__(self, path: Path, rate_hz: int, *, goes_on: bool = False) -> None:
        self._rate_hz = rate_hz
        self._size_bytes = max(0, path.stat().st_size - HEADER_BYTES) & ~1 if goes_on else 0
        self._refreshed_s = time.monotonic()
        self._file = path.open("r+b" if goes_on else "wb", buffering=0)
        self._file.write(self._header())
        self._file.seek(HEADER_BYTES + self._size_bytes)

    @property
    def samples(self) -> int:
        """How many samples it holds."""
        return self._size_bytes // 2

    def append(self, data: bytes) -> None:
        """Add samples. What a WAV file cannot hold any more (beyond 4 GiB) is left out."""
        data = data[: max(0, MAX_DATA_BYTES - self._size_bytes)]
        self._file.write(data)
        self._size_bytes += len(data)
        if time.monotonic() - self._refreshed_s >= REFRESH_S:
            self._refresh()

    def close(self) -> None:
        """Bring the header up to date and close. Twice is harmless."""
        if not self._file.closed:
            self._refresh()
            self._file.close()

    def _refresh(self) -> None:
        self._refreshed_s = time.monotonic()
        os.pwrite(self._file.fileno(), self._header(), 0)

    def _header(self) -> bytes:
        size = self._size_bytes
        return struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            *(b"RIFF", size + HEADER_BYTES - 8, b"WAVE", b"fmt ", 16),
            *(1, 1, self._rate_hz, self._rate_hz * 2, 2, 16, b"data", size),
        )
