"""The alert: an emergency (or a test of it) that plays at once, expires and can be cancelled."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schedules.wire.base import Instant, Key, StationId, Title, WireDocument
from schedules.wire.plan import PlanItem, PlannedAudio


class AlertAct(StrEnum):
    """`test` never sounds real: it carries its own items and is marked in every airing."""

    RAISE = "raise"
    CANCEL = "cancel"
    TEST = "test"


class Alert(WireDocument):
    """Signed by the province; `serial` rises per alert key so that a cancel can't be undone by a replay."""

    PAYLOAD_TYPE: ClassVar[str] = "application/vnd.sekong.alert+json"
    MAX_SIZE_BYTES: ClassVar[int] = 256 * 1024

    format: Literal["sekong-alert/1"] = "sekong-alert/1"
    key: Annotated[Key, Field(max_length=120)]
    serial: Annotated[int, Field(ge=1, le=2**53)]
    act: AlertAct
    title: Title
    stations: Annotated[tuple[StationId, ...], Field(min_length=1, max_length=2000)]
    issued_at: Instant
    expires_at: Instant
    repeat_every_s: Annotated[int, Field(ge=30, le=3600)] | None = None
    items: Annotated[tuple[PlanItem, ...], Field(max_length=50)] = ()
    audio: Annotated[tuple[PlannedAudio, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _has_something_to_say(self) -> Self:
        if (self.act is not AlertAct.CANCEL) != bool(self.items):
            raise ValueError("an alert that is raised or tested has items, a cancelled one has none")
        if len({item.key for item in self.items}) != len(self.items):
            raise ValueError("two items of an alert have one key")
        listed = {audio.sha256 for audio in self.audio}
        for item in self.items:
            if item.sha256 is not None and item.sha256 not in listed:
                raise ValueError(f"item {item.key} needs audio the alert does not list")
        if self.expires_at <= self.issued_at:
            raise ValueError("expires_at must be after issued_at")
        return self
