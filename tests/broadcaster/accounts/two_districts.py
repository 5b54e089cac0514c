"""A province of two districts, with things that belong to either or to all of it, and people of each."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import sessions
from broadcaster.accounts.models import Person, RoleRow
from broadcaster.accounts.people import make_roles
from broadcaster.accounts.place_models import RolePlace
from broadcaster.accounts.service import Role
from broadcaster.campaigns.models import Campaign
from broadcaster.database import db
from broadcaster.fleet import service as fleet
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Jingle, Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.places.models import Place, PlaceKind
from broadcaster.programming.service import SlotWish, WishedAnnouncement, create_slot, remove_slot
from schedules.recurrence import Frequency, Recurrence

SHA256 = "ab" * 32
HERE, ELSEWHERE, PROVINCE = "LA1504", "LA1501", "LA15"
VILLAGE = {HERE: "V1", ELSEWHERE: "V2"}
PLACES = (
    (PROVINCE, PlaceKind.PROVINCE, "Sekong", "ເຊກອງ", None),
    (HERE, PlaceKind.DISTRICT, "Thateng", "ທ່າແຕງ", PROVINCE),
    (ELSEWHERE, PlaceKind.DISTRICT, "Lamam", "ລະມາມ", PROVINCE),
    ("V1", PlaceKind.VILLAGE, "Thateng Neua", None, HERE),
    ("V2", PlaceKind.VILLAGE, "Ban Lamam", None, ELSEWHERE),
)


@dataclass
class TwoDistricts:
    """Makes things in a session; `place` is a district's code, or the province's for what is all of it's."""

    session: Session
    now: datetime

    def places(self) -> None:
        for code, kind, name, name_lo, parent in PLACES:
            languages = ["lo"] if kind is PlaceKind.VILLAGE else []
            self.session.add(
                Place(
                    code=code, kind=kind, name=name, name_lo=name_lo, parent_code=parent, languages=languages
                )
            )
            self.session.flush()

    def announcement(self, place: str, title: str = "Land law") -> Announcement:
        made = Announcement(
            title=title,
            kind=AnnouncementKind.HEALTH,
            created_at=self.now,
            place_code=None if place == PROVINCE else place,
        )
        self.session.add(made)
        self.session.flush()
        return made

    def recording(self, place: str, state: str) -> Recording:
        made = Recording(announcement=self.announcement(place), language="lo", **self._sound(state))
        self.session.add(made)
        self.session.flush()
        return made

    def jingle(self, state: str) -> Jingle:
        made = Jingle(title="Gong", **self._sound(state))
        self.session.add(made)
        self.session.flush()
        return made

    def ready(self, place: str) -> int:
        """The number of an announcement that may air."""
        return self.recording(place, "approved").announcement_id

    def slot(self, place: str, state: str = ""):
        recurrence = Recurrence(
            Frequency.DAILY, times=(time(10),), weekdays=frozenset(), start=date(2026, 3, 3)
        )
        wish = SlotWish((WishedAnnouncement(self.ready(place)),), recurrence, (place,))
        made = create_slot(self.session, wish, None, self.now)
        if state == "removed":
            remove_slot(self.session, made, None, self.now)
        return made

    def station(self, place: str) -> fleet.Station:
        village = self.session.get_one(Place, VILLAGE[place])
        return fleet.create_station(self.session, village, fleet.DEFAULT_ZONES, self.now)[0]

    def campaign(self, place: str) -> Campaign:
        made = Campaign(
            title="Everybody hears it",
            places=[place],
            from_day=date(2026, 3, 3),
            until_day=date(2026, 3, 9),
            created_at=self.now,
            announcements=[self.announcement(place)],
        )
        self.session.add(made)
        self.session.flush()
        return made

    def named(self, argument: str, place: str, state: str) -> int | str:
        """Something a door's address can name, by the argument it is named with."""
        match argument:
            case "announcement_id":
                return self.announcement(place).id
            case "recording_id":
                return self.recording(place, state).id
            case "jingle_id":
                return self.jingle(state).id
            case "slot_id":
                return self.slot(place, state).id
            case "station_id":
                return self.station(place).id
            case "campaign_id":
                return self.campaign(place).id
        raise KeyError(argument)

    def _sound(self, state: str) -> dict[str, object]:
        failed = state == "failed"
        ready = not failed
        return {
            "original_name": "speech.wav",
            "state": "draft" if failed else state,
            "ingest": IngestState.FAILED if failed else IngestState.DONE,
            "sha256": SHA256 if ready else None,
            "approved_sha256": SHA256 if state == "approved" else None,
            "approved_at": self.now if state == "approved" else None,
            "size_bytes": 5000,
            "duration_ms": 8000,
            "media_type": "audio/webm",
            "created_at": self.now,
        }


def browser_of(app: APIFlask, now: datetime, roles: Iterable[Role], *places: str) -> FlaskClient:
    """A browser on which somebody with these roles in these places is signed in."""
    wanted = tuple(roles)
    with app.app_context():
        make_roles(db.session)
        word = secrets.token_hex(8)
        person = Person(
            email=f"{word}@example.org",
            name=f"Somebody of {', '.join(places) or 'the province'}",
            language="en",
            active=True,
            created_at=now,
            fs_uniquifier=word,
        )
        names = [role.value for role in wanted]
        person.roles = list(db.session.scalars(select(RoleRow).where(RoleRow.name.in_(names))))
        db.session.add(person)
        db.session.flush()
        db.session.add_all(
            RolePlace(person_id=person.id, role=role, place_code=place)
            for role in wanted
            if role is not Role.ADMINISTRATOR
            for place in places
        )
        _row, entered = sessions.begin(db.session, person, now)
        db.session.commit()
    browser = app.test_client()
    with browser.session_transaction() as cookie:
        cookie.update({"_user_id": word, "_fresh": True, "sign_in_word": entered})
    browser.person = person  # type: ignore[attr-defined]  # for the test to look at
    return browser
