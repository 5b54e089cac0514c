"""How far the clock is trusted, and when it stepped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_agent.clock import ClockReading, judge, step_between
from tests.station_agent.village_simulator import NOON

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
    before = ClockReading(NOON, 50.0)
    after = ClockReading(NOON + timedelta(seconds=passed_s + step_s), 50.0 + passed_s)
    found = step_between(before, after)
    if abs(step_s) < 0.499:
        assert found is None
    elif abs(step_s) > 0.501:
        assert found is not None
        assert abs(found.total_seconds() - step_s) < 0.001
