"""Slots: wishes, checks, previews and what plans get, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.jobs import Job
from broadcaster.newsroom import service as newsroom
from broadcaster.programming import entry, service
from broadcaster.programming.calendar import days_of
from schedules.compile import compile_plan
from schedules.conflicts import ConflictCode
from schedules.message_class import MessageClass
from schedules.programme import AnnouncementItem, JingleItem, PauseItem
from schedules.recurrence import Frequency, Recurrence, occurrences
from schedules.station_profile import StationProfile
from schedules.wire.plan import QuietHours, QuietRule, StationLimits, Zone
from tests.broadcaster.conftest import FixedClock
from tests.broadcaster.newsroom.audio import ready_audio
from tests.broadcaster.newsroom.conftest import make_places
from tests.broadcaster.programming.stations import make_station

ZONE = ZoneInfo("Asia/Vientiane")
MORNING = Recurrence(Frequency.DAILY, (time(5, 30),), start=date(2026, 3, 1))


def approve(session: Session, clock: FixedClock, sound: newsroom.Recording | newsroom.Jingle) -> None:
    """Submit and approve, as the command line does."""
    newsroom.submit_recording(session, sound, None, clock.now)
    newsroom.approve_recording(session, sound, None, sound.sha256 or "", clock.now)


@pytest.fixture
def wish(session: Session, clock: FixedClock) -> service.SlotWish:
    """Chime, pause and "Land law" every morning in one district; recorded in Talieng and Lao."""
    make_places(session)
    about = newsroom.create_announcement(session, "Land law", "law_orientation", None, clock.now)
    for language in ("tdf", "lo"):
        take = newsroom.attach_recording(
            session, about, language, ready_audio(language), "a.wav", None, clock.now
        )
        approve(session, clock, take)
    jingle = newsroom.attach_jingle(session, "Chime", ready_audio("chime"), "c.wav", None, clock.now)
    approve(session, clock, jingle)
    return service.SlotWish(
        items=(
            service.WishedJingle(jingle.id),
            service.WishedPause(500),
            service.WishedAnnouncement(about.id),
        ),
        recurrence=MORNING,
        places=("LA1503",),
    )


def test_a_slot_reaches_the_plan_with_its_items_in_order(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """The jingle comes as audio, the announcement in the station's languages."""
    slot = service.create_slot(session, wish, None, clock.now)
    (rule,) = service.slots_for_plan(session)
    assert rule.key == slot.key
    assert [type(item) for item in rule.programme.items] == [JingleItem, PauseItem, AnnouncementItem]
    assert rule.programme.title == "Land law"
    station = StationProfile(
        station="dakcheung",
        village="Ban Dakcheung",
        place_path=("V1", "LA1503", "LA15"),
        languages=("tdf", "lo"),
        time_zone="Asia/Vientiane",
        zones=(Zone(key="main", name="Main", channel=1),),
        limits=service.standard_limits(settings),
    )
    recordings = newsroom.approved_recordings(session, clock.now)
    plan = compile_plan(station, (rule,), recordings, serial=1, now=clock.now).plan
    assert len(plan.broadcasts) == 28
    assert plan.broadcasts[0].planned_start == datetime(2026, 3, 3, 22, 30, tzinfo=UTC)
    assert [item.language for item in plan.broadcasts[0].items] == [None, None, "tdf", "lo"]


def test_a_removed_slot_leaves_the_plans_until_it_is_restored(
    session: Session, clock: FixedClock, wish: service.SlotWish
) -> None:
    """Its key stays the same, so nothing airs twice; each step is in the trail and asks for new plans."""
    slot = service.create_slot(session, wish, None, clock.now)
    service.remove_slot(session, slot, None, clock.now)
    assert service.slots_for_plan(session) == ()
    assert service.slots(session, removed=True) == [slot]
    with pytest.raises(NotPossible):
        service.remove_slot(session, slot, None, clock.now)
    service.restore_slot(session, slot, None, clock.now)
    assert [rule.key for rule in service.slots_for_plan(session)] == [slot.key]
    with pytest.raises(NotPossible):
        service.restore_slot(session, slot, None, clock.now)
    trail = [entry.action for entry in accounts.trail(session, f"slot:{slot.id}")]
    assert trail[::-1] == ["slot.created", "slot.removed", "slot.restored"]
    asked = session.scalars(select(Job).where(Job.kind == "publish_plans")).all()
    assert len(asked) == 1


