"""How far the clock is trusted, and when it stepped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.clock import TimeVerdict, is_settled, judge, step_between
from station_agent.time_keeping import TimeKeeping
from tests.station_agent.documents import NOON, plan_of
from tests.station_agent.hand_clock import HandClock

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("issued", "last", "offset", "trusted"),
    [
        (None, None, None, True),
        (NOON - DAY * 20, NOON - timedelta(hours=1), None, True),
        (NOON + DAY / 2, None, None, True),
        (NOON + DAY * 2, None, None, False),
        (None, NOON + timedelta(hours=1), None, False),
        (None, NOON + timedelta(hours=1), timedelta(seconds=2), True),
        (None, None, timedelta(minutes=30), False),
        (None, None, timedelta(minutes=-30), False),
        (NOON + DAY * 2, None, timedelta(0), False),
    ],
)
def test_a_clock_that_cannot_be_right_is_not_trusted(
    issued: object, last: object, offset: object, trusted: bool
) -> None:
    """Before the plan was issued, before what is known, or far from the province's time; and why."""
    verdict = judge(NOON, plan_issued_at=issued, last_known=last, server_offset=offset)  # type: ignore[arg-type]
    assert verdict.trusted is trusted
    assert bool(verdict.why) is not trusted


@given(st.floats(0, 10_000), st.floats(-100_000, 100_000))
def test_a_step_is_what_the_wall_clock_did_beyond_what_passed(passed_s: float, step_s: float) -> None:
    """Under half a second is drift, above it is a step, in either direction."""
    before = (NOON, 50.0)
    after = (NOON + timedelta(seconds=passed_s + step_s), 50.0 + passed_s)
    found = step_between(before, after)
    if abs(step_s) < 0.499:
        assert found is None
    elif abs(step_s) > 0.501:
        assert found is not None
        assert abs(found.total_seconds() - step_s) < 0.001


@pytest.mark.parametrize(
    ("not_after", "last", "offset", "trusted"),
    [
        (NOON - DAY, None, None, False),
        (NOON - DAY, None, timedelta(0), True),
        (NOON + DAY, NOON - DAY * 34, None, True),
        (NOON + DAY, NOON - DAY * 36, None, False),
        (NOON + DAY, NOON - DAY * 36, timedelta(seconds=1), True),
    ],
)
def test_a_clock_far_ahead_is_not_trusted_until_the_province_agrees(
    not_after: object, last: object, offset: object, trusted: bool
) -> None:
    """After the plan's end, or weeks after the last known instant, nobody knows whether it is ahead."""
    verdict = judge(
        NOON,
        plan_issued_at=None,
        last_known=last,  # type: ignore[arg-type]
        server_offset=offset,  # type: ignore[arg-type]
        plan_not_after=not_after,  # type: ignore[arg-type]
    )
    assert verdict.trusted is trusted
    assert bool(verdict.why) is not trusted


def test_the_clock_is_told_as_people_in_the_village_read_it() -> None:
    """With the zone's name; without a plan, in UTC."""
    keeping = TimeKeeping(HandClock(), last_known=NOON + DAY)
    keeping.judge(NOON, plan_of(issued=NOON), None)
    assert "says 2026-11-24 12:00 +07, but it was 2026-11-25 12:00 +07 before" in keeping.verdict.why
    keeping.judge(NOON, None, None)
    assert "says 2026-11-24 05:00 UTC, but it was 2026-11-25 05:00 UTC before" in keeping.verdict.why


@pytest.mark.parametrize(
    ("trusted", "steady_s", "last", "offset", "settled"),
    [
        (True, 0, None, timedelta(seconds=2), True),
        (False, 500, NOON, timedelta(hours=2), False),
        (True, 500, None, None, False),
        (True, 119, NOON - DAY, None, False),
        (True, 121, NOON - DAY, None, True),
        (True, 500, NOON - DAY * 2, None, False),
    ],
)
def test_a_clock_is_settled_by_the_province_or_by_going_on_evenly(
    trusted: bool, steady_s: float, last: object, offset: object, settled: bool
) -> None:
    """Without a network: two minutes without a step, and no more than a day and a half since it was known."""
    verdict = TimeVerdict(trusted)
    found = is_settled(verdict, NOON, steady_s=steady_s, last_known=last, server_offset=offset)  # type: ignore[arg-type]
    assert found is settled


def test_an_instant_of_a_clock_ahead_is_never_remembered() -> None:
    """Two days ahead without a network; then it is set right, and trusted at once."""
    clock = HandClock()
    clock.wall += DAY * 2
    keeping = TimeKeeping(clock, last_known=NOON)
    for _ in range(300):
        clock.run(1)
        assert keeping.step() is None
        keeping.judge(clock.now(), None, None)
        assert keeping.to_remember(clock.now(), None) is None
    assert keeping.verdict.trusted
    assert not keeping.settled
    clock.wall -= DAY * 2
    assert keeping.step() == -DAY * 2
    keeping.judge(clock.now(), None, None)
    assert keeping.verdict.trusted
    assert not keeping.settled
    clock.run(121)
    keeping.judge(clock.now(), None, None)
    assert keeping.settled
    assert keeping.to_remember(clock.now(), None) == clock.now()


def test_the_province_corrects_what_was_remembered_too_late() -> None:
    """A last known instant that lies ahead of the province's time is brought back to it."""
    clock = HandClock()
    keeping = TimeKeeping(clock, last_known=NOON + DAY * 2)
    keeping.judge(clock.now(), None, None)
    assert not keeping.verdict.trusted
    keeping.judge(clock.now(), None, timedelta(seconds=1))
    assert keeping.settled
    assert keeping.to_remember(clock.now(), timedelta(seconds=1)) == NOON + timedelta(seconds=1)
    keeping.judge(clock.now(), None, None)
    assert keeping.verdict.trusted
