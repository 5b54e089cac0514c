"""Quiet hours by the village's clock, also across midnight."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.quiet_hours import is_quiet
from schedules.wire.plan import QuietHours

VIENTIANE = ZoneInfo("Asia/Vientiane")


def at(clock: str) -> datetime:
    """A local time of day in Vientiane."""
    return datetime.fromisoformat(f"2026-11-24T{clock}+07:00")


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("20:59:59", False),
        ("21:00:00", True),
        ("23:59:59", True),
        ("00:00:00", True),
        ("03:15:00", True),
        ("04:59:59", True),
        ("05:00:00", False),
        ("12:00:00", False),
    ],
)
def test_nine_to_five_crosses_midnight(clock: str, quiet: bool) -> None:
    """The start is quiet, the end is not."""
    assert is_quiet(QuietHours(start_minute=21 * 60, end_minute=5 * 60), VIENTIANE, at(clock)) is quiet


def test_a_rest_at_noon_stays_within_the_day() -> None:
    """Start before end does not cross midnight."""
    noon = QuietHours(start_minute=12 * 60, end_minute=13 * 60 + 30)
    assert [
        is_quiet(noon, VIENTIANE, at(clock)) for clock in ("11:59", "12:00", "13:29", "13:30", "00:00")
    ] == [
        False,
        True,
        True,
        False,
        False,
    ]


@given(st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 1439))
def test_a_span_and_its_opposite_share_out_the_day(start: int, end: int, minute: int) -> None:
    """Each minute lies in exactly one of [start, end) and [end, start); equal ends mean none."""
    instant = at("00:00") + timedelta(minutes=minute)
    there = is_quiet(QuietHours(start_minute=start, end_minute=end), VIENTIANE, instant)
    back = is_quiet(QuietHours(start_minute=end, end_minute=start), VIENTIANE, instant)
    assert (there != back) if start != end else (there is back is False)
    assert not is_quiet(None, VIENTIANE, instant)
