"""Every planned item ends in exactly one accounted state."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta

from broadcaster.airings import service
from broadcaster.airings.service import AiringFilter
from broadcaster.fleet import service as fleet
from broadcaster.programming.service import remove_slot
from schedules.reconciliation import ItemState
from schedules.wire.report import Outcome
from tests.broadcaster.village import VillagePC, airing_of, announce, daily_slot, make_places

TODAY = date(2026, 3, 3)


def a_day_of_three(session, settings, clock):
    """Slots at 10, 11 and 12 in Lao and Upper Ta-oi; it is 9 o'clock."""
    make_places(session)
    pc = VillagePC.enrolled(session, clock.now)
    announcement = announce(session, "Vaccination day", ["lo", "tth"], clock.now)
    slots = [daily_slot(session, announcement, clock.now, at=time(hour)) for hour in (10, 11, 12)]
    fleet.publish_plans(session, settings, clock.now)
    return pc, fleet.plan_of(fleet.required_plan(session, pc.id)), slots


def report(session, pc, clock, *said):
    service.accept_report(session, fleet.station(session, pc.id), pc.report(clock.now, said), clock.now)


def states(session, pc, settings, clock, day=TODAY) -> list[ItemState]:
    return [one.state for one in service.account(session, pc.id, day, settings.zone, clock.now)]


def test_a_planned_item_is_upcoming_then_awaited_then_what_the_station_says(session, settings, clock):
    """Three states of knowing, never two at once."""
    pc, plan, _ = a_day_of_three(session, settings, clock)
    assert states(session, pc, settings, clock) == [ItemState.UPCOMING] * 6
    clock.advance(hours=1, minutes=1)
    assert states(session, pc, settings, clock) == [ItemState.AWAITING_REPORT] * 2 + [ItemState.UPCOMING] * 4
    first = plan.broadcasts[0]
    report(
        session,
        pc,
        clock,
        airing_of(plan, first, first.items[0], 1),
        airing_of(plan, first, first.items[1], 2, outcome=Outcome.CUT, aired_ms=100),
    )
    assert states(session, pc, settings, clock)[:2] == [ItemState.AIRED, ItemState.CUT]
    assert len(states(session, pc, settings, clock)) == 6


def test_the_past_stays_accounted_after_many_new_plans(session, settings, clock):
    """What was to air last week is still there, though no plan lists it any more."""
    pc, plan, _ = a_day_of_three(session, settings, clock)
    first = plan.broadcasts[0]
    clock.advance(hours=2)
    report(session, pc, clock, airing_of(plan, first, first.items[0], 1))
    for _ in range(7):
        fleet.publish_plans(session, settings, clock.advance(days=1))
    assert Counter(states(session, pc, settings, clock)) == {ItemState.AIRED: 1, ItemState.AWAITING_REPORT: 5}
    assert len(states(session, pc, settings, clock, TODAY + timedelta(days=3))) == 6


def test_what_aired_unplanned_is_shown_with_its_outcome(session, settings, clock):
    """A station that had not heard of a change aired it all the same; the record says so."""
    pc, plan, slots = a_day_of_three(session, settings, clock)
    remove_slot(session, slots[0], None, clock.now)
    fleet.publish_plans(session, settings, clock.advance(minutes=1))
    first = plan.broadcasts[0]
    report(session, pc, clock, airing_of(plan, first, first.items[0], 1))
    lines = service.account(session, pc.id, TODAY, settings.zone, clock.now)
    assert [line.state for line in lines] == [ItemState.AIRED] + [ItemState.UPCOMING] * 4
    assert lines[0].broadcast == first.key


def test_a_filter_shows_one_station_or_one_state(session, settings, clock):
    """Of the province's day, what somebody asks for."""
    pc, plan, _ = a_day_of_three(session, settings, clock)
    other = VillagePC.enrolled(session, clock.now, "1503001")
    fleet.publish_plans(session, settings, clock.now)
    start, end = service.day_bounds(TODAY, settings.zone)
    first = plan.broadcasts[0]
    report(session, pc, clock, airing_of(plan, first, first.items[0], 1))

    def stations(**wanted) -> set[str]:
        return {
            one.station for one in service.airings(session, AiringFilter(start, end, **wanted), clock.now)
        }

    assert stations() == {pc.id, other.id}
    assert stations(station=other.id) == {other.id}
    assert stations(state=ItemState.AIRED) == {pc.id}
    assert stations(state=ItemState.MISSED) == set()


def test_a_local_day_begins_at_local_midnight(session, settings, clock):
    """A broadcast at 05:30 in Sekong belongs to the day people there call today."""
    start, end = service.day_bounds(TODAY, settings.zone)
    assert start.isoformat() == "2026-03-02T17:00:00+00:00"
    assert end - start == timedelta(days=1)
