"""Pages are sent packed: a village office's line is slow, and HTML shrinks to a sixth.

Session cookies are SameSite=Lax, so a foreign page cannot make the browser fetch ours to guess at secrets by
their packed size. Answers to stations are left as they are: theirs are exact bytes.
"""

from __future__ import annotations

import gzip

from apiflask import APIFlask
from flask import Response, request

from broadcaster.accounts.service import is_station_door

LEAST_BYTES = 1200
LEVEL = 6
PACKED_TYPES = frozenset({"text/html", "text/csv", "application/json"})


def set_up(app: APIFlask) -> None:
    """Pack what browsers say they can unpack; registered first, so that it comes last."""
    app.after_request(_pack)


def _pack(response: Response) -> Response:
    if response.mimetype not in PACKED_TYPES or is_station_door():
        return response
    response.vary.add("Accept-Encoding")
    if (
        request.accept_encodings.quality("gzip") <= 0
        or response.is_streamed
        or response.direct_passthrough
        or "Content-Encoding" in response.headers
        or (response.content_length or 0) < LEAST_BYTES
    ):
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
