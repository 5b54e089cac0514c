"""Whether a file ends where its container says it does, for containers whose cut ffmpeg does not notice.

WAV, AIFF and Ogg decode without a complaint up to the place where they were cut.
"""

from pathlib import Path

from content_library.errors import Truncated
from content_library.probe import SourceFormat
from content_library.riff import data_chunk

# Where a page's header says what it is, and the mark of the last page of a stream.
_HEADER_TYPE, _END_OF_STREAM = 5, 4
# The largest Ogg page (RFC 3533): 27 bytes, 255 lacing values, 255 segments of 255 bytes.
_LARGEST_PAGE = 27 + 255 + 255 * 255


def refuse_cut_file(source: Path, said: SourceFormat) -> None:
    """Raise Truncated where the last chunk or page claims more bytes than there are."""
    if said.container == "wav":
        missing = _missing_from_wav(source)
    elif said.container == "aiff":
        missing = _missing_from_aiff(source)
    elif said.container == "ogg":
        last_page = _last_ogg_page(source)
        if len(last_page) > _HEADER_TYPE and not last_page[_HEADER_TYPE] & _END_OF_STREAM:
            raise Truncated("the file has no end: its last pages are missing; copy or upload it again")
        missing = _missing_from(last_page)
    else:
        return
    if missing > 0:
        raise Truncated(
            f"the file breaks off: {missing} bytes are missing at its end; copy or upload it again",
            missing_bytes=missing,
        )


def _missing_from_wav(source: Path) -> int:
    chunk = data_chunk(source)
    if chunk is None or chunk.size_bytes is None:
        return 0
    return chunk.offset + chunk.size_bytes - source.stat().st_size


def _missing_from_aiff(source: Path) -> int:
    """The outermost chunk, `FORM`, states the length of all that follows."""
    with source.open("rb") as file:
        head = file.read(8)
    if len(head) < 8 or head[:4] != b"FORM":
        return 0
    return 8 + int.from_bytes(head[4:], "big") - source.stat().st_size


def _last_ogg_page(source: Path) -> bytes:
    """What there is of the last page, or nothing where there is none."""
    size = source.stat().st_size
    with source.open("rb") as file:
        file.seek(max(0, size - 2 * _LARGEST_PAGE))
        tail = file.read()
    start = tail.rfind(b"OggS")
    return tail[start:] if start >= 0 else b""


def _missing_from(page: bytes) -> int:
    if not page:
        return 0
    if len(page) < 27 or len(page) < 27 + page[26]:
        return 1
    return 27 + page[26] + sum(page[27 : 27 + page[26]]) - len(page)
