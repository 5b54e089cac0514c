"""What needs somebody: each with how much and where to do it. Pages put the codes into words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from broadcaster.airings.service import incidents
from broadcaster.fleet.models import StationState
from broadcaster.fleet.service import Contact, PublishedPlan, Station, contact, findings, stations
from broadcaster.newsroom.service import Recording

MOST_GAPS = 5


@dataclass(frozen=True)
class Need:
    """One line of the list. `code` says what, `figures` how much."""

    code: str
    count: int
    figures: dict[str, Any] = field(default_factory=dict)


def needs(session: Session, now: datetime, *, may_approve: bool = True) -> tuple[Need, ...]:
    """Everything that waits for somebody, most urgent first; empty when all is well.

    What awaits approval is left out for those who may not approve.
    """
    fleet = stations(session)
    states = [contact(station, now) for station in fleet]
    faulty = sum(any(not finding.good for finding in findings(station)) for station in fleet)
    found = [
        Need("silent", states.count(Contact.SILENT)),
        Need("faulty", faulty),
        Need("incidents", len(incidents(session, since=now - timedelta(days=1)))),
        Need("approve", _awaiting_approval(session) if may_approve else 0),
        *_gaps(session),
        Need("not_enrolled", states.count(Contact.WAITING)),
    ]
    return tuple(need for need in found if need.count)


def _awaiting_approval(session: Session) -> int:
    query = select(func.count(Recording.id)).where(Recording.state.in_(("submitted", "language_checked")))
    return session.scalar(query) or 0


def _gaps(session: Session) -> list[Need]:
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
