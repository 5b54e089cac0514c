"""A province in little for tests: villages, approved announcements, and a station with its own key."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from apiflask import APIFlask
from flask import current_app
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.fleet import service as fleet
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.places.models import Place, PlaceKind
from broadcaster.programming.service import SlotWish, WishedAnnouncement, create_slot
from schedules.envelope import SigningKey, sign
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency, Recurrence
from schedules.station_token import issue_token
from schedules.wire.plan import Plan, PlanItem, PlannedBroadcast
from schedules.wire.report import Airing, EvidenceGrade, Incident, Outcome, StationHealth, StationReport
from schedules.wire.station_access import EnrolmentRequest

VILLAGES = {
    "1504001": ("Thateng Neua", ["lo", "tth"], 1180),
    "1503001": ("Ban Dakcheung", ["tdf", "lo"], 640),
    "1504002": ("San Neua", ["alk", "lo"], 560),
}


def make_places(session: Session) -> None:
    """The province, a district and three villages."""
    session.add(Place(code="LA15", kind=PlaceKind.PROVINCE, name="Sekong"))
    session.flush()
    session.add(Place(code="LA1504", kind=PlaceKind.DISTRICT, name="Thateng", parent_code="LA15"))
    session.flush()
    for code, (name, languages, population) in VILLAGES.items():
        session.add(
            Place(
                code=code,
                kind=PlaceKind.VILLAGE,
                name=name,
                parent_code="LA1504",
                languages=languages,
                population=population,
                illustrative=True,
            )
        )
    session.flush()


def sound(text: str, size_bytes: int = 5000) -> bytes:
    """Bytes that stand for audio: equal texts, equal bytes."""
    seed = hashlib.sha256(text.encode()).digest()
    return (seed * (size_bytes // len(seed) + 1))[:size_bytes]


def announce(
    session: Session, title: str, languages: Iterable[str], now: datetime, folder: Path | None = None
) -> Announcement:
    """An announcement with an approved recording in each language, its bytes in the store."""
    announcement = Announcement(title=title, kind=AnnouncementKind.HEALTH, created_at=now)
    session.add(announcement)
    for language in languages:
        data = sound(f"{title} {language}")
        sha256 = hashlib.sha256(data).hexdigest()
        if folder is not None:
            source = folder / sha256
            source.write_bytes(data)
            current_app.extensions["audio_store"].put_file(source, sha256)
        recording = Recording(
            announcement=announcement,
            language=language,
            original_name="speech.wav",
            state="approved",
            ingest=IngestState.DONE,
            sha256=sha256,
            approved_sha256=sha256,
            size_bytes=len(data),
            duration_ms=8000,
            media_type="audio/webm",
            created_at=now,
            approved_at=now,
        )
        session.add(recording)
    session.flush()
    return announcement


def daily_slot(
    session: Session,
    announcement: Announcement,
    now: datetime,
    at: time = time(10, 0),
    places: tuple[str, ...] = ("LA15",),
) -> Any:
    """Every day at a local time from today on."""
    recurrence = Recurrence(
        Frequency.DAILY, times=(at,), weekdays=frozenset(), start=date(now.year, now.month, now.day)
    )
    wish = SlotWish(
        (WishedAnnouncement(announcement.id),), recurrence, places, message_class=MessageClass.ORDINARY
    )
    return create_slot(session, wish, None, now)


@dataclass
class VillagePC:
    """The other side of the wire: a key of its own, tokens and reports signed with it."""

    id: str
    key: SigningKey = field(default_factory=SigningKey.generate)

    @classmethod
    def enrolled(cls, session: Session, now: datetime, village: str = "1504001") -> VillagePC:
        """A station of the village that has used its code."""
        place = session.get_one(Place, village)
        station, code = fleet.create_station(session, place, fleet.DEFAULT_ZONES, now)
        pc = cls(station.id)
        fleet.enrol(session, EnrolmentRequest(code=code, public_key=pc.public_key, software="0.1"), now)
        return pc

    @property
    def public_key(self) -> str:
        """In hexadecimal."""
        return self.key.public.public

    def token(self, now: datetime, station: str | None = None) -> str:
        """The text of an `Authorization` header."""
        return f"Station {issue_token(station or self.id, self.key, now, secrets.token_hex(16))}"

    def headers(self, now: datetime, **more: str) -> dict[str, str]:
        """What it sends with each request."""
        return {
            "Authorization": self.token(now),
            **{name.replace("_", "-"): text for name, text in more.items()},
        }

    def report(
        self,
        now: datetime,
        entries: Iterable[Airing | Incident] = (),
        number: int | None = None,
        **values: Any,
    ) -> StationReport:
        """A report of these entries; a heartbeat without."""
        taken = tuple(entries)
        last = taken[-1].number if taken else 0
        health = values.pop("health", StationHealth(relay_ok=True, output_ok=True, clock_trusted=True))
        return StationReport(
            station=self.id,
            number=last if number is None else number,
            sent_at=now,
            software="0.1",
            plan_serial=values.pop("plan_serial", 1),
            health=health,
            entries=taken,
            **values,
        )

    def post(self, client: FlaskClient, report: StationReport, now: datetime) -> Any:
        """Hand it in, signed."""
        return client.post(
            "/api/v1/station/reports", data=sign(report, [self.key]), headers=self.headers(now)
        )


def airing_of(
    plan: Plan,
    broadcast: PlannedBroadcast,
    item: PlanItem,
    number: int,
    outcome: Outcome = Outcome.AIRED,
    evidence: EvidenceGrade = EvidenceGrade.RELAY_CONFIRMED,
    **values: Any,
) -> Airing:
    """What a station says of one item of its plan."""
    silent = outcome in (Outcome.SKIPPED, Outcome.MISSED)
    start = broadcast.planned_start
    return Airing(
        number=number,
        item=item.key,
        broadcast=broadcast.key,
        plan_serial=plan.serial,
        kind=item.kind,
        message_class=broadcast.message_class,
        title=item.title,
        language=item.language,
        sha256=item.sha256,
        zones=broadcast.zones,
        planned_start=start,
        planned_ms=item.duration_ms,
        started_at=None if silent else start,
        ended_at=None if silent else start + timedelta(milliseconds=item.duration_ms),
        aired_ms=values.pop("aired_ms", 0 if silent else item.duration_ms),
        outcome=outcome,
        reason=values.pop("reason", None if outcome is Outcome.AIRED else "power_lost"),
        evidence=EvidenceGrade.DELIVERED if silent else evidence,
        **values,
    )


def published(app: APIFlask, settings: Settings, now: datetime, title: str) -> tuple[VillagePC, int, Plan]:
    """A village whose plan has one announcement in two languages every day: its PC, the number, the plan."""
    with app.app_context():
        make_places(db.session)
        pc = VillagePC.enrolled(db.session, now)
        announcement = announce(db.session, title, ["lo", "tth"], now)
        daily_slot(db.session, announcement, now)
        fleet.publish_plans(db.session, settings, now)
        db.session.commit()
        return pc, announcement.id, fleet.plan_of(fleet.required_plan(db.session, pc.id))


def first_aired(plan: Plan) -> list[Airing]:
    """The plan's first broadcast was heard whole."""
    first = plan.broadcasts[0]
    return [airing_of(plan, first, item, number) for number, item in enumerate(first.items, start=1)]


def first_aired_in_part(plan: Plan) -> list[Airing]:
    """Of the plan's first broadcast one language was heard; the other's audio was missing."""
    first = plan.broadcasts[0]
    missing = {"outcome": Outcome.MISSED, "reason": "audio_missing"}
    return [airing_of(plan, first, first.items[0], 1), airing_of(plan, first, first.items[1], 2, **missing)]


def incident(number: int, at: datetime, code: str = "board_silent") -> Incident:
    """Something the station noticed."""
    return Incident(number=number, at=at, code=code, subject="board", message="the board does not answer")
