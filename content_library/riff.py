"""Where the samples of a RIFF/WAVE file lie."""

import struct
from dataclasses import dataclass
from pathlib import Path

# Recorders that cannot seek back write one of these for "until the end of the file".
_OPEN_ENDED = (0, 0xFFFFFFFF)
_MOST_CHUNKS = 1000


@dataclass(frozen=True)
class DataChunk:
    """Offset of the first sample byte, and how many bytes follow; None where the header leaves it open."""

    offset: int
    size_bytes: int | None


def data_chunk(path: Path) -> DataChunk | None:
    """Find the samples of a WAV or RF64 file; None where this is no such file or it has no samples."""
    with path.open("rb") as file:
        riff = file.read(12)
        if len(riff) < 12 or riff[:4] not in (b"RIFF", b"RF64") or riff[8:] != b"WAVE":
            return None
        long_size = None
        for _ in range(_MOST_CHUNKS):
            header = file.read(8)
            if len(header) < 8:
                return None
            name, size = struct.unpack("<4sI", header)
            if name == b"data":
                if riff[:4] == b"RF64" and size == 0xFFFFFFFF:
                    return DataChunk(file.tell(), long_size)
                return DataChunk(file.tell(), None if size in _OPEN_ENDED else size)
            start = file.tell()
            if name == b"ds64" and size >= 16:
                long_size = struct.unpack("<8xQ", file.read(16))[0]
            file.seek(start + size + size % 2)
    return None
