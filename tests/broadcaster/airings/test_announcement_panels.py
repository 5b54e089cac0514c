"""An announcement's page tells where it airs and who heard it, from slots and from what stations reported."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from broadcaster.airings.announcement_heard import heard_of
from broadcaster.airings.models import AiringEntry
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.newsroom.models import Recording
from broadcaster.programming.models import Slot
from broadcaster.programming.service import remove_slot
from schedules.airing_origin import Origin, unplanned_key
from schedules.wire.report import EvidenceGrade
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.village import VillagePC, announce, first_aired_in_part, make_places, published

SignIn = Callable[..., FlaskClient]
NOON = datetime(2026, 3, 3, 5, 0, tzinfo=UTC)


@pytest.fixture
def aired(app: APIFlask, client: FlaskClient, settings: Settings, clock: FixedClock) -> VillagePC:
    """Announcement 1 aired in Lao this morning in one village; in Upper Ta-oi its audio was missing."""
    pc, _number, plan = published(app, settings, clock.now, "Vaccination")
    with app.app_context():
        db.session.query(Recording).update({"loudness_lufs": -16.0, "true_peak_dbtp": -2.0})
        db.session.commit()
    clock.advance(hours=2)
    assert pc.post(client, pc.report(clock.now, first_aired_in_part(plan)), clock.now).status_code == 200
    return pc


def panel(page: str, anchor: str) -> str:
    """What stands in one part of the page."""
    return page.partition(f'id="{anchor}"')[2].partition("</section>")[0]


def test_who_heard_it_counts_what_was_reported_and_not_what_was_planned(
    aired: VillagePC, signed_in: SignIn
) -> None:
    """One of three villages, in the language that was on the air, with how sure we are."""
    heard = panel(signed_in("editor").get("/announcements/1").text, "heard")
    assert "Heard in 1 village" in heard
    assert "1,180 people live there" in heard
    assert "Thateng Neua" in heard
    assert "loudspeaker confirmed on" in heard
    assert "Ta-oi" not in heard
    assert "San Neua" not in heard


def test_where_it_airs_has_its_slots_and_lets_go_of_removed_ones(
    aired: VillagePC, app: APIFlask, signed_in: SignIn, clock: FixedClock
) -> None:
    """With places and next instants; once no slot is left, the first step is offered."""
    editor = signed_in("editor")
    airs = panel(editor.get("/announcements/1").text, "airs")
    assert "Every day 10:00" in airs
    assert "Sekong" in airs
    assert "tomorrow 10:00" in airs
    with app.app_context():
        remove_slot(db.session, db.session.get_one(Slot, 1), None, clock.now)
        db.session.commit()
    airs = panel(editor.get("/announcements/1").text, "airs")
    assert "stands in no slot yet" in airs
    assert "/schedule/new?announcement=1" in airs


def test_a_station_is_one_line_with_its_best_evidence(session: Session, clock: FixedClock) -> None:
    """Played twice, heard once: three times, as sure as the surest; other audio is not counted."""
    make_places(session)
    pc = VillagePC.enrolled(session, clock.now)
    about = announce(session, "Vaccination", ["lo", "tth"], clock.now)
    lao, ta_oi = (one.sha256 for one in about.recordings)
    entries = [
        (lao, "lo", "aired", EvidenceGrade.PLAYED, 1),
        (lao, "lo", "cut", EvidenceGrade.HEARD, 2),
        (ta_oi, "tth", "late", EvidenceGrade.PLAYED, 3),
        (lao, "lo", "missed", EvidenceGrade.DELIVERED, 4),
        ("0" * 64, "lo", "aired", EvidenceGrade.HEARD, 5),
    ]
    for number, (sha256, language, outcome, evidence, hours) in enumerate(entries, start=1):
        session.add(entry(pc.id, number, sha256, language, outcome, evidence, clock.now, hours))
    session.flush()
    (line,) = heard_of(session, about)
    assert (line.station, line.times, line.languages) == (pc.id, 3, ("lo", "tth"))
    assert (line.evidence, line.is_heard) == (EvidenceGrade.HEARD, True)
    assert line.last == clock.now + timedelta(hours=3)
    assert heard_of(session, about, among=set()) == ()


@pytest.mark.parametrize(
    "broadcast", [unplanned_key(one, "x/1", NOON) for one in Origin if one is not Origin.PLAN]
)
def test_what_no_plan_had_aired_tells_nobody_heard_it(
    session: Session, clock: FixedClock, broadcast: str
) -> None:
    """A test of an alert, or the operator, may use its audio: that is not the announcement being heard."""
    make_places(session)
    pc = VillagePC.enrolled(session, clock.now)
    about = announce(session, "Vaccination", ["lo"], clock.now)
    (sha256,) = (one.sha256 for one in about.recordings)
    aired = entry(pc.id, 1, sha256, "lo", "aired", EvidenceGrade.HEARD, clock.now, 1)
    aired.broadcast = broadcast
    session.add(aired)
    session.flush()
    assert heard_of(session, about) == ()
    session.add(entry(pc.id, 2, sha256, "lo", "aired", EvidenceGrade.PLAYED, clock.now, 2))
    session.flush()
    (line,) = heard_of(session, about)
    assert (line.times, line.evidence) == (1, EvidenceGrade.PLAYED)


def entry(
    station: str,
    number: int,
    sha256: str | None,
    language: str,
    outcome: str,
    evidence: EvidenceGrade,
    now: datetime,
    hours: int,
) -> AiringEntry:
    """One line of as-run as a station reports it."""
    return AiringEntry(
        station_id=station,
        journal=1,
        number=number,
        item=f"i{number}",
        broadcast="b",
        plan_serial=1,
        kind="announcement",
        message_class="ordinary",
        title="Vaccination",
        language=language,
        sha256=sha256,
        zones=["main"],
        planned_start=now + timedelta(hours=hours),
        planned_ms=8000,
        aired_ms=8000,
        outcome=outcome,
        evidence=evidence.value,
        relay=[],
        received_at=now,
    )
