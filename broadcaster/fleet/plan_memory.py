"""What was planned, remembered beyond the plan: a publication settles the past, rewrites the near future.

A plan is replaced often and its list begins ten minutes before it was issued, so as-run could not be judged
against the newest plan alone. Items of the past stay as they were planned when their time came; the two days
ahead are rewritten (a plan is published at least daily).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from broadcaster.fleet.models import PlannedItem
from schedules.reconciliation import PlannedItem as PlannedValue
from schedules.reconciliation import planned_items
from schedules.wire.plan import Plan

AHEAD = timedelta(days=2)
LOOK_BACK = timedelta(minutes=10)


def remember_items(session: Session, station_id: str, last: Plan | None, new: Plan) -> None:
    """Settle what `last` planned until `new` was issued, then take the coming two days from `new`.

    `last` is the plan published before: if it lies longer back than its two days, the gap is filled from it.
    """
    now = new.issued_at
    if last is not None:
        _add(session, station_id, last, last.issued_at - LOOK_BACK, now)
    session.execute(
        delete(PlannedItem).where(PlannedItem.station_id == station_id, PlannedItem.broadcast_start >= now)
    )
    _add(session, station_id, new, now - LOOK_BACK, now + AHEAD)


def planned(
    session: Session, from_utc: datetime, to_utc: datetime, station_ids: Iterable[str] | None = None
) -> Sequence[PlannedItem]:
    """What was or is to air from `from_utc` up to and without `to_utc`, in time's order."""
    query = select(PlannedItem).where(
        PlannedItem.planned_start >= from_utc, PlannedItem.planned_start < to_utc
    )
    if station_ids is not None:
        query = query.where(PlannedItem.station_id.in_(tuple(station_ids)))
    return session.scalars(query.order_by(PlannedItem.planned_start, PlannedItem.station_id)).all()


def _add(session: Session, station_id: str, plan: Plan, since: datetime, until: datetime) -> None:
    """Items of broadcasts that start from `since` up to and without `until`, unless known already."""
    starts = {one.key: one for one in plan.broadcasts if since <= one.planned_start < until}
    wanted = {item.item: item for item in planned_items(plan) if item.broadcast in starts}
    if not wanted:
        return
    known = set(
        session.scalars(
            select(PlannedItem.item).where(
                PlannedItem.station_id == station_id,
                PlannedItem.broadcast_start >= since,
                PlannedItem.broadcast_start < until,
            )
        )
    )
    kinds = {item.key: item.kind for one in starts.values() for item in one.items}
    rows: list[dict[str, Any]] = []
    for key, item in wanted.items():
        if key not in known:
            broadcast = starts[item.broadcast]
            rows.append(
                {
                    **_columns(item),
                    "station_id": station_id,
                    "plan_serial": plan.serial,
                    "kind": kinds[key].value,
                    "message_class": broadcast.message_class.value,
                    "broadcast_start": broadcast.planned_start,
                }
            )
    if rows:
        session.execute(insert(PlannedItem), rows)


def _columns(item: PlannedValue) -> dict[str, Any]:
    return {
        "item": item.item,
        "broadcast": item.broadcast,
        "title": item.title,
        "language": item.language,
        "sha256": item.sha256,
        "planned_start": item.planned_start,
        "planned_ms": item.planned_ms,
    }
