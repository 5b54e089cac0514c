"""The demonstration's province: filled through the same services that pages and commands use."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.accounts.service import Person, Role
from broadcaster.campaigns import service as campaigns
from broadcaster.config import FILE_NAME, Settings
from broadcaster.demo.samples import SourceAudio
from broadcaster.demo.villages import FILE as VILLAGES
from broadcaster.demo.villages import DemoVillage
from broadcaster.errors import BadInput
from broadcaster.fleet import service as fleet
from broadcaster.newsroom import service as newsroom
from broadcaster.newsroom.service import Announcement, AnnouncementKind, Recording
from broadcaster.places import service as places
from broadcaster.programming import service as programming
from content_library.errors import SourceError
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import MissedChoice
from schedules.wire.plan import MissedRule, StationLimits, Zone

DOMAIN = "demo.test"
TITLE = "Sixth ordinary session: results"
OWN_TITLE = "Your recording"
NEXT_TITLE = "Law orientation: local administration"
KINDS = {
    TITLE: AnnouncementKind.ASSEMBLY_RESULT,
    OWN_TITLE: AnnouncementKind.OTHER,
    NEXT_TITLE: AnnouncementKind.LAW_ORIENTATION,
}
WARM_UP_MS, TAIL_MS = 1000, 500
ZONES = (Zone(key="loudspeaker", name="Loudspeaker", channel=1),)
TIMES = 12
EVERY = timedelta(minutes=5)


@dataclass(frozen=True, repr=False)
class SignIn:
    """Who can sign in to the demonstration; all roles share one password, made anew each time."""

    password: str

    @property
    def administrator(self) -> str:
        """The address that may do everything."""
        return f"administrator@{DOMAIN}"


@dataclass(frozen=True)
class Seat:
    """A station that waits for its PC, with its one-time code."""

    station: str
    village: DemoVillage
    code: str


def write_configuration(data: Path, port: int, zone: ZoneInfo, now: datetime) -> None:
    """Settings of the demonstration. Quiet hours lie half a day away, so that it can be shown at any hour."""
    far = now.astimezone(zone) + timedelta(hours=11)
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.chmod(0o700)  # a folder of an earlier demonstration may stand open; nobody else made it
    (data / FILE_NAME).write_text(
        "# Written by `broadcaster demo`. Quiet hours are half a day away from when it was started.\n"
        f"[server]\nport = {port}\n\n"
        f'[province]\ndemonstration = true\ntime_zone = "{zone.key}"\n'
        f'quiet_from = "{far:%H:%M}"\nquiet_until = "{far + timedelta(hours=2):%H:%M}"\n',
        encoding="utf-8",
    )


def add_people(session: Session, now: datetime) -> SignIn:
    """One person for each role."""
    sign_in = SignIn(secrets.token_urlsafe(9))
    for role in Role:
        address = f"{role.value}@{DOMAIN}"
        accounts.add_person(session, address, sign_in.password, [role], role.value.capitalize(), now)
    return sign_in


def renew_people(session: Session, now: datetime) -> SignIn:
    """A new password for those of a demonstration that goes on: the one before is kept nowhere."""
    sign_in = SignIn(secrets.token_urlsafe(9))
    for role in Role:
        accounts.set_password(session, _person(session, role), sign_in.password, now)
    return sign_in


def add_villages(session: Session, now: datetime) -> None:
    """The province's demonstration villages, marked as illustrative."""
    places.import_villages(session, VILLAGES, now, illustrative=True)


def add_announcement(
    session: Session,
    sounds: Sequence[SourceAudio],
    now: datetime,
    *,
    title: str,
    approve: bool = True,
) -> Announcement:
    """An announcement of the editor, a recording for each sound, submitted and approved by the approver."""
    editor, approver = _person(session, Role.EDITOR), _person(session, Role.APPROVER)
    store = current_app.extensions["audio_store"]
    kind = KINDS[title]
    announcement = newsroom.create_announcement(session, title, kind, editor, now)
    for sound in sounds:
        try:
            recording = newsroom.add_recording(
                session, store, announcement, sound.language, sound.file, sound.file.name, editor, now
            )
        except SourceError as error:
            raise BadInput(f"{sound.file}: {error}") from error
        newsroom.submit_recording(session, recording, editor, now)
        if approve:
            _approve(session, recording, approver, now)
    return announcement