def test_a_withdrawn_jingle_is_left_out_and_a_slot_of_it_alone_is_no_slot(
    session: Session, clock: FixedClock, wish: service.SlotWish
) -> None:
    """Nothing airs that is not approved."""
    service.create_slot(session, wish, None, clock.now)
    alone = replace(wish, items=wish.items[:1], title="Only a chime")
    service.create_slot(session, alone, None, clock.now)
    assert len(service.slots_for_plan(session)) == 2
    newsroom.withdraw_recording(session, newsroom.jingle(session, 1), None, "too loud", clock.now)
    (rule,) = service.slots_for_plan(session)
    assert [type(item) for item in rule.programme.items] == [PauseItem, AnnouncementItem]
    with pytest.raises(NotPossible, match="not approved"):
        service.create_slot(session, wish, None, clock.now)


def test_what_is_in_the_way_is_told_once_for_many_villages(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """The Katu village lacks its language; a second slot at the same time meets the first everywhere."""
    (katu,) = service.together(service.check_slot(session, wish, settings, clock.now))
    assert (katu.conflict.code, katu.villages) == (ConflictCode.MISSING_LANGUAGE, ("Ban Katu",))
    service.create_slot(session, wish, None, clock.now)
    again = replace(wish, title="Again", message_class=MessageClass.PRIORITY)
    found = service.together(service.check_slot(session, again, settings, clock.now))
    overlap = next(one for one in found if one.conflict.code is ConflictCode.OVERLAP)
    assert set(overlap.villages) == {"Ban Dakcheung", "Ban Katu", "Ban Xieng"}
    assert overlap.conflict.params["effect"] == "cuts_it"


def test_quiet_hours_are_the_provinces(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """22:00 is quiet by default, for all but an emergency that ignores it."""
    late = replace(wish, recurrence=replace(MORNING, times=(time(22, 0),)))
    codes = {one.code for one in service.check_slot(session, late, settings, clock.now)}
    assert ConflictCode.QUIET_HOURS in codes
    with pytest.raises(BadInput, match="only an emergency"):
        service.check_slot(session, replace(late, quiet=QuietRule.IGNORE), settings, clock.now)
    urgent = replace(late, quiet=QuietRule.IGNORE, message_class=MessageClass.EMERGENCY)
    codes = {one.code for one in service.check_slot(session, urgent, settings, clock.now)}
    assert ConflictCode.QUIET_HOURS not in codes


def test_villages_that_hear_the_same_stand_together_in_the_preview(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """A village hears its languages in its order; one without a recording of its own hears Lao."""
    for code in ("V1", "V2", "V3"):
        make_station(session, code, clock.now)
    found = service.preview(session, wish, settings, clock.now)
    assert (found.without_station, found.waiting) == ((), ())
    heard = {
        hearing.villages: [item.language for item in hearing.items if item.language]
        for hearing in found.hearings
    }
    assert heard == {
        ("Ban Dakcheung",): ["tdf", "lo"],
        ("Ban Xieng",): ["tdf"],
        ("Ban Katu",): ["lo"],
    }


def test_only_villages_with_a_station_are_said_to_hear_it(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """No station, or one whose PC never came forward: nobody hears it there, and the preview says so."""
    nowhere = service.preview(session, wish, settings, clock.now)
    assert nowhere.hearings == ()
    assert nowhere.without_station == ("Ban Dakcheung", "Ban Katu", "Ban Xieng")
    make_station(session, "V1", clock.now)
    make_station(session, "V2", clock.now, enrolled=False)
    found = service.preview(session, wish, settings, clock.now)
    assert [hearing.villages for hearing in found.hearings] == [("Ban Dakcheung",)]
    assert (found.without_station, found.waiting) == (("Ban Katu",), ("Ban Xieng",))


def test_a_broadcast_in_a_stations_own_quiet_hours_is_not_heard(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """The station's own quiet hours count, not the province's; an emergency that ignores them is heard."""
    quiet = StationLimits(quiet_hours=QuietHours(start_minute=5 * 60, end_minute=6 * 60))
    make_station(session, "V1", clock.now, limits=quiet)
    make_station(session, "V2", clock.now)
    found = service.preview(session, wish, settings, clock.now)
    assert {one.villages: one.held_back for one in found.hearings} == {
        ("Ban Dakcheung",): True,
        ("Ban Xieng",): False,
    }
    codes = {one.code: one.station for one in service.check_slot(session, wish, settings, clock.now)}
    assert codes[ConflictCode.QUIET_HOURS] == "ban-dakcheung"
    urgent = replace(wish, quiet=QuietRule.IGNORE, message_class=MessageClass.EMERGENCY)
    assert not any(one.held_back for one in service.preview(session, urgent, settings, clock.now).hearings)


def test_other_cautions_have_another_mark(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """The same wish has the same mark; another time or place, which warns of other things, has not."""

    def mark(one: service.SlotWish) -> str:
        return service.mark_of(service.together(service.check_slot(session, one, settings, clock.now)))

    assert mark(wish) == mark(wish)
    late = replace(wish, recurrence=replace(MORNING, times=(time(22, 0),)))
    assert len({mark(wish), mark(late), mark(replace(wish, places=("V1",)))}) == 3


@pytest.mark.parametrize(
    ("typed", "times"),
    [
        ("7:00", [time(7)]),
        ("17.30, 5:05", [time(5, 5), time(17, 30)]),
        ("05.30.15", [time(5, 30, 15)]),
        ("໐໗:໐໐", [time(7)]),
    ],
)
def test_times_are_understood_as_people_write_them(typed: str, times: list[time]) -> None:
    """Without a leading zero, with a point, in Lao digits."""
    assert entry.wall_times([typed]) == tuple(times)


@pytest.mark.parametrize("typed", ["24:00", "7", "7:0", "5:60", "17.30.61", "7:00 pm"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    """Rather than guessed at."""
    with pytest.raises(BadInput):
        entry.wall_times([typed])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": ()}, "announcements"),
        ({"items": (service.WishedPause(500),)}, "announcements"),
        ({"places": ()}, "places"),
        ({"places": ("LA99",)}, "places"),
    ],
)
def test_a_wish_that_breaks_a_rule_names_its_field(
    session: Session, clock: FixedClock, wish: service.SlotWish, change: dict[str, object], field: str
) -> None:
    """Refused whoever asks: page, program or command."""
    with pytest.raises(BadInput) as refused:
        service.create_slot(session, replace(wish, **change), None, clock.now)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert service.slots(session) == []


def test_what_does_not_exist_is_not_there(
    session: Session, clock: FixedClock, wish: service.SlotWish
) -> None:
    """An announcement, a jingle or a slot by a number nobody has."""
    for item in (service.WishedAnnouncement(99), service.WishedJingle(99)):
        with pytest.raises(NotThere):
            service.create_slot(session, replace(wish, items=(item,)), None, clock.now)
    with pytest.raises(NotThere):
        service.slot(session, 99)


def test_the_calendar_has_each_airing_on_its_local_day(
    session: Session, settings: Settings, clock: FixedClock, wish: service.SlotWish
) -> None:
    """05:30 in Sekong is 22:30 UTC of the day before; the length is that of the village that hears most.

    On Monday, and on Tuesday before it was made, it did not air.
    """
    service.create_slot(session, wish, None, clock.now)
    days = days_of(session, date(2026, 3, 2), 7, settings, clock.now)
    assert [day for day, _found in days] == [date(2026, 3, 2) + timedelta(days=n) for n in range(7)]
    assert days[0][1] == ()
    assert days[1][1] == ()
    for day, found in days[2:]:
        (one,) = found
        assert one.at.astimezone(settings.zone).date() == day
        assert one.duration_ms == 3000 + 500 + 3000 + 3000


@given(
    start=st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    passed_s=st.integers(0, 63_000_000),
    weekdays=st.frozensets(st.integers(0, 6), min_size=1),
    wall=st.times().map(lambda moment: moment.replace(microsecond=0)),
)
def test_the_next_instants_are_the_first_of_all_that_come(
    start: date, passed_s: int, weekdays: frozenset[int], wall: time
) -> None:
    """However far away the first day is, none is passed over."""
    now = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=passed_s)
    rule = Recurrence(Frequency.WEEKLY, (wall,), start=start, weekdays=weekdays)
    found = service.next_instants(rule, ZONE, now, 3)
    assert len(found) == 3
    begin = max(now, datetime.combine(start, time(), tzinfo=UTC) - timedelta(days=2))
    assert found == occurrences(rule, ZONE, begin, begin + timedelta(days=40))[:3]


@given(text=st.text(max_size=20))
def test_typed_times_are_times_or_refused(text: str) -> None:
    """Whatever is typed."""
    try:
        times = entry.wall_times([text])
    except BadInput:
        return
    assert times == tuple(sorted(set(times)))
    assert all(wall.tzinfo is None and wall.microsecond == 0 for wall in times)
