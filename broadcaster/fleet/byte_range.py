"""Which bytes of a file a request wants: RFC 9110 `Range` and `If-Range`, one range, by strong ETag."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.http import parse_range_header


@dataclass(frozen=True, slots=True)
class ByteSpan:
    """Bytes `start` up to and without `end` of `size_bytes`; `partial` means 206."""

    start: int
    end: int
    size_bytes: int
    partial: bool

    @property
    def content_range(self) -> str:
        """The header's value, for a partial answer."""
        return f"bytes {self.start}-{self.end - 1}/{self.size_bytes}"

    @property
    def length(self) -> int:
        """How many bytes."""
        return self.end - self.start


def wanted_span(
    range_header: str | None, if_range: str | None, etag: str, size_bytes: int
) -> ByteSpan | None:
    """The span to send; None where the range lies beyond the end (416).

    The whole file where no range is asked, several are, the header is no byte range, or `If-Range` names
    something else than `etag` (a date never fits: hashes have no age).
    """
    whole = ByteSpan(0, size_bytes, size_bytes, partial=False)
    if range_header is None or (if_range is not None and if_range.strip() != f'"{etag}"'):
        return whole
    parsed = parse_range_header(range_header)
    if parsed is None or parsed.units != "bytes" or len(parsed.ranges) != 1:
        return whole
    found = parsed.range_for_length(size_bytes)
    if found is None or found[0] >= found[1]:
        return None
    return ByteSpan(found[0], found[1], size_bytes, partial=True)
