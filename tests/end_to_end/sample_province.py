"""A province with a little of everything on its pages, served for real; people who read Lao and English."""

from __future__ import annotations

import contextlib
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import waitress
from apiflask import APIFlask
from flask import current_app
from sqlalchemy import create_engine

import broadcaster.tables  # noqa: F401 - names every table
from broadcaster import schema
from broadcaster.accounts import links, second_factor
from broadcaster.accounts.service import Role, add_person, person_by_email
from broadcaster.app import create_app
from broadcaster.campaigns.service import create_campaign
from broadcaster.config import DatabaseSettings, ProvinceSettings, Settings
from broadcaster.database import Base, db
from broadcaster.fleet import service as fleet
from broadcaster.newsroom import service as newsroom
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.sound import IngestState
from broadcaster.places.models import Place
from broadcaster.secret import make_secret
from schedules.wire.plan import Plan
from schedules.wire.report import Outcome
from tests.broadcaster.village import (
    VillagePC,
    airing_of,
    daily_slot,
    incident,
    make_places,
)

WITH_CODE = "code@example.org"
PASSWORD = "a long enough pass phrase"
NOW = datetime(2026, 3, 3, 2, 0, tzinfo=UTC)
LAO_TITLE = "ກອງປະຊຸມສະໄໝສາມັນຄັ້ງທີ 6 ຂອງສະພາແຫ່ງຊາດ ປະກາດໃຊ້ກົດໝາຍວ່າດ້ວຍການປົກຄອງທ້ອງຖິ່ນ"
LONG_TITLE = "Orientation on the Law on Local Administration, with what changes for village chiefs this year"


@dataclass(frozen=True)
class Sample:
    """Where the province answers, and the numbers of what stands on its pages."""

    address: str
    app: APIFlask
    numbers: dict[str, str]

    def at(self, address: str) -> str:
        """The whole address, its blanks filled in."""
        return self.address + address.format(**self.numbers)


class _Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@contextlib.contextmanager
def served(folder: Path) -> Iterator[Sample]:
    """The sample province behind waitress on a free port of this machine, ended afterwards."""
    data = folder / "data"
    data.mkdir()
    make_secret(data)
    engine = create_engine(f"sqlite:///{data / 'broadcaster.db'}")
    Base.metadata.create_all(engine)
    schema.stamp(engine)
    engine.dispose()
    clock = _Clock()
    settings = Settings(data=data, database=DatabaseSettings(), province=ProvinceSettings())
    app = create_app(settings, app_clock=clock, overrides={"RATELIMIT_ENABLED": False})
    numbers = _fill(app, settings, clock, folder)
    server = waitress.create_server(app, host="127.0.0.1", port=0, threads=8)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield Sample(f"http://127.0.0.1:{server.effective_port}", app, numbers)
    finally:
        server.close()
        thread.join(5)
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


def _fill(app: APIFlask, settings: Settings, clock: _Clock, folder: Path) -> dict[str, str]:
    with app.app_context():
        for language in ("en", "lo"):
            roles = [Role.ADMINISTRATOR, Role.EDITOR, Role.APPROVER, Role.OPERATOR]
            add_person(
                db.session, f"{language}@example.org", PASSWORD, roles, f"Reader of {language}", NOW,
                language=language,
            )  # fmt: skip
        with_code = add_person(db.session, WITH_CODE, PASSWORD, [Role.EDITOR], "With a code", NOW)
        with_code.tf_primary_method, with_code.tf_totp_secret = "authenticator", second_factor.new_secret()
        _guest, word = links.invite(db.session, "guest@example.org", [Role.EDITOR], "Guest", NOW)
        numbers = _announcements(folder)
        numbers["welcome"] = word
        pc, plan = _stations(settings)
        numbers.update(station=pc.id, waiting_station=_waiting_station())
        numbers["person"] = str(person_by_email(db.session, "lo@example.org").id)
        numbers["campaign"] = _campaign(int(numbers["announcement"]))
        db.session.commit()
    clock.now += timedelta(hours=2)
    first = plan.broadcasts[0]
    said = [
        airing_of(plan, first, first.items[0], 1),
        airing_of(plan, first, first.items[1], 2, outcome=Outcome.MISSED, reason="audio_missing"),
        incident(3, clock.now),
    ]
    answer = pc.post(app.test_client(), pc.report(clock.now, said), clock.now)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return numbers


def _announcements(folder: Path) -> dict[str, str]:
    """Some with approved recordings, some not yet, one that could not be read."""
    make_places(db.session)
    editor, approver = (person_by_email(db.session, f"{one}@example.org") for one in ("en", "lo"))
    store = current_app.extensions["audio_store"]
    approved = newsroom.create_announcement(db.session, LONG_TITLE, AnnouncementKind.HEALTH, editor, NOW)
    for language, hertz in (("lo", 440), ("tth", 550)):
        sound = _tone(folder, hertz)
        done = newsroom.add_recording(
            db.session, store, approved, language, sound, sound.name, editor, NOW
        )  # fmt: skip
        newsroom.submit_recording(db.session, done, editor, NOW)
        newsroom.approve_recording(db.session, done, approver, str(done.sha256), NOW)
    daily_slot(db.session, approved, NOW)
    draft = Announcement(title=LAO_TITLE, kind=AnnouncementKind.ASSEMBLY_RESULT, created_at=NOW)
    db.session.add(draft)
    sound = _tone(folder, 660)
    heard = newsroom.add_recording(db.session, store, draft, "lo", sound, "ສຽງ.wav", editor, NOW)
    newsroom.submit_recording(db.session, heard, editor, NOW)
    unheard = dict.fromkeys(("alk", "kuf", "tdr", "ngt"), IngestState.WORKING) | {"tdf": IngestState.FAILED}
    for language, ingest in unheard.items():
        recording = Recording(
            announcement=draft, language=language, original_name="ສຽງ.wav", state="draft", ingest=ingest,
            created_at=NOW,
        )  # fmt: skip
        db.session.add(recording)
    db.session.flush()
    return {
        "announcement": str(approved.id),
        "draft": str(draft.id),
        "recording": str(heard.id),
        "village": "1504001",
    }


def _tone(folder: Path, hertz: int) -> Path:
    """Three seconds of sound."""
    file = folder / f"{hertz}.wav"
    source = ["-f", "lavfi", "-i", f"sine=frequency={hertz}:duration=3"]
    subprocess.run(["ffmpeg", "-loglevel", "error", *source, str(file)], check=True, timeout=120)
    return file


def _stations(settings: Settings) -> tuple[VillagePC, Plan]:
    pc = VillagePC.enrolled(db.session, NOW)
    fleet.publish_plans(db.session, settings, NOW)
    db.session.commit()
    return pc, fleet.plan_of(fleet.required_plan(db.session, pc.id))


def _waiting_station() -> str:
    village = db.session.get_one(Place, "1504002")
    station, _code = fleet.create_station(db.session, village, fleet.DEFAULT_ZONES, NOW)
    return str(station.id)


def _campaign(announcement: int) -> str:
    campaign = create_campaign(
        db.session, title=LONG_TITLE, announcements=[announcement], places=["LA1504"],
        from_day=NOW.date(), until_day=NOW.date() + timedelta(days=28), person=None, now=NOW,
    )  # fmt: skip
    return str(campaign.id)
