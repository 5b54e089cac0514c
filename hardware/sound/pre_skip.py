"""How many frames a decoder gives before the first frame of what was recorded.

Opus begins with some milliseconds that belong to the codec, not to the recording; the header `OpusHead` says
how many (RFC 7845, 5.1). VLC leaves them out for Ogg and plays them for WebM, where they are silence that
would make every sound begin late.
"""

from pathlib import Path

EBML = b"\x1a\x45\xdf\xa3"
OPUS_HEAD = b"OpusHead"
LOOK_BYTES = 4096
AT_MOST = 48_000 // 10


def pre_skip_frames(path: Path) -> int:
    """Frames of 48 kHz to leave out at the beginning of a file; 0 for anything but Opus in WebM or
    Matroska."""
    if not path.is_file():
        return 0
    try:
        with path.open("rb") as file:
            beginning = file.read(LOOK_BYTES)
    except OSError:
        return 0
    at = beginning.find(OPUS_HEAD)
    if not beginning.startswith(EBML) or at < 0 or len(beginning) < at + 12:
        return 0
    frames = int.from_bytes(beginning[at + 10 : at + 12], "little")
    return frames if frames <= AT_MOST else 0
