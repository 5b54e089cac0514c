"""Stored audio for a browser's player: whole, or the one range it asks for."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, request

from broadcaster.errors import NotThere
from broadcaster.newsroom.models import Jingle, Recording
from content_library import AudioStore

CHUNK_BYTES = 256 * 1024


def audio_answer(sound: Recording | Jingle, store: AudioStore) -> Response:
    """200 with all of it, 206 with a range, 304 when the browser has it, 416 beyond the end."""
    if sound.sha256 is None or not store.exists(sound.sha256):
        raise NotThere("there is no audio here yet", code="audio_not_ready")
    size = store.size_bytes(sound.sha256)
    if request.if_none_match.contains(sound.sha256):
        return _stamped(Response(status=304), sound)
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return _stamped(_streamed(store, sound.sha256, 0, size), sound)
    span = asked.range_for_length(size)
    if span is None:
        answer = Response(status=416)
        answer.headers["Content-Range"] = f"bytes */{size}"
        return answer
    start, end = span
    answer = _streamed(store, sound.sha256, start, end)
    answer.status_code = 206
    answer.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _stamped(answer, sound)


def _streamed(store: AudioStore, sha256: str, start: int, end: int) -> Response:
    def chunks() -> Iterator[bytes]:
        for begin in range(start, end, CHUNK_BYTES):
            yield store.read_range(sha256, begin, min(end, begin + CHUNK_BYTES))

    answer = Response(chunks())
    answer.content_length = end - start
    return answer


def _stamped(answer: Response, sound: Recording | Jingle) -> Response:
    answer.mimetype = sound.media_type or "application/octet-stream"
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = "private, max-age=86400"
    answer.set_etag(sound.sha256 or "")
    return answer
