"""What is said through the operator's door: a request and its answer, one JSON object a line each."""

from __future__ import annotations

import base64
from typing import Annotated, ClassVar, Literal

from pydantic import Base64Bytes, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from schedules.wire.alert import Alert
from schedules.wire.base import DurationMs, Instant, Key, Sha256, Tag, Title, WireValue
from station_agent.errors import BadRequest
from station_agent.operator_acts import LONGEST_HOLD, LONGEST_MICROPHONE

MAX_REQUEST_BYTES = 512 * 1024
"""An alert in base64 fits, and nothing much larger."""
MAX_ANSWER_BYTES = 1024 * 1024
MOST_LISTED = 300
"""Recordings and files in one answer: as many as fit, however long their titles."""

Minutes = Annotated[int, Field(ge=0)]
Zones = Annotated[tuple[Key, ...], Field(max_length=32)]


class StopRequest(WireValue):
    """End what is on the air."""

    act: Literal["stop"]


class HoldRequest(WireValue):
    """Start nothing new for so many minutes; 0 goes on at once."""

    act: Literal["hold"]
    minutes: Annotated[int, Field(ge=0, le=LONGEST_HOLD.total_seconds() // 60)]


class VolumeRequest(WireValue):
    """Percent of the plan's level, of one zone or of all."""

    act: Literal["volume"]
    percent: Annotated[int, Field(ge=0, le=100)]
    zone: Key | None = None


class OrderRequest(WireValue):
    """Which broadcasts go first where several of one class are due together; none takes an order back."""

    act: Literal["order"]
    broadcasts: Annotated[tuple[Key, ...], Field(max_length=50)]


class RecordingsRequest(WireValue):
    """Which recordings and files may be played now."""

    act: Literal["recordings"]


class PlayRequest(WireValue):
    """An approved recording of the plan by its hash, the beginning of it, or its title, with its language
    where several have that; or a file of the operator's folder by its name.
    """

    act: Literal["play"]
    recording: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    language: Tag | None = None
    file: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    zones: Zones = ()

    @model_validator(mode="after")
    def _one_of_them(self) -> PlayRequest:
        if (self.recording is None) is (self.file is None):
            raise ValueError("name either a recording or a file")
        if self.language is not None and self.recording is None:
            raise ValueError("a language belongs to a recording")
        return self


class MicrophoneRequest(WireValue):
    """Give the loudspeakers to the microphone for so many minutes; 0 takes them back."""

    act: Literal["microphone"]
    minutes: Annotated[int, Field(ge=0, le=LONGEST_MICROPHONE.total_seconds() // 60)]
    zones: Zones = ()


class AlertRequest(WireValue):
    """A signed alert; it is judged like one that came from the province."""

    model_config = ConfigDict(str_max_length=MAX_REQUEST_BYTES)
    LARGEST_BYTES: ClassVar[int] = Alert.MAX_SIZE_BYTES

    act: Literal["alert"]
    envelope: Base64Bytes

    @classmethod
    def of(cls, envelope: bytes) -> AlertRequest:
        """The request that hands these bytes over."""
        return cls(act="alert", envelope=base64.b64encode(envelope))


Act = (
    StopRequest | HoldRequest | VolumeRequest | OrderRequest | PlayRequest | MicrophoneRequest | AlertRequest
)
"""A request that has something done."""
Request = Annotated[Act | RecordingsRequest, Field(discriminator="act")]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class Playable(WireValue):
    """What may be played: a recording by `name`, the beginning of its hash, or a file by its `name`.

    A file has neither hash nor language; its length is measured when it is asked for. `here`: whether its
    audio is on this disk.
    """

    name: Annotated[str, Field(min_length=1, max_length=255)]
    title: Title
    language: Tag | None = None
    duration_ms: DurationMs | None = None
    sha256: Sha256 | None = None
    valid_until: Instant | None = None
    here: bool


class Answer(WireValue):
    """Whether it is done, in words. A refusal changes nothing. `recordings`: where they were asked for."""

    ok: bool
    message: str
    recordings: Annotated[
        tuple[Playable, ...] | None, Field(exclude_if=lambda value: value is None, max_length=MOST_LISTED)
    ] = None


def takes_long(request: Request) -> bool:
    """Whether doing it may take seconds: a file is measured before it is played."""
    return isinstance(request, PlayRequest) and request.file is not None


def read_request(line: bytes) -> Request:
    """The request in a line. Raises `BadRequest`, which names the field."""
    try:
        return REQUEST.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "request"
        raise BadRequest(f"{where[:120]!a}: {first['msg'][:200]}") from None
