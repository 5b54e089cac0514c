"""Reports: in any order, as often as they come, each entry once."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from broadcaster.airings import service
from broadcaster.airings.models import AiringEntry, IncidentEntry, JournalEntry
from broadcaster.airings.plausibility import doubt
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.fleet import service as fleet
from schedules.envelope import sign
from schedules.wire.plan import Plan
from schedules.wire.report import Airing, EvidenceGrade, Outcome, StationHealth, StationReport
from schedules.wire.station_access import EnrolmentRequest, ReportReceipt
from tests.broadcaster.at_once import at_once
from tests.broadcaster.village import VillagePC, airing_of, announce, daily_slot, incident, make_places

REPORTS = "/api/v1/station/reports"


def station_with_plan(session: Session, settings, now) -> tuple[VillagePC, Plan]:
    make_places(session)
    pc = VillagePC.enrolled(session, now)
    daily_slot(session, announce(session, "Vaccination day", ["lo", "tth"], now), now)
    fleet.publish_plans(session, settings, now)
    return pc, fleet.plan_of(fleet.required_plan(session, pc.id))


def entries_of(plan: Plan, most: int = 6) -> list[Airing]:
    items = [(broadcast, item) for broadcast in plan.broadcasts for item in broadcast.items][:most]
    return [airing_of(plan, broadcast, item, n) for n, (broadcast, item) in enumerate(items, start=1)]


def count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(AiringEntry)) or 0


def test_a_report_is_taken_and_acknowledged(session, settings, clock):
    """Everything through the answered number is here; health and the confirmed plan follow it."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    report = pc.report(clock.now, entries_of(plan), health=StationHealth(relay_ok=False))
    assert service.accept_report(session, station, report, clock.now) == 6
    assert count(session) == 6
    assert station.confirmed_serial == 1
    assert fleet.relay_ok(station) is False


def test_the_same_report_again_changes_nothing(session, settings, clock):
    """A lost answer costs a repetition and nothing else."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    report = pc.report(clock.now, entries_of(plan))
    assert [service.accept_report(session, station, report, clock.now) for _ in range(3)] == [6, 6, 6]
    assert count(session) == 6


def test_acknowledged_ends_before_the_first_gap(session, settings, clock):
    """Reports by stick may overtake those by network."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    entries = entries_of(plan)
    late, early = pc.report(clock.now, entries[3:]), pc.report(clock.now, entries[:3])
    assert service.accept_report(session, station, late, clock.now) == 0
    assert service.accept_report(session, station, early, clock.now) == 6


def test_another_word_under_the_same_number_is_kept_out_and_noted(session, settings, clock):
    """The first word stays; the contradiction is seen, once."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    first = entries_of(plan)[0]
    service.accept_report(session, station, pc.report(clock.now, [first]), clock.now)
    broadcast = plan.broadcasts[0]
    other = airing_of(plan, broadcast, broadcast.items[0], 1, outcome=Outcome.MISSED)
    for _ in range(2):
        assert service.accept_report(session, station, pc.report(clock.now, [other]), clock.now) == 1
    assert session.scalar(select(AiringEntry.outcome)) == "aired"
    assert session.scalars(select(IncidentEntry.code)).all() == ["report_contradiction"]


def test_incidents_are_numbered_with_the_airings(session, settings, clock):
    """One journal, one row of numbers."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    entries = [*entries_of(plan, 2), incident(3, clock.now)]
    assert service.accept_report(session, station, pc.report(clock.now, entries), clock.now) == 3
    assert [one.code for one in service.incidents(session, station=pc.id)] == ["board_silent"]


