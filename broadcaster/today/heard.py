"""What became of the announcements of the last days: counted from what stations reported, not from plans."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, exists, func, select, true
from sqlalchemy.orm import Session

from broadcaster.airings.service import AiringEntry
from broadcaster.fleet.service import PlannedItem

DAYS = 7
IN_FULL = ("aired", "late")
IN_PART = ("joined", "cut")


@dataclass(frozen=True)
class Heard:
    """Announcements of a period by outcome. `unreported` were planned and no station has told yet."""

    in_full: int
    in_part: int
    not_heard: int
    unreported: int

    @property
    def planned(self) -> int:
        """All of them."""
        return self.in_full + self.in_part + self.not_heard + self.unreported

    def percent(self, count: int) -> float:
        """A share of all that were planned."""
        return round(100 * count / self.planned, 1) if self.planned else 0.0


def heard_lately(session: Session, now: datetime, among: Collection[str] | None = None) -> Heard:
    """The announcements planned in the last seven days, each counted once per station of those `among`."""
    since = now - timedelta(days=DAYS)
    first_word = (
        select(func.min(AiringEntry.id))
        .where(
            AiringEntry.kind == "announcement",
            AiringEntry.of_a_plan(),
            AiringEntry.planned_start >= since,
            AiringEntry.planned_start < now,
            true() if among is None else AiringEntry.station_id.in_(among),
        )
        .group_by(AiringEntry.station_id, AiringEntry.item)
    )
    rows = session.execute(
        select(AiringEntry.outcome, func.count())
        .where(AiringEntry.id.in_(first_word))
        .group_by(AiringEntry.outcome)
    )
    counts: dict[str, int] = {str(outcome): count for outcome, count in rows}
    in_full = sum(counts.pop(outcome, 0) for outcome in IN_FULL)
    in_part = sum(counts.pop(outcome, 0) for outcome in IN_PART)
    return Heard(in_full, in_part, sum(counts.values()), _unreported(session, since, now, among))


def _unreported(session: Session, since: datetime, now: datetime, among: Collection[str] | None) -> int:
    told = exists().where(
        and_(AiringEntry.station_id == PlannedItem.station_id, AiringEntry.item == PlannedItem.item)
    )
    query = select(func.count()).where(
        PlannedItem.kind == "announcement",
        PlannedItem.planned_start >= since,
        PlannedItem.planned_start < now,
        true() if among is None else PlannedItem.station_id.in_(among),
        ~told,
    )
    return session.scalar(query) or 0
