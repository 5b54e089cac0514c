"""The station's report: numbered journal entries and how the station is. Signed by the station.

Entries are numbered from 1 without gaps over the station's life. A report carries those not yet
acknowledged; its `number` is that of its last entry. The server answers with the number through which it
has everything, so a lost answer costs a repetition and nothing else.
"""

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
from schedules.wire.plan import ItemKind


class Outcome(StrEnum):
    """The one accounted state in which every planned item ends."""

    AIRED = "aired"
    LATE = "late"
    JOINED = "joined"
    CUT = "cut"
    SKIPPED = "skipped"
    MISSED = "missed"


_UNHEARD = (Outcome.SKIPPED, Outcome.MISSED)


class EvidenceGrade(StrEnum):
    """How sure we are that it was heard, weakest first."""

    ORDERED = "ordered"
    DELIVERED = "delivered"
    PLAYED = "played"
    RELAY_COMMANDED = "relay_commanded"
    RELAY_CONFIRMED = "relay_confirmed"
    HEARD = "heard"

    @property
    def rank(self) -> int:
        """0 for ordered to 5 for heard."""
        return _RANKS[self]


_RANKS = {grade: rank for rank, grade in enumerate(EvidenceGrade)}


class RelayChange(WireValue):
    """A relay channel switched: `confirmed` where the board read back the new state."""

    at: Instant
    zone: Key
    channel: Annotated[int, Field(ge=1, le=64)]
    on: bool
    confirmed: bool


class Airing(WireValue):
    """As-run record of one planned item. `reason` is a short code, e.g. `power_lost`, `quiet_hours`.

    `started_at` is the instant of the first sample, `ended_at` of the last; both None where nothing aired.
    """

    entry: Literal["airing"] = "airing"
    number: Annotated[int, Field(ge=1)]
    item: Key
    broadcast: Key
    plan_serial: Annotated[int, Field(ge=1)]
    kind: ItemKind
    message_class: MessageClass
    title: Title
    language: Tag | None
    sha256: Sha256 | None
    zones: tuple[Key, ...]
    planned_start: Instant
    planned_ms: DurationMs
    started_at: Instant | None
    ended_at: Instant | None
    aired_ms: DurationMs
    outcome: Outcome
    reason: Annotated[str, Field(max_length=200)] | None = None
    evidence: EvidenceGrade
    relay: Annotated[tuple[RelayChange, ...], Field(max_length=64)] = ()

    @model_validator(mode="after")
    def _times_fit_the_outcome(self) -> Self:
        silent = self.outcome in _UNHEARD
        if silent and self.aired_ms:
            raise ValueError(f"a {self.outcome.value} item has no aired time")
        if not silent and self.started_at is None:
            raise ValueError(f"an item that ended '{self.outcome.value}' needs started_at")
        if not self.reason and self.outcome is not Outcome.AIRED:
            raise ValueError(f"an item that ended '{self.outcome.value}' needs a reason")
        return self


class Incident(WireValue):
    """Something the province should know: a tampered plan, a board that does not answer, a power cut."""

    entry: Literal["incident"] = "incident"
    number: Annotated[int, Field(ge=1)]
    at: Instant
    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,60}$")]
    subject: Annotated[str, Field(max_length=300)]
    message: Annotated[str, Field(max_length=2000)]


Entry = Annotated[Airing | Incident, Field(discriminator="entry")]


class StationHealth(WireValue):
    """How the station is at the instant of the report. None where it can't be measured here."""

    disk_free_bytes: Count | None = None
    relay_ok: bool | None = None
    relay_message: Annotated[str, Field(max_length=500)] | None = None
    output_ok: bool | None = None
    clock_trusted: bool | None = None
    clock_offset_ms: Annotated[int, Field(ge=-(2**53), le=2**53)] | None = None
    temperature_c: Annotated[float, Field(ge=-60, le=150)] | None = None
    power_cuts: Count | None = None
    audio_missing: Count | None = None


class StationReport(WireDocument):
    """What one station did and how it is."""

    PAYLOAD_TYPE: ClassVar[str] = "application/vnd.sekong.report+json"
    MAX_SIZE_BYTES: ClassVar[int] = 2 * 1024 * 1024

    format: Literal["sekong-report/1"] = "sekong-report/1"
    station: StationId
    number: Annotated[int, Field(ge=0)]
    sent_at: Instant
    software: Annotated[str, Field(max_length=40)]
    plan_serial: Annotated[int, Field(ge=0)]
    health: StationHealth
    entries: Annotated[tuple[Entry, ...], Field(max_length=1000)] = ()

    @model_validator(mode="after")
    def _entries_are_numbered_without_gaps(self) -> Self:
        numbers = [entry.number for entry in self.entries]
        if numbers and numbers != list(range(self.number - len(numbers) + 1, self.number + 1)):
            raise ValueError("entries must be numbered without gaps up to the report's number")
        return self
