"""What the agent and the sound worker say to each other: one JSON object a line.

Instants are microseconds of the steady clock (`steady_clock`). Agent to worker, each with a rising `id`:
    {"id": 1, "do": "ping"}
    {"id": 2, "do": "play", "key": "7", "path": …, "start_ms": 0, "volume_percent": 100, "at_us": null}
    {"id": 3, "do": "prepare", …}                                the same fields
    {"id": 4, "do": "take_back", "key": "7"}
    {"id": 5, "do": "stop", "fade_ms": 0}
    {"id": 6, "do": "set_volume", "percent": 80}
    {"id": 7, "do": "begin_capture", "path": …, "first_sample_us": null}    else: go on with the file
    {"id": 8, "do": "end_capture"}
Worker to agent:
    {"ready": true, "fault": null} or {"unavailable": message}   once, first; fault: why the way out is shut
    {"way_out": null}                                            it is open now; else why it is shut
    {"answer": 1, "sounds": [["7", 1240, 2000]], "value": 0}     taken; key, heard and whole milliseconds
    {"answer": 7, "refused": message, "by_caller": false}
    {"event": "started", "key": "7", "at_us": …}
    {"event": "finished", "key": "7", "at_us": …, "played_ms": 2000, "cut": false}
    {"event": "failed", "key": "7", "message": …, "played_ms": 0, "at_us": null}
    {"broken": message}                                          the worker ends and wants to be replaced
"""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.ports import AudioEvent, Failed, Finished, PlayRequest, Started
from hardware.sound.steady_clock import as_instant, as_us

LONGEST_LINE_BYTES = 16 * 1024


class NotUnderstood(ValueError):
    """A line that is no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Ready:
    """VLC is loaded; sounds are taken. `fault`: why the way out could not be opened so far."""

    fault: str | None = None


@dataclass(frozen=True, slots=True)
class WayOutNow:
    """The way out has opened (`fault` None), or a sound found that it does not."""

    fault: str | None


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Sound cannot be played here; why and what to do."""

    message: str


@dataclass(frozen=True, slots=True)
class Broken:
    """The way out or the decoder hangs; another worker may do better."""

    message: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A request was taken, or refused in words. `sounds`: key → heard and whole milliseconds."""

    id: int
    sounds: dict[str, tuple[int, int]] = field(default_factory=dict)
    value: int = 0
    refused: str | None = None
    by_caller: bool = False


Told = Ready | WayOutNow | Unavailable | Broken | Answer | AudioEvent


def encode(said: dict[str, Any]) -> bytes:
    """One line."""
    return json.dumps(said, ensure_ascii=True).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any]:
    """The object of a line. Raises `NotUnderstood`."""
    try:
        said = json.loads(line) if len(line) <= LONGEST_LINE_BYTES else None
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise NotUnderstood("not a JSON object of a reasonable size")
    return said


def request_fields(request: PlayRequest) -> dict[str, Any]:
    """A request whose instants are the steady clock's, as fields of a message."""
    at = request.not_before
    return {
        "key": request.key,
        "path": str(request.path),
        "start_ms": request.start_ms,
        "volume_percent": request.volume_percent,
        "at_us": None if at is None else as_us(at),
    }


def request_of(said: dict[str, Any]) -> PlayRequest:
    """The request of a message. Raises `NotUnderstood`."""
    try:
        at_us = said["at_us"]
        return PlayRequest(
            str(said["key"]),
            Path(said["path"]),
            int(said["start_ms"]),
            int(said["volume_percent"]),
            None if at_us is None else as_instant(int(at_us)),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise NotUnderstood(str(problem)) from problem


def event_fields(event: AudioEvent) -> dict[str, Any]:
    """An event whose instants are the steady clock's, as a message."""
    match event:
        case Started(key=key, first_sample_at=at):
            return {"event": "started", "key": key, "at_us": as_us(at)}
        case Finished(key=key, last_sample_at=at, played_ms=played_ms, cut=cut):
            return {"event": "finished", "key": key, "at_us": as_us(at), "played_ms": played_ms, "cut": cut}
        case Failed(key=key, message=message, played_ms=played_ms, moved_at=moved_at):
            at_us = None if moved_at is None else as_us(moved_at)
            return {
                "event": "failed",
                "key": key,
                "message": message,
                "played_ms": played_ms,
                "at_us": at_us,
            }


def told_of(line: bytes) -> Told:
    """What the worker told. Raises `NotUnderstood`."""
    said = decode(line)
    try:
        if "answer" in said:
            sounds = {str(key): (int(heard), int(whole)) for key, heard, whole in said.get("sounds", [])}
            return Answer(
                int(said["answer"]),
                sounds,
                int(said.get("value", 0)),
                said.get("refused"),
                bool(said.get("by_caller", False)),
            )
        if "event" in said:
            return _event_of(said)
        if "ready" in said:
            return Ready(_words(said.get("fault")))
        if "way_out" in said:
            return WayOutNow(_words(said["way_out"]))
        if "broken" in said:
            return Broken(str(said["broken"]))
        return Unavailable(str(said["unavailable"]))
    except (KeyError, TypeError, ValueError, OverflowError) as problem:
        raise NotUnderstood(str(problem)) from problem


def _words(said: object) -> str | None:
    return None if said is None else str(said)


def _event_of(said: dict[str, Any]) -> AudioEvent:
    key, at_us = str(said["key"]), said["at_us"]
    at = None if at_us is None else as_instant(int(at_us))
    if said["event"] == "failed":
        return Failed(key, str(said["message"]), int(said["played_ms"]), at)
    if at is None:
        raise NotUnderstood("an instant is missing")
    if said["event"] == "started":
        return Started(key, at)
    return Finished(key, at, int(said["played_ms"]), bool(said["cut"]))
