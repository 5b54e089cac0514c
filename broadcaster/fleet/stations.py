"""Intentions about stations: add one for a village, change its zones and limits, retire it, look them up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import jobs
from broadcaster.accounts.service import EVERYWHERE, Person, Reach, record
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.fleet.enrolment import close_codes, new_code
from broadcaster.fleet.models import Station, StationState
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.service import path
from schedules.station_profile import StationProfile
from schedules.wire.plan import StationLimits, Zone

DEFAULT_LIMITS = StationLimits()
DEFAULT_ZONES = (Zone(key="loudspeaker", name="Loudspeaker", channel=1),)
PUBLISH_PLANS = "publish_plans"
SEEN_EVERY = timedelta(seconds=15)
"""How exactly `last_seen_at` is kept: a station that asks often need not write each time."""


def create_station(
    session: Session,
    village: Place,
    zones: Sequence[Zone],
    now: datetime,
    *,
    limits: StationLimits = DEFAULT_LIMITS,
    actor: Person | str | None = None,
) -> tuple[Station, str]:
    """A station for a village, waiting for its PC, and the one-time code to enrol it with (shown only now).

    `BadInput` where the place is no village, or two zones share a key or a channel.
    """
    if village.kind is not PlaceKind.VILLAGE:
        raise BadInput(
            f"{village.name} is no village", field="village", code="no_village", place=village.name
        )
    _check_zones(zones)
    station = Station(
        id=_free_id(session, village),
        village_code=village.code,
        village=village,
        zones=[zone.model_dump(mode="json") for zone in zones],
        limits=limits.model_dump(mode="json"),
        state=StationState.WAITING,
        created_at=now,
    )
    session.add(station)
    session.flush()
    after = {"village": village.code, "zones": station.zones, "limits": station.limits}
    record(session, action="station.add", subject=station.subject, after=after, actor=actor, now=now)
    jobs.ask(session, PUBLISH_PLANS, now)
    return station, new_code(session, station, now, actor=actor)


def change_station(
    session: Session,
    station: Station,
    zones: Sequence[Zone],
    limits: StationLimits,
    now: datetime,
    actor: Person | str | None = None,
) -> None:
    """Other zones or limits; the next plan carries them."""
    _check_zones(zones)
    before: dict[str, Any] = {"zones": station.zones, "limits": station.limits}
    station.zones = [zone.model_dump(mode="json") for zone in zones]
    station.limits = limits.model_dump(mode="json")
    after = {"zones": station.zones, "limits": station.limits}
    if after == before:
        return
    record(
        session,
        action="station.change",
        subject=station.subject,
        before=before,
        after=after,
        actor=actor,
        now=now,
    )
    jobs.ask(session, PUBLISH_PLANS, now)


def retire_station(
    session: Session, station: Station, now: datetime, actor: Person | str | None = None
) -> None:
    """No more plans, no more doors. What it aired stays on record; its PC goes on with the plan it has."""
    if station.state is StationState.RETIRED:
        raise NotPossible(f"{station.id} is retired already", code="station_retired", station=station.id)
    before = {"state": station.state}
    station.state = StationState.RETIRED
    station.retired_at = now
    close_codes(session, station, now)
    record(
        session,
        action="station.retire",
        subject=station.subject,
        before=before,
        after={"state": station.state},
        actor=actor,
        now=now,
    )


def station(session: Session, station_id: str) -> Station:
    """One station; `NotThere` otherwise."""
    found = session.get(Station, station_id)
    if found is None:
        raise NotThere(f"there is no station {station_id!r}", code="no_station", station=station_id)
    return found


def owner_of_station(session: Session, station_id: str) -> tuple[str, ...] | None:
    """Its village; None where there is no such station."""
    code = session.scalar(select(Station.village_code).where(Station.id == station_id))
    return None if code is None else (code,)


def stations(session: Session, *, retired: bool = False, reach: Reach = EVERYWHERE) -> Sequence[Station]:
    """The stations in use within the reach, by id; with `retired` the others too."""
    query = select(Station).options(joinedload(Station.village)).order_by(Station.id)
    if not retired:
        query = query.where(Station.state != StationState.RETIRED)
    if not reach.everywhere:
        query = query.where(Station.village_code.in_(reach.inside))
    return session.scalars(query).all()


def profile(
    session: Session,
    station: Station,
    settings: Settings,
    ways_up: Mapping[str, tuple[str, ...]] | None = None,
) -> StationProfile:
    """The station as plans are made for it. `ways_up` are all places' paths, where many are asked for."""
    return StationProfile(
        station=station.id,
        village=station.village.name,
        place_path=ways_up[station.village_code] if ways_up else path(session, station.village),
        languages=station.heard_languages,
        time_zone=settings.province.time_zone,
        zones=station.zone_list,
        limits=station.limit_values,
    )


def seen(station: Station, now: datetime) -> None:
    """The station has shown itself: it holds its key and it has a way to us."""
    if station.last_seen_at is None or now - station.last_seen_at >= SEEN_EVERY:
        station.last_seen_at = now


def _check_zones(zones: Sequence[Zone]) -> None:
    if not 1 <= len(zones) <= 32:
        raise BadInput("a station has 1 to 32 zones", field="zones", code="zone_count")
    keys = [zone.key for zone in zones]
    if len(set(keys)) < len(keys):
        raise BadInput("two zones have the same name; give each its own", field="zones", code="zone_twice")
    channels = [zone.channel for zone in zones if zone.channel is not None]
    if len(set(channels)) < len(channels):
        raise BadInput(
            "two zones use the same relay channel; give each its own", field="zones", code="channel_twice"
        )


def _free_id(session: Session, village: Place) -> str:
    plain = unicodedata.normalize("NFKD", village.name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or f"v{village.code.lower()}"
    candidate, number = slug, 1
    while session.get(Station, candidate) is not None:
        number += 1
        candidate = f"{slug}-{number}"
    return candidate
