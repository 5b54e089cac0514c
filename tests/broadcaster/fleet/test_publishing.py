"""Publishing: signed, numbered, complete; new only when there is something new to say."""

from __future__ import annotations

from datetime import time, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError

from broadcaster.database import db
from broadcaster.fleet import publishing, service
from broadcaster.fleet.errors import KeysMissing
from broadcaster.fleet.keys import key_folder
from broadcaster.fleet.models import PublishedPlan, Station
from broadcaster.fleet.plans import KEPT_PLANS
from schedules.trust import Accepted, TrustedKeyring, TrustedPlan
from schedules.wire.plan import StationLimits, Zone
from tests.broadcaster.at_once import at_once
from tests.broadcaster.village import VillagePC, announce, daily_slot, make_places


@pytest.fixture
def pc(session, clock) -> VillagePC:
    make_places(session)
    return VillagePC.enrolled(session, clock.now)


def newest(session, pc: VillagePC) -> PublishedPlan:
    return service.required_plan(session, pc.id)


def test_a_published_plan_is_trusted_by_its_station(session, settings, clock, pc):
    """What the province signs passes the station's own rules, with the keyring it got."""
    daily_slot(session, announce(session, "Vaccination day", ["lo", "tth"], clock.now), clock.now)
    service.publish_plans(session, settings, clock.now)
    keyring = TrustedKeyring.first(service.keyring_envelope(session, settings, clock.now), clock.now)
    outcome = TrustedPlan.start(keyring, pc.id).offer(newest(session, pc).envelope, clock.now)
    assert isinstance(outcome, Accepted)
    assert [item.language for item in outcome.plan.broadcasts[0].items] == ["lo", "tth"]
    assert len(outcome.plan.broadcasts) == 28


def test_nothing_new_publishes_nothing(session, settings, clock, pc):
    """Stations that ask hear 304, and serials are not used up."""
    assert len(service.publish_plans(session, settings, clock.now)) == 1
    assert service.publish_plans(session, settings, clock.advance(hours=3)) == ()
    assert newest(session, pc).serial == 1


def test_a_change_is_published_with_the_next_serial(session, settings, clock, pc):
    """A slot, a recording, a zone: the station hears of each."""
    service.publish_plans(session, settings, clock.now)
    daily_slot(session, announce(session, "Market day", ["lo"], clock.now), clock.now)
    service.publish_plans(session, settings, clock.advance(minutes=1))
    assert newest(session, pc).serial == 2
    station = service.station(session, pc.id)
    service.change_station(session, station, (Zone(key="horn", name="Horn"),), StationLimits(), clock.now)
    service.publish_plans(session, settings, clock.advance(minutes=1))
    assert newest(session, pc).serial == 3
    assert service.plan_of(newest(session, pc)).zones[0].key == "horn"


def test_the_horizon_moves_daily(session, settings, clock, pc):
    """A plan is replaced a day later although nothing changed, so that 28 days always lie ahead."""
    service.publish_plans(session, settings, clock.now)
    service.publish_plans(session, settings, clock.advance(days=1))
    plan = newest(session, pc)
    assert plan.serial == 2
    assert plan.fresh_until == clock.now + timedelta(days=28)


def test_waiting_and_retired_stations_get_no_plan(session, settings, clock, pc):
    """Only a station that holds its key is planned for."""
    station = service.station(session, pc.id)
    service.retire_station(session, station, clock.now)
    assert service.publish_plans(session, settings, clock.now) == ()


def test_a_serial_never_falls_below_what_a_station_confirmed(session, settings, clock, pc):
    """After the database was restored from a backup the station must not see a rollback."""
    service.publish_plans(session, settings, clock.now)
    service.station(session, pc.id).confirmed_serial = 41
    service.publish_plans(session, settings, clock.advance(minutes=1))
    assert newest(session, pc).serial == 42


def test_the_history_of_plans_is_bounded(session, settings, clock, pc):
    """The database does not grow for ever; the newest plans stay."""
    for _ in range(KEPT_PLANS + 3):
        service.publish_plans(session, settings, clock.advance(days=1))
    serials = session.scalars(select(PublishedPlan.serial).order_by(PublishedPlan.serial)).all()
    assert list(serials) == list(range(4, KEPT_PLANS + 4))


def test_a_missing_translation_is_kept_with_the_plan(session, settings, clock, pc):
    """What could not be put into a plan is known where the plan is shown."""
    announcement = announce(session, "Land law", ["tdf"], clock.now)
    daily_slot(session, announcement, clock.now)
    service.publish_plans(session, settings, clock.now)
    assert [gap["code"] for gap in newest(session, pc).gaps] == ["no_recording"]


def test_a_withdrawn_recording_leaves_the_plan_and_cannot_be_fetched(session, settings, clock, pc):
    """It stops everywhere it can be reached."""
    announcement = announce(session, "Old news", ["lo"], clock.now)
    daily_slot(session, announcement, clock.now)
    service.publish_plans(session, settings, clock.now)
    sha256 = announcement.recordings[0].sha256
    assert service.may_fetch(session, pc.id, sha256)
    announcement.recordings[0].state = "withdrawn"
    session.flush()
    service.publish_plans(session, settings, clock.advance(minutes=1))
    plan = service.plan_of(newest(session, pc))
    assert plan.withdrawn == (sha256,)
    assert plan.broadcasts == ()
    assert not service.may_fetch(session, pc.id, sha256)


