"""How a station is, judged from its last report: findings by code; pages put them into words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from broadcaster.fleet.models import Station, StationState
from schedules.wire.report import StationHealth

ONLINE = timedelta(minutes=5)
SILENT = timedelta(hours=24)
LOW_DISK_BYTES = 1024**3
HOT_C = 80.0
CLOCK_OFF_MS = 5_000


class Contact(StrEnum):
    """When the station was last heard of: within five minutes, within a day, longer ago, never."""

    WAITING = "waiting"
    ONLINE = "online"
    QUIET = "quiet"
    SILENT = "silent"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about a station; `good` False asks somebody to act. `figures` fill the sentence."""

    code: str
    good: bool
    figures: dict[str, str | int | float] = field(default_factory=dict)


def contact(station: Station, now: datetime) -> Contact:
    """How the connection stands."""
    if station.state is StationState.RETIRED:
        return Contact.RETIRED
    if station.state is StationState.WAITING or station.last_seen_at is None:
        return Contact.WAITING
    silent_for = now - station.last_seen_at
    if silent_for <= ONLINE:
        return Contact.ONLINE
    return Contact.QUIET if silent_for < SILENT else Contact.SILENT


def relay_ok(station: Station) -> bool | None:
    """Whether its relay board works; None where it has not said."""
    return StationHealth.model_validate(station.health).relay_ok if station.health else None


def findings(station: Station) -> tuple[Finding, ...]:
    """What the station's last report says, in the order of weight; empty before the first report."""
    if station.health is None:
        return ()
    health = StationHealth.model_validate(station.health)
    found = [
        *_relay(health),
        *_yes_or_no(health.output_ok, "output"),
        *_yes_or_no(health.clock_trusted, "clock"),
    ]
    offset_ms = health.clock_offset_ms
    if offset_ms is not None and abs(offset_ms) > CLOCK_OFF_MS:
        found.append(Finding("clock_offset", False, {"seconds": round(abs(offset_ms) / 1000)}))
    if health.disk_free_bytes is not None:
        free = health.disk_free_bytes
        found.append(Finding("disk", free >= LOW_DISK_BYTES, {"size_bytes": free}))
    if health.audio_missing is not None:
        found.append(Finding("audio", health.audio_missing == 0, {"count": health.audio_missing}))
    if health.temperature_c is not None:
        degrees = round(health.temperature_c)
        found.append(Finding("temperature", health.temperature_c < HOT_C, {"degrees": degrees}))
    if health.power_cuts is not None:
        found.append(Finding("power_cuts", True, {"count": health.power_cuts}))
    return tuple(sorted(found, key=lambda finding: finding.good))


def _relay(health: StationHealth) -> list[Finding]:
    if health.relay_ok is None:
        return []
    return [Finding("relay", health.relay_ok, {"message": health.relay_message or ""})]


def _yes_or_no(value: bool | None, code: str) -> list[Finding]:
    return [] if value is None else [Finding(code, value)]
