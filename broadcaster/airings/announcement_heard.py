"""Who heard an announcement: from what stations reported of its audio, never from plans."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.airings.models import AiringEntry
from broadcaster.database import db
from broadcaster.fleet.service import Station
from broadcaster.fleet.service import stations as all_stations
from broadcaster.newsroom.service import Announcement, AnnouncementPanel
from schedules.wire.report import EvidenceGrade

SOUNDED = ("aired", "late", "joined", "cut")
HEARD_FROM = EvidenceGrade.RELAY_COMMANDED
"""From here on a village counts as having heard it: the loudspeaker was switched on, at least."""


@dataclass(frozen=True)
class StationHeard:
    """One station and this announcement: how often it sounded, when last, in which languages, how surely."""

    station: str
    times: int
    last: datetime
    languages: tuple[str, ...]
    evidence: EvidenceGrade

    @property
    def is_heard(self) -> bool:
        """Whether the loudspeaker was on, as far as the evidence goes."""
        return self.evidence.rank >= HEARD_FROM.rank


def heard_of(
    session: Session, announcement: Announcement, among: Collection[str] | None = None
) -> tuple[StationHeard, ...]:
    """Stations (of those `among`) that aired any of its audio as planned, those heard last first."""
    hashes = {sha256 for one in announcement.recordings for sha256 in (one.sha256, one.approved_sha256)}
    rows = session.execute(
        select(
            AiringEntry.station_id,
            AiringEntry.language,
            AiringEntry.evidence,
            func.count(),
            func.max(AiringEntry.planned_start),
        )
        .where(
            AiringEntry.sha256.in_([one for one in hashes if one]),
            AiringEntry.outcome.in_(SOUNDED),
            AiringEntry.of_a_plan(),
            true() if among is None else AiringEntry.station_id.in_(among),
        )
        .group_by(AiringEntry.station_id, AiringEntry.language, AiringEntry.evidence)
    )
    return _by_station(rows)


def who_heard_it(announcement: Announcement, _now: datetime) -> AnnouncementPanel:
    """The panel "Who heard it"."""
    reach = accounts.in_view(accounts.current_person())
    known = {one.id: one for one in all_stations(db.session, retired=True, reach=reach)}
    lines = [
        (known[one.station], one)
        for one in heard_of(db.session, announcement, None if reach.everywhere else set(known))
        if one.station in known
    ]
    heard: dict[str, Station] = {station.village_code: station for station, line in lines if line.is_heard}
    words = render_template(
        "airings/who_heard_it.html",
        lines=lines,
        heard=len(heard),
        people=sum(station.village.population or 0 for station in heard.values()),
    )
    body = Markup(words)  # noqa: S704 - a template made it, and templates escape
    return AnnouncementPanel("heard", _("Who heard it"), body, len(heard))


def _by_station(rows: Iterable[tuple[str, str | None, str, int, datetime]]) -> tuple[StationHeard, ...]:
    found: dict[str, StationHeard] = {}
    for station, language, grade, times, last in rows:
        before = found.get(station)
        evidence = EvidenceGrade(grade)
        spoken = {*(before.languages if before else ()), *([language] if language else ())}
        found[station] = StationHeard(
            station,
            times + (before.times if before else 0),
            max(last, before.last) if before else last,
            tuple(sorted(spoken)),
            max(evidence, before.evidence, key=lambda one: one.rank) if before else evidence,
        )
    return tuple(sorted(found.values(), key=lambda one: (-one.last.timestamp(), one.station)))