def test_a_late_report_does_not_turn_the_health_back(session, settings, clock):
    """How the station is now, not how it was when a stick set off."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    entries = entries_of(plan)
    new = pc.report(clock.now, entries[3:], health=StationHealth(relay_ok=True))
    old = pc.report(clock.now, entries[:3], health=StationHealth(relay_ok=False), plan_serial=0)
    service.accept_report(session, station, new, clock.now)
    service.accept_report(session, station, old, clock.now)
    assert fleet.relay_ok(station) is True
    assert station.confirmed_serial == 1


def test_a_replaced_pc_counts_from_one_again(session, settings, clock):
    """What the new PC airs is not taken for what the old one said under the same number."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    service.accept_report(session, station, pc.report(clock.now, entries_of(plan, 4)), clock.now)
    replacement = VillagePC(pc.id)
    code = fleet.new_code(session, station, clock.now)
    fleet.enrol(session, EnrolmentRequest(code=code, public_key=replacement.public_key), clock.now)
    assert service.accept_report(session, station, replacement.report(clock.now), clock.now) == 0
    items = [(one, item) for one in plan.broadcasts[2:4] for item in one.items]
    said = [airing_of(plan, one, item, n) for n, (one, item) in enumerate(items, start=1)]
    assert service.accept_report(session, station, replacement.report(clock.now, said), clock.now) == 4
    assert count(session) == 8


def test_a_pc_enrolled_anew_with_its_old_journal_goes_on_counting(session, settings, clock):
    """A new key alone neither loses entries nor doubles those already here."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    entries = entries_of(plan)
    service.accept_report(session, station, pc.report(clock.now, entries[:4]), clock.now)
    anew = VillagePC(pc.id)
    code = fleet.new_code(session, station, clock.now)
    fleet.enrol(session, EnrolmentRequest(code=code, public_key=anew.public_key), clock.now)
    assert service.accept_report(session, station, anew.report(clock.now, entries[2:]), clock.now) == 6
    assert count(session) == 6


def test_a_plan_nobody_published_is_noted_and_not_believed(session, settings, clock):
    """Serials must not be driven to the end of their range by one broken station."""
    pc, _ = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    service.accept_report(session, station, pc.report(clock.now, plan_serial=2**50), clock.now)
    assert station.confirmed_serial == 0
    assert [one.code for one in service.incidents(session)] == ["unknown_plan"]


def test_values_no_database_holds_are_refused(session, settings, clock):
    """Numbers beyond the range and NUL characters are the sender's mistake, not a broken server."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    entry = entries_of(plan, 1)[0]
    for bad in (
        pc.report(clock.now, [entry.model_copy(update={"plan_serial": 2**60})]),
        pc.report(clock.now, [entry.model_copy(update={"title": "a\x00b"})]),
        pc.report(clock.now, [entry.model_copy(update={"number": 2**60})]),
    ):
        with pytest.raises(BadInput):
            service.accept_report(session, station, bad, clock.now)
    assert count(session) == 0


