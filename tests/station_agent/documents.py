"""Plans and alerts of one small village, as tests want them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from schedules.message_class import MessageClass
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import (
    ItemKind,
    MissedPolicy,
    Plan,
    PlanItem,
    PlannedAudio,
    PlannedBroadcast,
    QuietRule,
    StationLimits,
    Zone,
)

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
"""12:00 in Vientiane."""
IN_A_MINUTE = NOON + timedelta(minutes=1)


def ms(value: float) -> timedelta:
    return timedelta(milliseconds=value)


def sha(name: str) -> str:
    return (name.encode().hex() * 64)[:64]


def item(
    key: str, duration_ms: int = 10_000, kind: ItemKind = ItemKind.ANNOUNCEMENT, **more: Any
) -> PlanItem:
    audio = kind in (ItemKind.ANNOUNCEMENT, ItemKind.JINGLE)
    fields: dict[str, Any] = {
        "key": key,
        "kind": kind,
        "title": key,
        "duration_ms": duration_ms,
        "language": "lo" if kind is ItemKind.ANNOUNCEMENT else None,
        "sha256": sha(key) if audio else None,
    }
    return PlanItem(**{**fields, **more})


def broadcast(
    key: str,
    start: datetime,
    durations: tuple[int, ...] = (10_000,),
    *,
    rank: MessageClass = MessageClass.ORDINARY,
    missed: MissedPolicy | None = None,
    quiet: QuietRule = QuietRule.HOLD,
    items: tuple[PlanItem, ...] | None = None,
    zones: tuple[str, ...] = ("horns",),
) -> PlannedBroadcast:
    made = tuple(item(f"{key}/{index + 1}", length) for index, length in enumerate(durations))
    return PlannedBroadcast(
        key=key,
        slot=key,
        title=key,
        planned_start=start,
        zones=zones,
        message_class=rank,
        missed=missed or MissedPolicy(),
        quiet=quiet,
        items=items or made,
    )


def plan_of(*broadcasts: PlannedBroadcast, serial: int = 1, issued: datetime = NOON, **more: Any) -> Plan:
    hashes = sorted({one.sha256 for b in broadcasts for one in b.items if one.sha256 is not None})
    audio = tuple(
        PlannedAudio(sha256=each, size_bytes=1, duration_ms=1000, media_type="audio/webm") for each in hashes
    )
    fields: dict[str, Any] = {
        "station": "st-dakcheung",
        "serial": serial,
        "issued_at": issued - timedelta(hours=1),
        "fresh_until": issued + timedelta(days=28),
        "not_after": issued + timedelta(days=180),
        "village": "Ban Dakcheung",
        "time_zone": "Asia/Vientiane",
        "languages": ("lo",),
        "zones": (Zone(key="horns", name="Horns", channel=1), Zone(key="fm", name="FM", channel=None)),
        "limits": StationLimits(warm_up_ms=1000, tail_ms=500),
        "broadcasts": broadcasts,
        "audio": audio,
    }
    return Plan(**{**fields, **more})


def alert(serial: int = 1, act: AlertAct = AlertAct.RAISE, *, at: datetime = NOON, **more: Any) -> Alert:
    """A flood alert: a siren and twelve seconds of words, for half an hour."""
    items = (item("siren", 3000, ItemKind.JINGLE), item("flood", 12_000))
    fields: dict[str, Any] = {
        "key": "flood-1",
        "serial": serial,
        "act": act,
        "title": "Flood",
        "stations": ("st-dakcheung",),
        "issued_at": at - timedelta(seconds=10),
        "expires_at": at + timedelta(minutes=30),
        "items": () if act is AlertAct.CANCEL else items,
    }
    fields |= more
    hashes = sorted({one.sha256 for one in fields["items"] if one.sha256})
    audio = tuple(
        PlannedAudio(sha256=one, size_bytes=1, duration_ms=1000, media_type="audio/webm") for one in hashes
    )
    return Alert(**fields, audio=audio)
