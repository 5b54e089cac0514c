"""What needs somebody: each with how much and where to do it. Pages put the codes into words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import EVERYWHERE, Reach
from broadcaster.airings.service import incidents
from broadcaster.fleet.models import StationState
from broadcaster.fleet.service import Contact, PublishedPlan, Station, contact, findings, stations
from broadcaster.newsroom.service import Announcement, Recording

MOST_GAPS = 5


@dataclass(frozen=True)
class Need:
    """One line of the list. `code` says what, `figures` how much."""

    code: str
    count: int
    figures: dict[str, Any] = field(default_factory=dict)


def needs(
    session: Session, now: datetime, *, approves: Reach = EVERYWHERE, shown: Reach = EVERYWHERE
) -> tuple[Need, ...]:
    """Everything that waits for somebody, most urgent first; empty when all is well.

    Of the stations and villages `shown`; of what awaits approval only what lies within `approves`.
    """
    fleet = stations(session, reach=shown)
    ids = None if shown.everywhere else [station.id for station in fleet]
    states = [contact(station, now) for station in fleet]
    faulty = sum(any(not finding.good for finding in findings(station)) for station in fleet)
    found = [
        Need("silent", states.count(Contact.SILENT)),
        Need("faulty", faulty),
        Need("incidents", len(incidents(session, since=now - timedelta(days=1), among=ids))),
        Need("approve", _awaiting_approval(session, approves)),
        *_gaps(session, shown),
        Need("not_enrolled", states.count(Contact.WAITING)),
    ]
    return tuple(need for need in found if need.count)


def _awaiting_approval(session: Session, approves: Reach) -> int:
    query = select(func.count(Recording.id)).where(Recording.state.in_(("submitted", "language_checked")))
    if not approves.everywhere:
        query = query.join(Announcement).where(Announcement.place_code.in_(approves.inside))
    return session.scalar(query) or 0


def _gaps(session: Session, shown: Reach) -> list[Need]:
    """Villages that will not hear an announcement in their first language, by the newest plans' gaps.

    Most people first. A plan looks 28 days ahead, so this is seen before it airs.
    """
    rows = session.execute(
        select(Station, PublishedPlan)
        .join(
            PublishedPlan,
            and_(PublishedPlan.station_id == Station.id, PublishedPlan.serial == Station.published_serial),
        )
        .where(Station.state != StationState.RETIRED)
    )
    villages: dict[tuple[str, str], set[str]] = defaultdict(set)
    people: dict[tuple[str, str], int] = defaultdict(int)
    for station, plan in rows:
        if not shown.holds(station.village_code):
            continue
        first_language = station.heard_languages[0]
        for gap in plan.gaps:
            if gap["code"] not in ("missing_language", "no_recording"):
                continue
            key = (str(gap["params"].get("subject", "")), first_language)
            if station.village_code not in villages[key]:
                villages[key].add(station.village_code)
                people[key] += station.village.population or 0
    lines = [
        Need(
            "missing_language",
            len(found),
            {"title": title, "language": language, "people": people[title, language]},
        )
        for (title, language), found in villages.items()
    ]
    return sorted(lines, key=lambda need: -int(need.figures["people"]))[:MOST_GAPS]
