"""What the owner and the guard say to each other: one JSON object a line.

Owner to guard, each with a rising `id`:
    {"id": 1, "do": "ping"}                                      a sign of life
    {"id": 2, "do": "set", "channel": 1, "on": true, "max_on_ms": 600000}
    {"id": 3, "do": "all_off"}
    {"id": 4, "do": "status"}                                    tells the state of every relay again
Guard to owner:
    {"answer": 1}                                                taken
    {"event": "relay_state", "channel": 1, "on": true, "confirmed": false, "at": …, "cause": "command"}
    {"event": "fault", "code": "port_missing", "message": …, "at": …, "channels": [1, 2]}
    {"event": "ready", "at": …, "channels": [1, 2]}
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hardware.ports import BoardReady, FaultCode, RelayCause, RelayEvent, RelayFault, RelayState

LONGEST_LINE_BYTES = 4096


class NotUnderstood(ValueError):
    """A line that is no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Ping:
    """A sign of life."""

    id: int


@dataclass(frozen=True, slots=True)
class SetRelay:
    """Switch one relay."""

    id: int
    channel: int
    on: bool
    max_on_ms: int | None


@dataclass(frozen=True, slots=True)
class AllOff:
    """Open every relay."""

    id: int


@dataclass(frozen=True, slots=True)
class TellStatus:
    """Tell the state of every relay again."""

    id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The request of this id was taken."""

    id: int


Request = Ping | SetRelay | AllOff | TellStatus


def encode_request(request: Request) -> bytes:
    """One line."""
    said: dict[str, object]
    match request:
        case Ping(id=number):
            said = {"id": number, "do": "ping"}
        case AllOff(id=number):
            said = {"id": number, "do": "all_off"}
        case TellStatus(id=number):
            said = {"id": number, "do": "status"}
        case SetRelay(id=number, channel=channel, on=on, max_on_ms=max_on_ms):
            said = {"id": number, "do": "set", "channel": channel, "on": on, "max_on_ms": max_on_ms}
    return _line(said)


def decode_request(line: bytes) -> Request:
    """The request in a line. Raises `NotUnderstood`."""
    said = _object(line)
    number = _whole(said.get("id"))
    match said.get("do"):
        case "ping":
            return Ping(number)
        case "all_off":
            return AllOff(number)
        case "status":
            return TellStatus(number)
        case "set":
            on, max_on_ms = said.get("on"), said.get("max_on_ms")
            if not isinstance(on, bool):
                raise NotUnderstood("`on` must be true or false")
            return SetRelay(
                number, _whole(said.get("channel")), on, None if max_on_ms is None else _whole(max_on_ms)
            )
        case unknown:
            raise NotUnderstood(f"unknown request {unknown!r}")


def encode_told(told: RelayEvent | Answer) -> bytes:
    """One line."""
    match told:
        case Answer(id=number):
            return _line({"answer": number})
        case BoardReady(at=at, channels=channels):
            return _line({"event": "ready", "at": at.isoformat(), "channels": channels})
        case RelayFault(code=code, message=message, at=at, channels=channels):
            said = {"code": code, "message": message, "at": at.isoformat(), "channels": channels}
            return _line({"event": "fault", **said})
        case RelayState(channel=channel, on=on, confirmed=confirmed, at=at, cause=cause):
            return _line(
                {
                    "event": "relay_state",
                    "channel": channel,
                    "on": on,
                    "confirmed": confirmed,
                    "at": at.isoformat(),
                    "cause": cause,
                }
            )


def decode_told(line: bytes) -> RelayEvent | Answer:
    """What the guard told. Raises `NotUnderstood`."""
    said = _object(line)
    try:
        if "answer" in said:
            return Answer(_whole(said["answer"]))
        at = datetime.fromisoformat(said["at"])
        if said["event"] == "ready":
            return BoardReady(at, _channels(said))
        if said["event"] == "fault":
            return RelayFault(FaultCode(said["code"]), str(said["message"]), at, _channels(said))
        return RelayState(
            _whole(said["channel"]), bool(said["on"]), bool(said["confirmed"]), at, RelayCause(said["cause"])
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise NotUnderstood(str(problem)) from problem


def _line(said: dict[str, object]) -> bytes:
    return json.dumps(said, ensure_ascii=True).encode("ascii") + b"\n"


def _object(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST_LINE_BYTES:
        raise NotUnderstood(f"a line of {len(line)} bytes")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood("not JSON") from problem
    if not isinstance(said, dict):
        raise NotUnderstood("not an object")
    return said


def _channels(said: dict[str, Any]) -> tuple[int, ...]:
    return tuple(_whole(channel) for channel in said["channels"])


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise NotUnderstood(f"{value!r} is not a whole number from 0")
    return value
