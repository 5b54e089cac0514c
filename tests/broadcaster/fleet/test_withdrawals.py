"""A withdrawal's way to the stations: who had the audio, who was told, who confirmed, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import current_app

from broadcaster import jobs, work
from broadcaster.airings import service as airings
from broadcaster.fleet import service as fleet
from broadcaster.fleet.models import StationState
from broadcaster.fleet.plans import KEPT_PLANS
from broadcaster.newsroom import service as newsroom
from broadcaster.newsroom.withdrawal import Obstacle, withdrawal_reach
from tests.broadcaster.village import VillagePC, announce, daily_slot, make_places


@pytest.fixture
def pcs(session, clock):
    """Two stations that air the announcement, and one that never had it; each heard of just now."""
    make_places(session)
    return [VillagePC.enrolled(session, clock.now, village) for village in ("1504001", "1503001", "1504002")]


@pytest.fixture
def recording(session, clock, pcs):
    """Of an announcement that two of the villages are to hear every day."""
    announcement = announce(session, "Old news", ["lo"], clock.now)
    daily_slot(session, announcement, clock.now, places=("1504001", "1503001"))
    found = announcement.recordings[0]
    found.loudness_lufs, found.true_peak_dbtp = -16.0, -2.0
    return found


def report(session, pc: VillagePC, now) -> None:
    """The station says that it has all of its newest plan."""
    station = fleet.station(session, pc.id)
    fleet.seen(station, now)
    told = pc.report(now, number=0, plan_serial=station.published_serial)
    airings.accept_report(session, station, told, now)


def work_on(session, now) -> None:
    session.commit()
    jobs.run_pending(session, work.HANDLERS, now)


def obstacles(session, recording, now) -> dict[str, Obstacle | None]:
    with current_app.test_request_context():
        reached = withdrawal_reach(session, recording, now)
    assert reached is not None
    return {one.village: one.obstacle for one in reached.stations}


def test_the_page_knows_which_stations_confirmed_and_what_keeps_the_others(
    session, settings, clock, pcs, recording
):
    """Withdrawn → its plan is made → one station takes it, the other has no network; then both have."""
    fleet.publish_plans(session, settings, clock.now)
    for pc in pcs:
        report(session, pc, clock.now)
    clock.advance(minutes=2)
    newsroom.withdraw_recording(session, recording, None, "wrong date", clock.now)
    assert obstacles(session, recording, clock.now) == {
        "Thateng Neua": Obstacle.PLAN,
        "Ban Dakcheung": Obstacle.PLAN,
    }
    work_on(session, clock.now)
    assert set(obstacles(session, recording, clock.now).values()) == {Obstacle.WAITING}
    clock.advance(minutes=10)
    report(session, pcs[0], clock.now)
    assert obstacles(session, recording, clock.now) == {
        "Thateng Neua": None,
        "Ban Dakcheung": Obstacle.SILENT,
    }
    report(session, pcs[1], clock.now)
    with current_app.test_request_context():
        reached = withdrawal_reach(session, recording, clock.now)
    assert reached is not None
    assert (reached.confirmed, reached.open) == (2, ())


def test_a_station_that_is_away_for_months_is_not_forgotten(session, settings, clock, pcs, recording):
    """Its plans of that time are gone, and it still holds the audio until it says otherwise."""
    fleet.publish_plans(session, settings, clock.now)
    report(session, pcs[1], clock.now)
    newsroom.withdraw_recording(session, recording, None, "wrong date", clock.now)
    for _day in range(KEPT_PLANS + 2):
        fleet.publish_plans(session, settings, clock.advance(days=1), [pcs[1].id])
    assert obstacles(session, recording, clock.now)["Ban Dakcheung"] is Obstacle.SILENT
    report(session, pcs[1], clock.now)
    assert obstacles(session, recording, clock.now)["Ban Dakcheung"] is None


def test_what_is_withdrawn_a_second_time_is_confirmed_a_second_time(session, settings, clock, pcs, recording):
    """The same bytes, approved anew in between: the first confirmation counts no more."""
    fleet.publish_plans(session, settings, clock.now)
    newsroom.withdraw_recording(session, recording, None, "wrong date", clock.now)
    fleet.publish_plans(session, settings, clock.advance(minutes=1))
    report(session, pcs[0], clock.now)
    recording.state = "approved"
    fleet.publish_plans(session, settings, clock.advance(minutes=1))
    report(session, pcs[0], clock.now)
    newsroom.withdraw_recording(session, recording, None, "wrong date again", clock.now)
    fleet.publish_plans(session, settings, clock.advance(minutes=1))
    assert obstacles(session, recording, clock.now)["Thateng Neua"] is Obstacle.WAITING
    report(session, pcs[0], clock.now)
    assert obstacles(session, recording, clock.now)["Thateng Neua"] is None


def test_a_station_that_is_retired_is_not_waited_for(session, settings, clock, pcs, recording):
    """It gets no more plans."""
    fleet.publish_plans(session, settings, clock.now)
    newsroom.withdraw_recording(session, recording, None, "wrong date", clock.now)
    fleet.retire_station(session, fleet.station(session, pcs[0].id), clock.now)
    assert fleet.station(session, pcs[0].id).state is StationState.RETIRED
    assert set(obstacles(session, recording, clock.now)) == {"Ban Dakcheung"}


def test_the_announcements_page_counts_and_looks_again_by_itself(
    signed_in, session, settings, clock, pcs, recording
):
    """Until all have confirmed; a station off line is named with since when."""
    fleet.publish_plans(session, settings, clock.now)
    for pc in pcs:
        report(session, pc, clock.now)
    newsroom.withdraw_recording(session, recording, None, "wrong date", clock.now)
    fleet.publish_plans(session, settings, clock.now)
    report(session, pcs[0], clock.now)
    session.commit()
    clock.now += timedelta(hours=2)
    browser = signed_in("approver")
    page = browser.get(f"/announcements/{recording.announcement_id}").text
    part = f"/recordings/{recording.id}/withdrawal"
    assert "Confirmed by 1 of 2 stations." in page
    assert "no network since today 09:00" in page
    assert f'hx-get="{part}"' in page
    report(session, pcs[1], clock.now)
    session.commit()
    refreshed = browser.get(part).text
    assert "Confirmed by 2 of 2 stations." in refreshed
    assert "hx-get" not in refreshed
