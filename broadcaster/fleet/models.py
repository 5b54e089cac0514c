"""Tables of the fleet: stations, their one-time codes, and the plans published to them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column, relationship

from broadcaster.database import Base, UtcDateTime, stored_enum
from broadcaster.places.models import Place
from schedules.wire.plan import StationLimits, Zone


class StationState(StrEnum):
    """`waiting`: added, not enrolled yet. `active`: has its key and gets plans. `retired`: no more."""

    WAITING = "waiting"
    ACTIVE = "active"
    RETIRED = "retired"


class Station(Base):
    """A village PC. `id` is the slug the station is known by everywhere, also in its plans.

    `zones` and `limits` hold the wire's own shapes; `languages` None means the village's. `journal` counts
    the keys the station has had: a new key means a new PC, whose entries are numbered from 1 again.
    """

    __tablename__ = "station"

    id: Mapped[str] = mapped_column(String(63), primary_key=True)
    village_code: Mapped[str] = mapped_column(ForeignKey("place.code"), index=True)
    village: Mapped[Place] = relationship(Place, primaryjoin="Station.village_code == Place.code")
    zones: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    limits: Mapped[dict[str, Any]] = mapped_column(JSON)
    languages: Mapped[list[str] | None] = mapped_column(JSON)
    state: Mapped[StationState] = mapped_column(
        stored_enum(StationState), default=StationState.WAITING, index=True
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    public_key: Mapped[str | None] = mapped_column(String(64))
    journal: Mapped[int] = mapped_column(default=0)
    enrolled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    software: Mapped[str] = mapped_column(String(40), default="")
    last_seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    health: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    health_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published_serial: Mapped[int] = mapped_column(default=0)
    confirmed_serial: Mapped[int] = mapped_column(default=0)

    @property
    def zone_list(self) -> tuple[Zone, ...]:
        """Its loudspeaker lines and transmitter keys as a plan writes them."""
        return tuple(Zone.model_validate(zone) for zone in self.zones)

    @property
    def limit_values(self) -> StationLimits:
        """What it may do at most, as a plan writes it."""
        return StationLimits.model_validate(self.limits)

    @property
    def heard_languages(self) -> tuple[str, ...]:
        """The languages its plan is made for, first one first; Lao where nobody has said."""
        return tuple(self.languages or self.village.languages or ("lo",))

    @property
    def subject(self) -> str:
        """Its name in the audit trail."""
        return f"station:{self.id}"


class EnrolmentCode(Base):
    """A one-time code: only its hash is kept."""

    __tablename__ = "enrolment_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PublishedKeyring(Base):
    """The keyring's exact signed bytes, one row a version."""

    __tablename__ = "published_keyring"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    envelope: Mapped[bytes] = mapped_column(LargeBinary)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublishedPlan(Base):
    """A plan's exact signed bytes, and what could not be put into it (`gaps`: conflicts, English)."""

    __tablename__ = "published_plan"
    __table_args__ = (UniqueConstraint("station_id", "serial", name="uq_published_plan_station_serial"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), index=True)
    serial: Mapped[int] = mapped_column()
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    fresh_until: Mapped[datetime] = mapped_column(UtcDateTime)
    broadcasts: Mapped[int] = mapped_column()
    gaps: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    envelope: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class PlanAudio(Base):
    """Audio that a plan of the station lists: what it may fetch. `last_serial`: the newest such plan."""

    __tablename__ = "plan_audio"

    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_serial: Mapped[int] = mapped_column()


class AudioRecall(Base):
    """A station that was offered the audio, and the first plan that tells it not to air it any more."""

    __tablename__ = "audio_recall"

    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    serial: Mapped[int] = mapped_column()


class PlannedItem(Base):
    """What a station was to air, kept after the plan that said so is gone: against it as-run is judged.

    `planned_start` is the item's own (its broadcast's, and the items before it).
    """

    __tablename__ = "planned_item"
    __table_args__ = (UniqueConstraint("station_id", "item", name="uq_planned_item_station_item"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    station_id: Mapped[str] = mapped_column(ForeignKey("station.id"), index=True)
    item: Mapped[str] = mapped_column(String(200))
    broadcast: Mapped[str] = mapped_column(String(200))
    broadcast_start: Mapped[datetime] = mapped_column(UtcDateTime)
    plan_serial: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    message_class: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    language: Mapped[str | None] = mapped_column(String(40))
    sha256: Mapped[str | None] = mapped_column(String(64))
    planned_start: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    planned_ms: Mapped[int] = mapped_column()
