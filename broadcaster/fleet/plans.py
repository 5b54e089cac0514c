"""Published plans, read: the newest of a station, its bytes, its document, the audio it may fetch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from broadcaster.errors import NotThere
from broadcaster.fleet.models import PlanAudio, PublishedPlan, Station
from broadcaster.newsroom.service import withdrawn_hashes
from schedules.envelope import unverified_payload
from schedules.wire.plan import Plan

KEPT_PLANS = 50


def current_plan(session: Session, station_id: str) -> PublishedPlan | None:
    """The station's newest plan with its bytes; None before the first."""
    return session.scalar(
        select(PublishedPlan)
        .where(PublishedPlan.station_id == station_id)
        .options(undefer(PublishedPlan.envelope))
        .order_by(PublishedPlan.serial.desc())
        .limit(1)
    )


def current_serial(session: Session, station_id: str) -> int:
    """The number of the station's newest plan; 0 before the first."""
    return session.scalar(select(Station.published_serial).where(Station.id == station_id)) or 0


def required_plan(session: Session, station_id: str) -> PublishedPlan:
    """The station's newest plan; `NotThere` says why there is none."""
    found = current_plan(session, station_id)
    if found is None:
        raise NotThere(
            f"no plan for {station_id} yet; enrol the station, then run: broadcaster plan publish",
            code="no_plan",
        )
    return found


def plan_of(published: PublishedPlan) -> Plan:
    """The document in the bytes this server signed and kept."""
    return Plan.from_bytes(unverified_payload(published.envelope, Plan))


def published_plans(session: Session, station_id: str, most: int = KEPT_PLANS) -> Sequence[PublishedPlan]:
    """The kept plans of a station without their bytes, newest first."""
    return session.scalars(
        select(PublishedPlan)
        .where(PublishedPlan.station_id == station_id)
        .order_by(PublishedPlan.serial.desc())
        .limit(most)
    ).all()


def may_fetch(session: Session, station_id: str, sha256: str) -> bool:
    """Whether a plan of this station lists the audio, and nobody withdrew it since."""
    listed = session.get(PlanAudio, (station_id, sha256)) is not None
    return listed and sha256 not in withdrawn_hashes(session)
