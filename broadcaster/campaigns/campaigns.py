"""Intentions about campaigns: set a goal, look it up, ask how far it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster.accounts.service import (
    EVERYWHERE,
    NamedSubject,
    Person,
    Reach,
    Role,
    numbers,
    record,
    refuse_beyond,
)
from broadcaster.airings.service import day_bounds, sounded
from broadcaster.campaigns.coverage import Coverage, Message, Sounding, TargetVillage, judge
from broadcaster.campaigns.coverage import Reach as HowFar
from broadcaster.campaigns.models import Campaign
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotThere
from broadcaster.fleet.service import stations
from broadcaster.newsroom.service import Announcement, announcement, refuse_unseen
from broadcaster.places.service import Place, place, villages
from schedules.wire.report import EvidenceGrade

LONGEST_TITLE = 300


def create_campaign(
    session: Session,
    *,
    title: str,
    announcements: Sequence[int],
    places: Sequence[str],
    from_day: date,
    until_day: date,
    person: Person | None,
    now: datetime,
    goal: EvidenceGrade = EvidenceGrade.RELAY_COMMANDED,
) -> Campaign:
    """A goal: these announcements to these places between these days, both included. `BadInput` by field."""
    words = " ".join(title.split())
    if not words or len(words) > LONGEST_TITLE:
        raise BadInput(
            f"a campaign needs a title of 1 to {LONGEST_TITLE} characters",
            field="title",
            code="campaign_title",
        )
    if not announcements:
        raise BadInput(
            "choose at least one announcement", field="announcements", code="campaign_announcements"
        )
    if not places:
        raise BadInput("choose at least one place", field="places", code="campaign_places")
    if until_day < from_day:
        raise BadInput("the last day lies before the first", field="until_day", code="campaign_days")
    for number in announcements:
        refuse_unseen(session, number, person)
    refuse_beyond(session, person, (Role.EDITOR,), [place(session, code).code for code in places])
    campaign = Campaign(
        title=words,
        announcements=[announcement(session, one) for one in dict.fromkeys(announcements)],
        places=[place(session, code).code for code in dict.fromkeys(places)],
        from_day=from_day,
        until_day=until_day,
        goal=goal,
        created_at=now,
        created_by_id=person.id if person else None,
    )
    session.add(campaign)
    session.flush()
    after = {"title": words, "places": campaign.places, "announcements": list(announcements)}
    record(session, action="campaign.add", subject=campaign.subject, after=after, actor=person, now=now)
    return campaign


def campaigns(session: Session, reach: Reach = EVERYWHERE) -> Sequence[Campaign]:
    """Those that concern the reach, newest first."""
    query = select(Campaign).options(selectinload(Campaign.announcements))
    found = session.scalars(query.order_by(Campaign.from_day.desc(), Campaign.id.desc()))
    return [one for one in found if reach.sees(one.places)]


def name_campaigns(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """Campaigns in the trail, by title."""
    rows = session.execute(select(Campaign.id, Campaign.title).where(Campaign.id.in_(numbers(keys))))
    return {
        str(number): NamedSubject(title, url_for("campaigns.show_campaign", campaign_id=number))
        for number, title in rows
    }


def owner_of_campaign(session: Session, campaign_id: int) -> tuple[str, ...] | None:
    """Its places; None where there is no such campaign."""
    found = session.get(Campaign, campaign_id)
    return None if found is None else tuple(found.places)


def campaign(session: Session, campaign_id: int) -> Campaign:
    """One campaign; `NotThere` otherwise."""
    found = session.get(Campaign, campaign_id)
    if found is None:
        raise NotThere(f"there is no campaign {campaign_id}", code="no_campaign", campaign=campaign_id)
    return found


def coverage(
    session: Session,
    campaign: Campaign,
    now: datetime,  # noqa: ARG001 - the signature rooms agreed on
    reach: Reach = EVERYWHERE,
) -> Coverage:
    """How far the goal is within the reach, by what stations have reported of its days."""
    settings: Settings = current_app.config["SETTINGS"]
    from_utc, _ = day_bounds(campaign.from_day, settings.zone)
    _, to_utc = day_bounds(campaign.until_day, settings.zone)
    return _coverage(
        session,
        villages(session, campaign.places, reach),
        campaign.announcements,
        campaign.goal,
        (from_utc, to_utc),
    )


def coverage_of_announcement(
    session: Session,
    announcement_id: int,
    now: datetime,  # noqa: ARG001 - as above
    reach: Reach = EVERYWHERE,
) -> dict[str, Any]:
    """One announcement at any time, as JSON: at its campaigns' places, else wherever a station stands."""
    message = announcement(session, announcement_id)
    goals = [one for one in campaigns(session) if message in one.announcements]
    if goals:
        targets = villages(session, {code for one in goals for code in one.places}, reach)
    else:
        codes = {one.village_code for one in stations(session)}
        targets = villages(session, codes, reach) if codes else []
    goal = min((one.goal for one in goals), key=lambda one: one.rank, default=EvidenceGrade.RELAY_COMMANDED)
    return as_json(_coverage(session, targets, [message], goal, (None, None)))


def as_json(found: Coverage) -> dict[str, Any]:
    """The figures and one row a village."""
    return {
        "villages": len(found.rows),
        "reached": found.count(HowFar.REACHED),
        "partly": found.count(HowFar.PARTLY),
        "not_yet": found.count(HowFar.NOT_YET),
        "people": found.people,
        "people_reached": found.people_reached,
        "illustrative": found.is_illustrative,
        "goal": found.goal.value,
        "rows": [
            {
                "village": row.village.name,
                "code": row.village.code,
                "languages_wanted": list(row.languages_wanted),
                "languages_heard": list(row.languages_heard),
                "languages_missing": list(row.missing),
                "state": row.reach.value,
                "evidence": row.evidence.value if row.evidence else None,
            }
            for row in found.rows
        ],
    }


def _coverage(
    session: Session,
    targets: Iterable[Place],
    messages: Sequence[Announcement],
    goal: EvidenceGrade,
    period: tuple[datetime | None, datetime | None],
) -> Coverage:
    by_village: dict[str, list[str]] = {}
    for station in stations(session, retired=True):
        by_village.setdefault(station.village_code, []).append(station.id)
    of_audio: dict[str, list[tuple[int, str]]] = {}
    for one in messages:
        for recording in one.recordings:
            if recording.approved_sha256:
                of_audio.setdefault(recording.approved_sha256, []).append((one.id, recording.language))
    soundings = [
        Sounding(
            entry.station_id,
            message,
            language,
            EvidenceGrade(entry.evidence),
            entry.planned_ms,
            entry.aired_ms,
        )
        for entry in sounded(session, of_audio, *period)
        for message, language in of_audio[entry.sha256 or ""]
    ]
    return judge(
        [_target(one, by_village.get(one.code, [])) for one in targets],
        [
            Message(one.id, one.title, tuple(dict.fromkeys(sound.language for sound in one.on_air_ready())))
            for one in messages
        ],
        soundings,
        goal,
    )


def _target(village: Place, stations: Sequence[str]) -> TargetVillage:
    return TargetVillage(
        code=village.code,
        name=village.name,
        languages=tuple(village.languages),
        population=village.population,
        illustrative=village.illustrative,
        stations=tuple(stations),
    )