def add_chime(session: Session, now: datetime) -> int:
    """The chime before every announcement, approved; its number."""
    editor, approver = _person(session, Role.EDITOR), _person(session, Role.APPROVER)
    chime = newsroom.add_chime(session, current_app.extensions["audio_store"], editor, now)
    newsroom.submit_recording(session, chime, editor, now)
    assert chime.sha256 is not None  # noqa: S101 - it was ingested above
    newsroom.approve_recording(session, chime, approver, chime.sha256, now)
    return chime.id


def add_campaign(
    session: Session, announcement: Announcement, villages: Sequence[DemoVillage], today: date, now: datetime
) -> None:
    """The goal that coverage is measured against: these villages, this month."""
    campaigns.create_campaign(
        session,
        title=announcement.title,
        announcements=[announcement.id],
        places=[village.code for village in villages],
        from_day=today,
        until_day=today + timedelta(days=28),
        person=_person(session, Role.EDITOR),
        now=now,
    )


def add_station(session: Session, village: DemoVillage, settings: Settings, now: datetime) -> Seat:
    """A station with one loudspeaker line on relay 1."""
    standard = programming.standard_limits(settings)
    limits = StationLimits(quiet_hours=standard.quiet_hours, warm_up_ms=WARM_UP_MS, tail_ms=TAIL_MS)
    station, code = fleet.create_station(
        session, places.place(session, village.code), ZONES, now, limits=limits
    )
    return Seat(station.id, village, code)


def renew_quiet_hours(session: Session, station: str, settings: Settings, now: datetime) -> None:
    """The station keeps quiet when the configuration says so now; its other limits stay."""
    there = fleet.station(session, station)
    quiet = programming.standard_limits(settings).quiet_hours
    limits = there.limit_values.model_copy(update={"quiet_hours": quiet})
    fleet.change_station(session, there, there.zone_list, limits, now)


def end_slot(session: Session, key: str, now: datetime) -> None:
    """Take the slot out of all plans, unless somebody has done so on the pages."""
    for slot in programming.slots(session):
        if slot.key == key:
            programming.remove_slot(session, slot, _person(session, Role.EDITOR), now)


def add_slot(
    session: Session,
    announcement: int,
    chime: int,
    codes: Sequence[str],
    first: datetime,
    zone: ZoneInfo,
    now: datetime,
    *,
    once: bool,
) -> str:
    """A slot that airs at `first` (whole seconds) and, unless `once`, again every few minutes; its key."""
    local = first.astimezone(zone)
    times = [local] if once else [local + EVERY * n for n in range(TIMES)]
    recurrence = Recurrence(
        Frequency.ONCE if once else Frequency.DAILY,
        tuple(sorted({moment.time().replace(microsecond=0) for moment in times})),
        start=local.date(),
    )
    wish = programming.SlotWish(
        items=(programming.WishedJingle(chime), programming.WishedAnnouncement(announcement)),
        recurrence=recurrence,
        places=tuple(codes),
        missed=MissedChoice(MissedRule.SKIP),
    )
    return programming.create_slot(session, wish, _person(session, Role.EDITOR), now).key


def _approve(session: Session, recording: Recording, approver: Person, now: datetime) -> None:
    assert recording.sha256 is not None  # noqa: S101 - it was ingested by the caller
    newsroom.approve_recording(session, recording, approver, recording.sha256, now)


def _person(session: Session, role: Role) -> Person:
    return accounts.person_by_email(session, f"{role.value}@{DOMAIN}")
