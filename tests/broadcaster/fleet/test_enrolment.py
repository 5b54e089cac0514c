"""Enrolment: a one-time code makes a village PC a station."""

from __future__ import annotations

from datetime import datetime

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.models import AuditEntry
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible
from broadcaster.fleet import service
from broadcaster.fleet.errors import CodeRefused
from broadcaster.fleet.models import EnrolmentCode, Station, StationState
from broadcaster.jobs import Job
from broadcaster.places.models import Place
from schedules.envelope import SigningKey
from schedules.wire.plan import Zone
from schedules.wire.station_access import EnrolmentRequest
from tests.broadcaster.at_once import at_once
from tests.broadcaster.village import VillagePC, make_places


def request(code: str, key: SigningKey | None = None) -> EnrolmentRequest:
    return EnrolmentRequest(code=code, public_key=(key or SigningKey.generate()).public.public)


def add_station(session: Session, now: datetime, village: str = "1504001") -> tuple[Station, str]:
    return service.create_station(session, session.get_one(Place, village), service.DEFAULT_ZONES, now)


def test_a_code_makes_a_waiting_station_active_and_asks_for_its_plan(session, clock):
    """Enrolment is what turns a village PC into a station; its first plan is published at once."""
    make_places(session)
    station, code = add_station(session, clock.now)
    assert (station.id, station.state) == ("thateng-neua", StationState.WAITING)
    enrolled = service.enrol(session, request(code), clock.now)
    assert enrolled.state is StationState.ACTIVE
    assert enrolled.journal == 1
    assert session.scalar(select(Job.kind).where(Job.state == "waiting")) == "publish_plans"


def test_only_a_hash_of_the_code_is_kept(session, clock):
    """Who reads the database cannot enrol a PC."""
    make_places(session)
    _, code = add_station(session, clock.now)
    kept = session.scalars(select(EnrolmentCode)).one()
    assert code not in str(vars(kept))
    assert code.replace("-", "") not in str(vars(kept))
    assert code not in str([vars(entry) for entry in session.scalars(select(AuditEntry))])


def test_a_code_works_once(session, clock):
    """Replayed, by the same PC or another, it is refused and changes nothing."""
    make_places(session)
    station, code = add_station(session, clock.now)
    first = SigningKey.generate()
    service.enrol(session, request(code, first), clock.now)
    for again in (request(code), request(code, first)):
        with pytest.raises(CodeRefused):
            service.enrol(session, again, clock.now)
    assert station.public_key == first.public.public


def test_a_code_expires_after_seven_days(session, clock):
    """A code that was written down and forgotten opens nothing."""
    make_places(session)
    _, code = add_station(session, clock.now)
    clock.advance(days=7)
    with pytest.raises(CodeRefused):
        service.enrol(session, request(code), clock.now)


def test_unknown_used_and_expired_codes_get_the_same_words(session, clock):
    """The answer does not tell a guesser that he was near."""
    make_places(session)
    _, code = add_station(session, clock.now)
    service.enrol(session, request(code), clock.now)
    messages = set()
    for tried in (code, "0000-0000-0000"):
        with pytest.raises(CodeRefused) as refused:
            service.enrol(session, request(tried), clock.now)
        messages.add(str(refused.value))
    assert len(messages) == 1


def test_a_code_may_be_typed_carelessly(session, clock):
    """Small letters, blanks and look-alikes make no difference."""
    make_places(session)
    _, code = add_station(session, clock.now)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert service.enrol(session, request(typed), clock.now).state is StationState.ACTIVE


def test_a_new_code_closes_the_older_one(session, clock):
    """There is one open code a station at most."""
    make_places(session)
    station, old = add_station(session, clock.now)
    new = service.new_code(session, station, clock.now)
    with pytest.raises(CodeRefused):
        service.enrol(session, request(old), clock.now)
    assert service.enrol(session, request(new), clock.now) is station


def test_a_new_key_begins_a_new_journal(session, clock):
    """A replaced PC numbers its entries from 1 again; the same key goes on with its journal."""
    make_places(session)
    pc = VillagePC.enrolled(session, clock.now)
    station = service.station(session, pc.id)
    service.enrol(session, request(service.new_code(session, station, clock.now), pc.key), clock.now)
    assert station.journal == 1
    service.enrol(session, request(service.new_code(session, station, clock.now)), clock.now)
    assert station.journal == 2


def test_a_retired_station_gets_no_code_and_its_old_one_is_closed(session, clock):
    """Retiring shuts every door."""
    make_places(session)
    station, code = add_station(session, clock.now)
    service.retire_station(session, station, clock.now)
    with pytest.raises(CodeRefused):
        service.enrol(session, request(code), clock.now)
    with pytest.raises(NotPossible):
        service.new_code(session, station, clock.now)
    assert list(service.stations(session)) == []


def test_two_stations_of_one_village_have_names_of_their_own(session, clock):
    """A name is never used twice, so that plans and reports cannot be mixed up."""
    make_places(session)
    first, _ = add_station(session, clock.now)
    second, _ = add_station(session, clock.now)
    assert (first.id, second.id) == ("thateng-neua", "thateng-neua-2")


@pytest.mark.parametrize(
    ("zones", "code"),
    [
        ([], "zone_count"),
        ([Zone(key="a", name="A", channel=1), Zone(key="a", name="B", channel=2)], "zone_twice"),
        ([Zone(key="a", name="A", channel=1), Zone(key="b", name="B", channel=1)], "channel_twice"),
    ],
)
def test_zones_that_would_share_a_relay_are_refused(session, clock, zones, code):
    """Two zones on one channel would switch each other off."""
    make_places(session)
    with pytest.raises(BadInput) as refused:
        service.create_station(session, session.get_one(Place, "1504001"), zones, clock.now)
    assert refused.value.code == code


def test_of_two_pcs_that_use_a_code_at_once_one_gets_in(session, app: APIFlask, clock):
    """The code is taken by one conditional update: there is no moment in which both see it unused."""
    make_places(session)
    _, code = add_station(session, clock.now)
    session.commit()

    def gets_in() -> bool:
        with app.app_context():
            try:
                service.enrol(db.session, request(code), clock.now)
                db.session.commit()
            except CodeRefused:
                db.session.rollback()
                return False
            return True

    assert sorted(at_once(4, gets_in)) == [False, False, False, True]
