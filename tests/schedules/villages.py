"""Values the tests of `schedules` share: two villages, their slots, recordings and keys."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from schedules.envelope import SigningKey, sign
from schedules.message_class import MessageClass
from schedules.programme import AnnouncementItem, AudioRef, JingleItem, Programme
from schedules.recordings import ApprovedRecording
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import Slot
from schedules.station_profile import StationProfile
from schedules.trust import TrustedKeyring
from schedules.wire.base import WireDocument
from schedules.wire.keyring import Keyring
from schedules.wire.plan import Plan, StationLimits, Zone
from schedules.wire.report import Airing

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # 21:00 in Vientiane

ROOT = SigningKey.from_raw(bytes([1]) * 32)
PLAN_KEY = SigningKey.from_raw(bytes([2]) * 32)
STRANGER = SigningKey.from_raw(bytes([3]) * 32)
STATION_KEY = SigningKey.from_raw(bytes([4]) * 32)


def audio(name: str, duration_ms: int = 60_000) -> AudioRef:
    """Audio whose hash is that of its name."""
    return AudioRef(hashlib.sha256(name.encode()).hexdigest(), 200_000, duration_ms, "audio/webm")


CHIME = JingleItem("Chime", audio("chime", 1600))


def recording(announcement: str, language: str, **changes: Any) -> ApprovedRecording:
    """An approved recording, without limits in time unless given."""
    values = {"audio": audio(f"{announcement}.{language}"), **changes}
    return ApprovedRecording(announcement=announcement, language=language, **values)


def programme(*announcements: str, title: str = "Evening news") -> Programme:
    """The chime and these announcements."""
    items = (CHIME, *(AnnouncementItem(one, one.title()) for one in announcements))
    return Programme("evening", title, items)


def daily(*times: str, **changes: Any) -> Recurrence:
    """Every day at these local times, since 2026."""
    values: dict[str, Any] = {"start": date(2026, 1, 1), **changes}
    return Recurrence(Frequency.DAILY, tuple(time.fromisoformat(one) for one in times), **values)


def slot(key: str = "evening", **changes: Any) -> Slot:
    """A slot at 17:00 for the whole province that says `results`."""
    values: dict[str, Any] = {
        "programme": programme("results"),
        "recurrence": daily("17:00"),
        "message_class": MessageClass.ORDINARY,
        "targets": frozenset({"LA15"}),
        **changes,
    }
    return Slot(key, **values)


def village(station: str = "dakcheung", **changes: Any) -> StationProfile:
    """A village whose languages are Talieng and Lao."""
    values: dict[str, Any] = {
        "village": station.title(),
        "place_path": (f"LA1503-{station}", "LA1503", "LA15"),
        "languages": ("tdf", "lo"),
        "time_zone": "Asia/Vientiane",
        "zones": (Zone(key="main", name="Main", channel=1), Zone(key="school", name="School", channel=2)),
        "limits": StationLimits(),
        **changes,
    }
    return StationProfile(station=station, **values)


BOTH = (recording("results", "tdf"), recording("results", "lo"))


def plan(serial: int = 1, **changes: Any) -> Plan:
    """A plan without broadcasts."""
    values: dict[str, Any] = {
        "station": "dakcheung",
        "serial": serial,
        "issued_at": NOW,
        "fresh_until": NOW + timedelta(days=28),
        "not_after": NOW + timedelta(days=180),
        "village": "Dakcheung",
        "time_zone": "Asia/Vientiane",
        "languages": ("tdf", "lo"),
        "zones": (),
        "limits": StationLimits(),
        "broadcasts": (),
        "audio": (),
        **changes,
    }
    return Plan(**values)


def signed_json(kind: type[WireDocument], plain: Any, key: SigningKey = PLAN_KEY) -> bytes:
    """Any JSON as the payload of a correctly signed envelope of this kind."""

    class Anything(kind):  # type: ignore[misc, valid-type] - the point is that it is any kind
        def to_bytes(self) -> bytes:
            return json.dumps(plain).encode()

    return sign(Anything.model_construct(), [key])


def keyring(version: int = 1, **changes: Any) -> Keyring:
    """One root key, one plan key, ten years."""
    values: dict[str, Any] = {
        "version": version,
        "issued_at": NOW,
        "not_after": NOW + timedelta(days=3650),
        "root_threshold": 1,
        "root_keys": (ROOT.public,),
        "plan_keys": (PLAN_KEY.public,),
        **changes,
    }
    return Keyring(**values)


def trusted_keyring() -> TrustedKeyring:
    """That keyring, trusted."""
    return TrustedKeyring.first(sign(keyring(), [ROOT]), NOW)


def airing(number: int, item: str, **changes: Any) -> Airing:
    """An item that aired whole and on time."""
    values: dict[str, Any] = {
        "broadcast": item.rsplit("/", 1)[0],
        "plan_serial": 1,
        "kind": "announcement",
        "message_class": "ordinary",
        "title": "Results",
        "language": "lo",
        "sha256": audio("results.lo").sha256,
        "zones": ("main",),
        "planned_start": NOW,
        "planned_ms": 60_000,
        "started_at": NOW,
        "ended_at": NOW + timedelta(minutes=1),
        "aired_ms": 60_000,
        "outcome": "aired",
        "evidence": "relay_confirmed",
        **changes,
    }
    return Airing(number=number, item=item, **values)