@hypothesis_settings(
    max_examples=12, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_order_and_repetition_ends_in_the_same_record(session, settings, clock, data):
    """Whatever way the pieces take, all is here once, and acknowledged whole."""
    with session.begin_nested() as attempt:
        pc, plan = station_with_plan(session, settings, clock.now)
        station = fleet.station(session, pc.id)
        entries = entries_of(plan, 8)
        cuts = sorted({0, 8, *data.draw(st.lists(st.integers(1, 7), max_size=4))})
        pieces = [entries[a:b] for a, b in itertools.pairwise(cuts)]
        order = data.draw(st.permutations(pieces)) + data.draw(st.lists(st.sampled_from(pieces), max_size=3))
        for piece in order:
            through = service.accept_report(session, station, pc.report(clock.now, piece), clock.now)
        assert through == 8
        assert count(session) == 8
        assert session.scalar(select(func.count()).select_from(JournalEntry)) == 8
        attempt.rollback()
    session.expunge_all()


@pytest.fixture
def served(app, settings, clock) -> tuple[VillagePC, Plan]:
    with app.app_context():
        made = station_with_plan(db.session, settings, clock.now)
        db.session.commit()
    return made


def test_a_signed_report_is_answered_with_a_receipt(client, served, clock):
    """Acknowledged through N, the newest plan, and the time."""
    pc, plan = served
    answer = pc.post(client, pc.report(clock.now, entries_of(plan)), clock.now)
    assert answer.status_code == 200
    receipt = ReportReceipt.model_validate_json(answer.data)
    assert (receipt.acknowledged, receipt.plan_serial, receipt.server_time) == (6, 1, clock.now)
    assert "Set-Cookie" not in answer.headers


def test_a_tampered_report_is_refused_and_nothing_of_it_is_kept(app, client, served, clock):
    """The station's signature covers every byte."""
    pc, plan = served
    envelope = sign(pc.report(clock.now, entries_of(plan)), [pc.key]).decode()
    payload = envelope.split('"payload":"')[1].split('"')[0]
    forged = envelope.replace(
        payload, payload[:-8] + ("AAAA" if payload[-8:-4] != "AAAA" else "BBBB") + payload[-4:]
    )
    answer = client.post(REPORTS, data=forged, headers=pc.headers(clock.now))
    assert answer.status_code == 403
    assert answer.json["code"] == "bad_signature"
    with app.app_context():
        assert count(db.session) == 0


def test_a_report_signed_by_another_or_about_another_is_refused(client, served, clock):
    """A station speaks for itself only."""
    pc, _ = served
    stranger = VillagePC(pc.id)
    not_mine = sign(stranger.report(clock.now), [stranger.key])
    assert client.post(REPORTS, data=not_mine, headers=pc.headers(clock.now)).status_code == 403
    about_other = StationReport.model_validate({**pc.report(clock.now).model_dump(), "station": "san-neua"})
    assert pc.post(client, about_other, clock.now).status_code == 403


def test_what_is_no_report_is_refused(client, served, clock):
    """Not an envelope: 400. Too much: 413, and it is not read."""
    pc, _ = served
    assert client.post(REPORTS, data=b"not an envelope", headers=pc.headers(clock.now)).status_code == 400
    too_much = b"x" * (StationReport.MAX_SIZE_BYTES + 1)
    for kind in ("application/json", "application/octet-stream"):
        answer = client.post(REPORTS, data=too_much, content_type=kind, headers=pc.headers(clock.now))
        assert answer.status_code == 413
        assert "message" in answer.json


def test_evidence_comes_through_as_it_was_said(app, client, served, clock):
    """What the page says was heard is what the station signed."""
    pc, plan = served
    broadcast = plan.broadcasts[0]
    said = airing_of(plan, broadcast, broadcast.items[0], 1, evidence=EvidenceGrade.RELAY_COMMANDED)
    pc.post(client, pc.report(clock.now, [said]), clock.now)
    with app.app_context():
        assert service.as_airing(db.session.scalars(select(AiringEntry)).one()) == said


def test_the_same_report_by_two_ways_at_once_counts_once(app, client, served, clock):
    """Network and stick may meet at the door; both are answered, nothing is doubled."""
    pc, plan = served
    report = pc.report(clock.now, entries_of(plan))
    answers = at_once(4, lambda: pc.post(app.test_client(), report, clock.now))
    assert [answer.status_code for answer in answers] == [200] * 4
    with app.app_context():
        assert count(db.session) == 6


@pytest.mark.parametrize(
    "said",
    [
        {"started_at": timedelta(0), "ended_at": timedelta(hours=-1)},
        {"aired_ms": 10 * 3_600_000},
        {"aired_ms": 200_000, "planned_ms": 200_000, "ended_at": timedelta(0)},
    ],
)
def test_what_cannot_have_happened_is_noted_and_never_counted(session, settings, clock, said):
    """Its number is taken, so that the station goes on; nothing says that it was heard."""
    pc, plan = station_with_plan(session, settings, clock.now)
    station = fleet.station(session, pc.id)
    begun = clock.now - timedelta(minutes=30)
    shift = {name: begun + value if isinstance(value, timedelta) else value for name, value in said.items()}
    times = {"planned_start": begun, "started_at": begun, "ended_at": begun + timedelta(minutes=5)}
    honest = entries_of(plan)[0].model_copy(update={**times, "planned_ms": 60_000, "aired_ms": 60_000})
    assert doubt(honest) is None
    wrong = honest.model_copy(update=shift)
    assert service.accept_report(session, station, pc.report(clock.now, [wrong]), clock.now) == 1
    assert session.scalars(select(AiringEntry.id)).all() == []
    assert session.scalars(select(IncidentEntry.code)).all() == ["implausible_airing"]
