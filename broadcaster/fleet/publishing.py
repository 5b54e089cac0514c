"""Publishing: compile each station's plan, sign it, number it, keep its exact bytes, ring the bell.

A plan is published when it says something new, or when the last one is a day old: the horizon moves on.
Serials only rise, also after the database was restored from a backup: never below what a station confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from flask import current_app, has_app_context
from pydantic import ValidationError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.fleet.audio_recalls import recall_audio
from broadcaster.fleet.bell import Bell
from broadcaster.fleet.keys import province_keys
from broadcaster.fleet.models import PlanAudio, PublishedPlan, Station, StationState
from broadcaster.fleet.plan_memory import remember_items
from broadcaster.fleet.plans import KEPT_PLANS, current_plan, plan_of
from broadcaster.fleet.stations import profile
from broadcaster.newsroom.service import approved_recordings, withdrawn_hashes
from broadcaster.places.service import paths
from broadcaster.programming.service import slots_for_plan
from schedules.compile import CompiledPlan, compile_plan
from schedules.conflict import Conflict
from schedules.envelope import SigningKey, sign
from schedules.errors import ScheduleError
from schedules.plan_comparison import same_content
from schedules.wire.plan import Plan

BATCH = 20
NEW_AFTER = timedelta(days=1)

log = structlog.get_logger(__name__)


def publish_plans(
    session: Session, settings: Settings, now: datetime, only: Sequence[str] | None = None
) -> tuple[PublishedPlan, ...]:
    """A new plan for every station in use, or `only` these, that needs one. Does not commit.

    A station that still waits for its PC has a plan too, so that it can be looked at; nobody is expected to
    air it, and the enrolment replaces it.
    """
    due = _locked(session, only)
    if not due:
        return ()
    key = province_keys(session, settings, now).plan
    slots = slots_for_plan(session)
    recordings = approved_recordings(session, now)
    withdrawn = withdrawn_hashes(session)
    ways_up = paths(session)
    published: list[PublishedPlan] = []
    for station in due:
        try:
            compiled = compile_plan(
                profile(session, station, settings, ways_up),
                slots,
                recordings,
                serial=_next_serial(station),
                now=now,
                withdrawn=withdrawn,
            )
        except (ScheduleError, ValidationError):
            # One station's broken data must not keep plans from all others.
            log.exception("plan_not_compiled", station=station.id)
            continue
        last = current_plan(session, station.id)
        before = plan_of(last) if last is not None else None
        if before is None or _is_due(station, before, compiled.plan):
            if station.state is StationState.ACTIVE:
                remember_items(session, station.id, before, compiled.plan)
            published.append(_publish(session, station, compiled, key))
    session.flush()
    return tuple(published)


def publish_in_batches(session: Session, settings: Settings, now: datetime) -> list[PublishedPlan]:
    """`publish_plans` for a whole fleet, committed and rung after every few stations: on SQLite nobody else
    can write meanwhile, and reports must not wait for the last of hundreds of plans.
    """
    in_use = select(Station.id).where(Station.state != StationState.RETIRED).order_by(Station.id)
    ids = session.scalars(in_use).all()
    published: list[PublishedPlan] = []
    for start in range(0, len(ids), BATCH):
        batch = publish_plans(session, settings, now, ids[start : start + BATCH])
        session.commit()
        if batch:
            ring()
        published += batch
    return published


def publish_plans_job(session: Session, payload: dict[str, Any], now: datetime) -> None:  # noqa: ARG001 - the signature of every job
    """The job `publish_plans`."""
    publish_in_batches(session, current_app.config["SETTINGS"], now)


def ring() -> None:
    """Wake the stations that wait at this process's bell; other processes look once a second."""
    if has_app_context():
        bell: Bell | None = current_app.extensions.get("bell")
        if bell is not None:
            bell.ring()


def _locked(session: Session, only: Sequence[str] | None) -> list[Station]:
    """The stations in use, locked where the database can, so that two publishers take turns."""
    query = select(Station).where(Station.state != StationState.RETIRED).order_by(Station.id)
    if only is not None:
        query = query.where(Station.id.in_(only))
    query = query.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(query))


def _next_serial(station: Station) -> int:
    return max(station.published_serial, station.confirmed_serial) + 1


def _is_due(station: Station, last: Plan, plan: Plan) -> bool:
    behind = last.serial < station.confirmed_serial
    return behind or plan.issued_at - last.issued_at >= NEW_AFTER or not same_content(last, plan)


def _publish(session: Session, station: Station, compiled: CompiledPlan, key: SigningKey) -> PublishedPlan:
    plan = compiled.plan
    published = PublishedPlan(
        station_id=station.id,
        serial=plan.serial,
        issued_at=plan.issued_at,
        fresh_until=plan.fresh_until,
        broadcasts=len(plan.broadcasts),
        gaps=[_gap(conflict) for conflict in compiled.gaps],
        envelope=sign(plan, [key]),
    )
    session.add(published)
    station.published_serial = plan.serial
    listed = [audio.sha256 for audio in plan.audio]
    recall_audio(session, station.id, plan.serial, plan.withdrawn, listed)
    _remember_audio(session, station.id, plan)
    session.execute(
        delete(PublishedPlan).where(
            PublishedPlan.station_id == station.id, PublishedPlan.serial <= plan.serial - KEPT_PLANS
        )
    )
    return published


def _remember_audio(session: Session, station_id: str, plan: Plan) -> None:
    known = {
        row.sha256: row
        for row in session.scalars(select(PlanAudio).where(PlanAudio.station_id == station_id))
    }
    for audio in plan.audio:
        row = known.get(audio.sha256)
        if row is None:
            session.add(PlanAudio(station_id=station_id, sha256=audio.sha256, last_serial=plan.serial))
        else:
            row.last_serial = plan.serial
    for row in known.values():
        if row.last_serial <= plan.serial - KEPT_PLANS:
            session.delete(row)


def _gap(conflict: Conflict) -> dict[str, Any]:
    return {
        "code": conflict.code.value,
        "slot": conflict.slot,
        "at": conflict.at.isoformat() if conflict.at else None,
        "params": conflict.params,
        "sentence": conflict.sentence,
    }
