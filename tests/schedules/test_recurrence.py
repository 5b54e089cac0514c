"""Local rules become UTC instants; dateutil, walked naively from the first day, is the oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.errors import InvalidInput
from schedules.local_time import airing_instant, zone_named
from schedules.recurrence import Frequency, Recurrence, occurrences
from tests.schedules.villages import daily

ZONES = (
    "Asia/Vientiane",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
)
VIENTIANE = ZoneInfo("Asia/Vientiane")
BERLIN = ZoneInfo("Europe/Berlin")

# dateutil's own zones know no clock changes after 2037.
days = st.dates(date(2005, 1, 1), date(2030, 12, 31))
times = st.lists(
    st.times().map(lambda wall: wall.replace(microsecond=0)), min_size=1, max_size=4, unique=True
)
# Where clock changes happen is rare among random times; ask for the small hours often.
night = st.builds(time, st.integers(0, 3), st.integers(0, 59), st.sampled_from((0, 30)))
all_times = st.one_of(times, st.lists(night, min_size=1, max_size=4, unique=True)).map(tuple)


@st.composite
def recurrences(draw: st.DrawFn) -> Recurrence:
    frequency = draw(st.sampled_from(list(Frequency)))
    start = draw(days)
    weekdays = (
        draw(st.frozensets(st.integers(0, 6), min_size=1)) if frequency is Frequency.WEEKLY else frozenset()
    )
    until = start + timedelta(days=draw(st.integers(0, 900))) if draw(st.booleans()) else None
    offsets = draw(st.frozensets(st.integers(0, 60), max_size=5))
    skipped = frozenset(start + timedelta(days=offset) for offset in offsets)
    return Recurrence(
        frequency, draw(all_times), start=start, weekdays=weekdays, until=until, except_dates=skipped
    )


def oracle(rule: Recurrence, zone_name: str, from_utc: datetime, to_utc: datetime) -> list[datetime]:
    """Walk from the first day ever with dateutil's rrule, and attach dateutil's zone."""
    zone = tz.gettz(zone_name)
    last = rule.start if rule.frequency is Frequency.ONCE else (rule.until or date(2036, 1, 1))
    last = min(last, to_utc.date() + timedelta(days=3))
    found = set()
    for wall in rule.times:
        walk = rrule.rrule(
            rrule.WEEKLY if rule.frequency is Frequency.WEEKLY else rrule.DAILY,
            dtstart=datetime.combine(rule.start, wall),
            until=datetime.combine(last, time(23, 59, 59)),
            byweekday=sorted(rule.weekdays) or None,
        )
        for local in walk:
            if local.date() in rule.except_dates:
                continue
            exists = local
            if not tz.datetime_exists(exists, zone):
                exists = exists.replace(second=0)
                while not tz.datetime_exists(exists, zone):
                    exists += timedelta(minutes=1)
            found.add(exists.replace(tzinfo=zone, fold=0).astimezone(UTC))
    return sorted(instant for instant in found if from_utc <= instant < to_utc)


@settings(max_examples=250)
@given(recurrences(), st.sampled_from(ZONES), st.integers(-400, 900), st.integers(0, 500), st.times())
def test_occurrences_are_those_of_a_naive_walk_from_the_first_day(
    rule: Recurrence, zone_name: str, offset: int, length: int, at: time
) -> None:
    """Fast-forwarding, zones and clock changes never add, lose or move an instant."""
    from_utc = datetime.combine(rule.start + timedelta(days=offset), at, tzinfo=UTC)
    to_utc = from_utc + timedelta(days=length)
    got = occurrences(rule, ZoneInfo(zone_name), from_utc, to_utc)
    assert list(got) == oracle(rule, zone_name, from_utc, to_utc)


@settings(max_examples=100)
@given(recurrences(), st.sampled_from(ZONES), st.integers(0, 300), st.integers(0, 100), st.integers(0, 100))
def test_windows_side_by_side_give_what_one_window_gives(
    rule: Recurrence, zone_name: str, offset: int, first: int, second: int
) -> None:
    """[a, b) and [b, c) share nothing and lose nothing."""
    zone = ZoneInfo(zone_name)
    a = datetime.combine(rule.start + timedelta(days=offset), time(1, 30), tzinfo=UTC)
    b, c = a + timedelta(days=first), a + timedelta(days=first + second)
    assert occurrences(rule, zone, a, b) + occurrences(rule, zone, b, c) == occurrences(rule, zone, a, c)


def test_half_past_five_in_sekong_is_half_past_ten_in_the_evening_utc() -> None:
    """Asia/Vientiane is UTC+7 all year."""
    got = occurrences(
        daily("05:30"),
        VIENTIANE,
        datetime(2026, 11, 24, tzinfo=UTC),
        datetime(2026, 11, 26, tzinfo=UTC),
    )
    assert got == (datetime(2026, 11, 24, 22, 30, tzinfo=UTC), datetime(2026, 11, 25, 22, 30, tzinfo=UTC))


def test_a_window_holds_its_first_instant_and_not_its_last() -> None:
    """[from, to): windows side by side share nothing."""
    instant = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)
    tick = timedelta(milliseconds=1)
    assert occurrences(daily("05:30"), VIENTIANE, instant, instant + tick) == (instant,)
    assert occurrences(daily("05:30"), VIENTIANE, instant - tick, instant) == ()


def test_a_time_the_clock_jumps_over_airs_at_the_end_of_the_gap() -> None:
    """In Berlin 02:00–03:00 of 29 March 2026 does not exist; 02:30 airs as 03:00 begins."""
    assert airing_instant(datetime.fromisoformat("2026-03-29 02:30:00"), BERLIN) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    assert airing_instant(datetime.fromisoformat("2026-03-29 02:00:00"), BERLIN) == datetime(
        2026, 3, 29, 1, 0, tzinfo=UTC
    )
    assert airing_instant(datetime.fromisoformat("2026-03-29 01:59:59"), BERLIN) == datetime(
        2026, 3, 29, 0, 59, 59, tzinfo=UTC
    )


def test_two_times_in_one_gap_air_once() -> None:
    """Both meet at the end of the gap; a village does not hear the programme twice on end."""
    day = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert occurrences(daily("02:10", "02:50"), BERLIN, day, day + timedelta(days=1)) == (
        datetime(2026, 3, 29, 1, 0, tzinfo=UTC),
    )


def test_a_time_that_comes_twice_airs_at_the_first() -> None:
    """In Berlin 02:30 of 25 October 2026 comes at 00:30 and at 01:30 UTC."""
    day = datetime(2026, 10, 24, 22, tzinfo=UTC)
    assert occurrences(daily("02:30"), BERLIN, day, day + timedelta(days=1)) == (
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
    )


def test_a_day_that_a_country_left_out_airs_as_the_next_begins() -> None:
    """Samoa went from 29 to 31 December 2011 over the date line."""
    apia = ZoneInfo("Pacific/Apia")
    assert airing_instant(datetime.fromisoformat("2011-12-30 05:30:00"), apia) == datetime(
        2011, 12, 30, 10, 0, tzinfo=UTC
    )


def test_a_rule_of_decades_ago_is_expanded_at_once() -> None:
    """The work depends on the window, not on how long the rule has been there."""
    rule = daily("05:30", start=date(1970, 1, 1))
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    assert len(occurrences(rule, VIENTIANE, begin, begin + timedelta(days=28))) == 28


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"times": ()}, "times a day"),
        ({"times": (time(5, 30, tzinfo=UTC),)}, "without zone"),
        ({"times": (time(5, 30, 0, 1),)}, "whole seconds"),
        ({"weekdays": frozenset({0})}, "weekdays"),
        ({"frequency": Frequency.WEEKLY}, "weekdays"),
        ({"frequency": Frequency.WEEKLY, "weekdays": frozenset({7})}, "weekdays"),
        ({"until": date(2025, 12, 31)}, "last day"),
        ({"start": date(1, 1, 1)}, "first day"),
        ({"times": tuple(time(n // 60, n % 60) for n in range(49))}, "times a day"),
        ({"except_dates": frozenset(date(2026, 1, 1) + timedelta(n) for n in range(1001))}, "left out"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    """The message says which value is wrong."""
    values = {"frequency": Frequency.DAILY, "times": (time(5, 30),), "start": date(2026, 1, 1), **changes}
    with pytest.raises(InvalidInput, match=named):
        Recurrence(**values)  # type: ignore[arg-type] - wrong on purpose


def test_a_window_without_bounds_is_refused() -> None:
    """Naive, distant or endless windows are the caller's mistake and cost nothing."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="naive"):
        occurrences(daily("05:30"), VIENTIANE, begin.replace(tzinfo=None), begin)
    with pytest.raises(InvalidInput, match="days"):
        occurrences(daily("05:30"), VIENTIANE, begin, datetime(2199, 1, 1, tzinfo=UTC))
    with pytest.raises(InvalidInput, match="out of range"):
        occurrences(daily("05:30"), VIENTIANE, begin, datetime.max.replace(tzinfo=UTC))
    crowded = daily(*(f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)))
    with pytest.raises(InvalidInput, match="occurrences"):
        occurrences(crowded, VIENTIANE, begin, begin + timedelta(days=1000))


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../../etc/passwd", "Asia", "\0", "x" * 5000])
def test_an_unknown_zone_is_refused_by_name(name: str) -> None:
    """Whatever the reason, it is one error of ours."""
    with pytest.raises(InvalidInput, match="time zone"):
        zone_named(name)
