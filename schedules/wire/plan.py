"""The plan: everything one station is to air for the days ahead, as explicit instants in UTC."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from schedules.message_class import MessageClass
from schedules.wire.base import (
    Count,
    DurationMs,
    Instant,
    Key,
    Sha256,
    StationId,
    Tag,
    Title,
    WireDocument,
    WireValue,
)


class ItemKind(StrEnum):
    """What an item of a broadcast is."""

    JINGLE = "jingle"
    ANNOUNCEMENT = "announcement"
    LIVE = "live"
    PAUSE = "pause"


class MissedRule(StrEnum):
    """What becomes of a broadcast that could not start on time."""

    SKIP = "skip"
    LATE = "late"
    JOIN = "join"
    MAKE_UP = "make-up"


class QuietRule(StrEnum):
    """What a slot does inside quiet hours: hold back, or air all the same (emergencies)."""

    HOLD = "hold"
    IGNORE = "ignore"


class MissedPolicy(WireValue):
    """`late` needs `until`, the last instant at which the broadcast may still start."""

    rule: MissedRule = MissedRule.SKIP
    until: Instant | None = None

    @model_validator(mode="after")
    def _late_has_a_limit(self) -> Self:
        if (self.rule is MissedRule.LATE) != (self.until is not None):
            raise ValueError("'until' belongs to the rule 'late', and only to it")
        return self


class PlanItem(WireValue):
    """One thing to air. Audio items carry hash and language; pauses only a duration; live a URL.

    `key` is unique in the station's life: `<broadcast>/<position>`. `valid_until` is the last instant at
    which the recording may be heard. `instead_of` names a live item before it: this one is heard only where
    that stream did not come or broke off, and takes no time of its own. It is written only where it is set,
    so that a plan without it reads as it always did.
    """

    key: Key
    kind: ItemKind
    title: Title
    duration_ms: DurationMs
    language: Tag | None = None
    sha256: Sha256 | None = None
    url: Annotated[str, Field(max_length=500, pattern=r"^https?://")] | None = None
    valid_until: Instant | None = None
    instead_of: Annotated[Key | None, Field(exclude_if=lambda value: value is None)] = None

    @model_validator(mode="after")
    def _fields_fit_the_kind(self) -> Self:
        has_audio = self.kind in (ItemKind.JINGLE, ItemKind.ANNOUNCEMENT)
        if has_audio != (self.sha256 is not None):
            raise ValueError(f"a {self.kind.value} {'needs' if has_audio else 'has no'} sha256")
        if (self.kind is ItemKind.LIVE) != (self.url is not None):
            raise ValueError("'url' belongs to a live item, and only to it")
        if self.kind is ItemKind.ANNOUNCEMENT and self.language is None:
            raise ValueError("an announcement needs its language")
        if self.instead_of is not None and not has_audio:
            raise ValueError(f"a {self.kind.value} cannot stand in for a live item")
        return self


class PlannedBroadcast(WireValue):
    """One occurrence of a slot at this station: an instant, zones and resolved recordings.

    `key` is `<slot>-<planned start as 20261124T223000Z>`: the same in every plan that holds it, so that a
    new plan never makes a broadcast air twice.
    """

    key: Key
    slot: Key
    title: Title
    planned_start: Instant
    zones: Annotated[tuple[Key, ...], Field(min_length=1, max_length=32)]
    message_class: MessageClass
    missed: MissedPolicy = MissedPolicy()
    quiet: QuietRule = QuietRule.HOLD
    standing: bool = False
    items: Annotated[tuple[PlanItem, ...], Field(min_length=1, max_length=500)]

    @property
    def duration_ms(self) -> int:
        """Planned length, items end to end, milliseconds; what stands in for a stream takes no time."""
        return sum(item.duration_ms for item in self.items if item.instead_of is None)


class PlannedAudio(WireValue):
    """A file the plan needs."""

    sha256: Sha256
    size_bytes: Count
    duration_ms: DurationMs
    media_type: Annotated[str, Field(max_length=80)]


class Zone(WireValue):
    """A loudspeaker line or a transmitter key: the board's `channel` from 1; None needs no relay."""

    key: Key
    name: Title
    channel: Annotated[int, Field(ge=1, le=64)] | None = None


class QuietHours(WireValue):
    """Local time of day, minutes after midnight; the span may cross midnight; equal ends mean none."""

    start_minute: Annotated[int, Field(ge=0, lt=1440)]
    end_minute: Annotated[int, Field(ge=0, lt=1440)]


class StationLimits(WireValue):
    """What the station may do at most, and how its amplifier wants to be treated."""

    quiet_hours: QuietHours | None = QuietHours(start_minute=21 * 60, end_minute=5 * 60)
    warm_up_ms: Annotated[int, Field(ge=0, le=60_000)] = 1000
    tail_ms: Annotated[int, Field(ge=0, le=60_000)] = 500
    max_on_s: Annotated[int, Field(ge=1, le=6 * 3600)] = 3600
    volume_percent: Annotated[int, Field(ge=0, le=100)] = 100


class Plan(WireDocument):
    """Signed by the province, numbered, complete.

    `fresh_until`: to here (28 days) everything is listed; later the station alarms. `not_after`: to here
    (180 days) standing items go on; later the plan is refused. `languages` are the village's, in order.
    """

    PAYLOAD_TYPE: ClassVar[str] = "application/vnd.sekong.plan+json"

    format: Literal["sekong-plan/1"] = "sekong-plan/1"
    station: StationId
    serial: Annotated[int, Field(ge=1)]
    issued_at: Instant
    fresh_until: Instant
    not_after: Instant
    village: Title
    time_zone: Annotated[str, Field(max_length=64)]
    languages: Annotated[tuple[Tag, ...], Field(min_length=1, max_length=12)]
    zones: Annotated[tuple[Zone, ...], Field(max_length=32)]
    limits: StationLimits
    broadcasts: Annotated[tuple[PlannedBroadcast, ...], Field(max_length=20_000)]
    audio: Annotated[tuple[PlannedAudio, ...], Field(max_length=20_000)]
    withdrawn: Annotated[tuple[Sha256, ...], Field(max_length=20_000)] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        listed = {audio.sha256 for audio in self.audio}
        gone = set(self.withdrawn)
        zones = {zone.key for zone in self.zones}
        seen: set[str] = set()
        for broadcast in self.broadcasts:
            if broadcast.key in seen:
                raise ValueError(f"broadcast {broadcast.key} stands twice")
            seen.add(broadcast.key)
            if not zones.issuperset(broadcast.zones):
                raise ValueError(f"broadcast {broadcast.key} names a zone the plan does not have")
            live: set[str] = set()
            for item in broadcast.items:
                if item.kind is ItemKind.LIVE:
                    live.add(item.key)
                if item.instead_of is not None and item.instead_of not in live:
                    raise ValueError(f"item {item.key} stands in for no live item before it")
                if item.sha256 is not None and item.sha256 not in listed:
                    raise ValueError(f"item {item.key} needs audio the plan does not list")
                if item.sha256 in gone:
                    raise ValueError(f"item {item.key} uses a withdrawn recording")
        if not self.issued_at <= self.fresh_until <= self.not_after:
            raise ValueError("issued_at, fresh_until and not_after must follow each other")
        return self
