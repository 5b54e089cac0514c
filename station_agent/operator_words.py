"""What is said through the operator's door: a request and its answer, one JSON object a line each."""

from __future__ import annotations

import base64
from typing import Annotated, ClassVar, Literal

from pydantic import Base64Bytes, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from schedules.wire.alert import Alert
from schedules.wire.base import Key, Sha256, WireValue
from station_agent.errors import BadRequest
from station_agent.operator_acts import LONGEST_HOLD, LONGEST_MICROPHONE

MAX_REQUEST_BYTES = 512 * 1024
"""An alert in base64 fits, and nothing much larger."""

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
    """Which broadcasts go first where several of one class are due together."""

    act: Literal["order"]
    broadcasts: Annotated[tuple[Key, ...], Field(max_length=50)]


class PlayRequest(WireValue):
    """An approved recording of the plan by its hash, or a file of the operator's folder by its name."""

    act: Literal["play"]
    recording: Sha256 | None = None
    file: Annotated[str, Field(min_length=1, max_length=255)] | None = None
    zones: Zones = ()

    @model_validator(mode="after")
    def _one_of_them(self) -> PlayRequest:
        if (self.recording is None) is (self.file is None):
            raise ValueError("name either a recording or a file")
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


Request = Annotated[
    StopRequest | HoldRequest | VolumeRequest | OrderRequest | PlayRequest | MicrophoneRequest | AlertRequest,
    Field(discriminator="act"),
]
REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class Answer(WireValue):
    """Whether it is done, in words. A refusal changes nothing."""

    ok: bool
    message: str


def read_request(line: bytes) -> Request:
    """The request in a line. Raises `BadRequest`, which names the field."""
    try:
        return REQUEST.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"][1:]) or "request"
        raise BadRequest(f"{where[:120]!a}: {first['msg'][:200]}") from None
