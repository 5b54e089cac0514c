"""Coverage: what the page says was heard was heard."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from broadcaster.airings import service as airings
from broadcaster.campaigns import service
from broadcaster.campaigns.coverage import (
    Message,
    Reach,
    Sounding,
    TargetVillage,
    judge,
    wanted_languages,
)
from broadcaster.errors import BadInput
from broadcaster.fleet import service as fleet
from schedules.airing_origin import Origin, unplanned_key
from schedules.wire.report import EvidenceGrade, Outcome
from tests.broadcaster.village import VillagePC, airing_of, announce, daily_slot, make_places

TODAY = date(2026, 3, 3)


def village(*languages: str, stations: tuple[str, ...] = ("s",), people: int | None = 100) -> TargetVillage:
    return TargetVillage("v", "V", languages, people, True, stations)


def sounding(language: str, aired_ms: int = 1000, grade: EvidenceGrade = EvidenceGrade.HEARD) -> Sounding:
    return Sounding("s", 1, language, grade, 1000, aired_ms)


def test_a_village_is_reached_when_all_its_recorded_languages_were_heard():
    """One of two is partly; none is not yet."""
    message = [Message(1, "m", ("lo", "tdf"))]
    goal = EvidenceGrade.RELAY_COMMANDED

    def reach(*heard: Sounding) -> Reach:
        return judge([village("tdf", "lo")], message, heard, goal).rows[0].reach

    assert reach() is Reach.NOT_YET
    assert reach(sounding("lo")) is Reach.PARTLY
    assert reach(sounding("lo"), sounding("tdf")) is Reach.REACHED


def test_an_airing_cut_short_or_less_certain_than_the_goal_is_partly():
    """A third of a message is not the message, and 'played' is not 'the loudspeaker was on'."""
    message = [Message(1, "m", ("lo",))]
    goal = EvidenceGrade.RELAY_CONFIRMED

    def reach(one: Sounding) -> Reach:
        return judge([village("lo")], message, [one], goal).rows[0].reach

    assert reach(sounding("lo", aired_ms=899)) is Reach.PARTLY
    assert reach(sounding("lo", aired_ms=900)) is Reach.REACHED
    assert reach(sounding("lo", grade=EvidenceGrade.RELAY_COMMANDED)) is Reach.PARTLY


def test_a_village_none_of_whose_languages_is_recorded_wants_lao():
    """Lao is the lingua franca; what is missing is still said."""
    assert wanted_languages(("kuf",), ("lo", "tdf")) == ("lo",)
    assert wanted_languages(("kuf",), ("tdf",)) == ("kuf",)
    row = judge([village("kuf")], [Message(1, "m", ("lo",))], [sounding("lo")], EvidenceGrade.PLAYED).rows[0]
    assert (row.reach, row.missing) == (Reach.REACHED, ("kuf",))


def test_a_village_without_a_station_is_not_yet_reached():
    """And its people are counted among those to reach."""
    found = judge([village("lo", stations=())], [Message(1, "m", ("lo",))], [], EvidenceGrade.PLAYED)
    assert (found.count(Reach.NOT_YET), found.people, found.people_reached) == (1, 100, 0)


@given(
    heard=st.lists(
        st.builds(
            sounding,
            st.sampled_from(["lo", "tdf", "kuf"]),
            st.integers(0, 1000),
            st.sampled_from(list(EvidenceGrade)),
        ),
        max_size=8,
    ),
    more=st.builds(sounding, st.sampled_from(["lo", "tdf", "kuf"])),
    goal=st.sampled_from(list(EvidenceGrade)),
)
def test_more_evidence_never_makes_coverage_worse(heard, more, goal):
    """Another report can only add; every village stands in exactly one state."""
    order = [Reach.NOT_YET, Reach.PARTLY, Reach.REACHED]
    targets = [village("tdf", "lo"), village("kuf"), village()]
    messages = [Message(1, "m", ("lo", "tdf"))]
    before = judge(targets, messages, heard, goal)
    after = judge(targets, messages, [*heard, more], goal)
    assert sum(before.count(reach) for reach in Reach) == len(targets)
    for old, new in zip(before.rows, after.rows, strict=True):
        assert order.index(old.reach) <= order.index(new.reach)


def goal_for_two_villages(session: Session, settings, now):
    make_places(session)
    pc = VillagePC.enrolled(session, now)
    announcement = announce(session, "Vaccination day", ["lo", "tth"], now)
    daily_slot(session, announcement, now, at=time(10, 0))
    fleet.publish_plans(session, settings, now)
    campaign = service.create_campaign(
        session,
        title="Vaccinate",
        announcements=[announcement.id],
        places=["1504001", "1503001"],
        from_day=TODAY,
        until_day=TODAY + timedelta(days=7),
        person=None,
        now=now,
    )
    return pc, announcement, campaign


def test_a_reported_broadcast_reaches_its_village(session, settings, clock):
    """From the station's signed entries to the line of the campaign."""
    pc, announcement, campaign = goal_for_two_villages(session, settings, clock.now)
    plan = fleet.plan_of(fleet.required_plan(session, pc.id))
    first = plan.broadcasts[0]
    said = [airing_of(plan, first, item, n) for n, item in enumerate(first.items, start=1)]
    station = fleet.station(session, pc.id)
    airings.accept_report(session, station, pc.report(clock.now, said), clock.now)
    expected = {
        "villages": 2,
        "reached": 1,
        "partly": 0,
        "not_yet": 1,
        "people": 1820,
        "people_reached": 1180,
        "illustrative": True,
        "goal": "relay_commanded",
    }
    for found in (
        service.as_json(service.coverage(session, campaign, clock.now)),
        service.coverage_of_announcement(session, announcement.id, clock.now),
    ):
        rows = {row["code"]: row for row in found.pop("rows")}
        assert found == expected
        assert rows["1504001"] == {
            "village": "Thateng Neua",
            "code": "1504001",
            "languages_wanted": ["lo", "tth"],
            "languages_heard": ["lo", "tth"],
            "languages_missing": [],
            "state": "reached",
            "evidence": "relay_confirmed",
        }
        assert rows["1503001"]["state"] == "not_yet"
        assert rows["1503001"]["languages_missing"] == ["tdf"]