def test_what_was_planned_is_remembered_after_the_plan_is_gone(session, settings, clock, pc):
    """As-run is judged against the plan of its time, though a new plan only looks ahead."""
    announcement = announce(session, "Morning", ["lo"], clock.now)
    daily_slot(session, announcement, clock.now, at=time(10, 0))
    service.publish_plans(session, settings, clock.now)
    begin = clock.now
    for _ in range(5):
        service.publish_plans(session, settings, clock.advance(days=1))
    past = [item.planned_start for item in service.planned(session, begin, clock.now)]
    assert past == [begin + timedelta(hours=1, days=day) for day in range(5)]


def test_a_gap_between_publications_is_filled_from_the_last_plan(session, settings, clock, pc):
    """A server that was away for a week still knows what its stations were to air."""
    daily_slot(session, announce(session, "Morning", ["lo"], clock.now), clock.now, at=time(10, 0))
    service.publish_plans(session, settings, clock.now)
    begin = clock.now
    service.publish_plans(session, settings, clock.advance(days=7))
    assert len(service.planned(session, begin, clock.now)) == 7


def test_a_slot_taken_away_is_not_planned_any_more(session, settings, clock, pc):
    """Only what was in force when its time came counts as planned."""
    from broadcaster.programming.service import remove_slot

    slot = daily_slot(session, announce(session, "Morning", ["lo"], clock.now), clock.now, at=time(10, 0))
    service.publish_plans(session, settings, clock.now)
    remove_slot(session, slot, None, clock.now)
    service.publish_plans(session, settings, clock.advance(minutes=1))
    assert list(service.planned(session, clock.now, clock.now + timedelta(days=2))) == []


def test_keys_are_the_owners_alone(session, settings, clock, pc):
    """32 raw bytes each, readable by nobody else."""
    service.publish_plans(session, settings, clock.now)
    files = sorted(key_folder(settings).iterdir())
    assert [file.name for file in files] == ["plan.key", "root.key"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert {file.stat().st_size for file in files} == {32}


def test_lost_keys_stop_publishing_with_a_clear_line(session, settings, clock, pc):
    """New keys made in silence would lock every station out; the backup must be restored."""
    service.publish_plans(session, settings, clock.now)
    (key_folder(settings) / "plan.key").unlink()
    with pytest.raises(KeysMissing, match="backup"):
        service.publish_plans(session, settings, clock.advance(days=1))
    (key_folder(settings) / "plan.key").write_bytes(b"k" * 32)
    with pytest.raises(KeysMissing, match="not the key stations trust"):
        service.publish_plans(session, settings, clock.advance(days=1))


def test_each_station_has_its_own_plan(session, settings, clock, pc):
    """Each village in its own languages."""
    other = VillagePC.enrolled(session, clock.now, "1503001")
    daily_slot(session, announce(session, "Health", ["lo", "tth", "tdf"], clock.now), clock.now)
    service.publish_plans(session, settings, clock.now)
    heard = {
        station.id: service.plan_of(service.required_plan(session, station.id)).broadcasts[0].items
        for station in session.scalars(select(Station))
    }
    assert [item.language for item in heard[pc.id]] == ["lo", "tth"]
    assert [item.language for item in heard[other.id]] == ["tdf", "lo"]


def test_a_station_whose_data_is_broken_does_not_stop_the_others(session, settings, clock, pc):
    """One village's mistake is logged; every other village gets its plan."""
    broken = VillagePC.enrolled(session, clock.now, "1503001")
    service.station(session, broken.id).languages = ["no such tag"]
    published = service.publish_plans(session, settings, clock.now)
    assert [one.station_id for one in published] == [pc.id]


def test_two_publishers_at_once_give_each_plan_one_number(session, app, settings, clock, pc):
    """Whoever comes second finds nothing left to publish, or is turned away by the database."""
    session.commit()

    def publishes() -> bool:
        with app.app_context():
            try:
                service.publish_plans(db.session, settings, clock.now)
                db.session.commit()
            except (IntegrityError, OperationalError):
                db.session.rollback()
                return False
            return True

    assert any(at_once(3, publishes))
    session.expire_all()
    assert list(session.scalars(select(PublishedPlan.serial))) == [1]


def test_a_fleet_is_published_batch_by_batch(session, settings, clock, pc, monkeypatch):
    """Each batch is committed before the next, so that reports need not wait for the last plan."""
    monkeypatch.setattr(publishing, "BATCH", 1)
    other = VillagePC.enrolled(session, clock.now, "1503001")
    published = publishing.publish_in_batches(session, settings, clock.now)
    session.rollback()
    assert sorted(one.station_id for one in published) == sorted([pc.id, other.id])
    assert {newest(session, pc).serial, newest(session, other).serial} == {1}