def test_airings_outside_the_campaigns_days_do_not_count(session, settings, clock):
    """What aired before the goal was set, or after its end, is another story."""
    pc, announcement, campaign = goal_for_two_villages(session, settings, clock.now)
    plan = fleet.plan_of(fleet.required_plan(session, pc.id))
    late = plan.broadcasts[9]
    said = [airing_of(plan, late, item, n) for n, item in enumerate(late.items, start=1)]
    airings.accept_report(session, fleet.station(session, pc.id), pc.report(clock.now, said), clock.now)
    assert service.coverage(session, campaign, clock.now).count(Reach.REACHED) == 0
    assert service.coverage_of_announcement(session, announcement.id, clock.now)["reached"] == 1


@pytest.mark.parametrize("origin", [one for one in Origin if one is not Origin.PLAN])
def test_what_no_plan_had_aired_reaches_nobody(session, settings, clock, origin):
    """A test that plays an announcement's audio, or an operator who does, is not the announcement."""
    pc, announcement, campaign = goal_for_two_villages(session, settings, clock.now)
    plan = fleet.plan_of(fleet.required_plan(session, pc.id))
    first, key = plan.broadcasts[0], unplanned_key(origin, "x/1", clock.now)
    said = [
        airing_of(plan, first, item, n).model_copy(update={"broadcast": key, "item": f"{key}/{n}"})
        for n, item in enumerate(first.items, start=1)
    ]
    airings.accept_report(session, fleet.station(session, pc.id), pc.report(clock.now, said), clock.now)
    assert service.coverage(session, campaign, clock.now).count(Reach.NOT_YET) == 2
    assert service.coverage_of_announcement(session, announcement.id, clock.now)["reached"] == 0


def test_a_missed_broadcast_reaches_nobody(session, settings, clock):
    """A plan is not evidence, and neither is a report of silence."""
    pc, _, campaign = goal_for_two_villages(session, settings, clock.now)
    plan = fleet.plan_of(fleet.required_plan(session, pc.id))
    first = plan.broadcasts[0]
    said = [
        airing_of(plan, first, item, n, outcome=Outcome.MISSED) for n, item in enumerate(first.items, start=1)
    ]
    airings.accept_report(session, fleet.station(session, pc.id), pc.report(clock.now, said), clock.now)
    assert service.coverage(session, campaign, clock.now).count(Reach.NOT_YET) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "  "}, "title"),
        ({"announcements": []}, "announcements"),
        ({"places": []}, "places"),
        ({"until_day": TODAY - timedelta(days=1)}, "until_day"),
    ],
)
def test_a_goal_without_a_part_of_it_is_refused_by_field(session, clock, change, field):
    """Title, message, places and days: each is needed."""
    make_places(session)
    announcement = announce(session, "Vaccination day", ["lo"], clock.now)
    wish = {
        "title": "Vaccinate",
        "announcements": [announcement.id],
        "places": ["LA15"],
        "from_day": TODAY,
        "until_day": TODAY,
    }
    with pytest.raises(BadInput) as refused:
        service.create_campaign(session, **(wish | change), person=None, now=clock.now)
    assert refused.value.field == field
