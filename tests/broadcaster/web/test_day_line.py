"""The day line: everything that airs is on it, at its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from apiflask import APIFlask

from broadcaster.web.day_line import DayLineBar, DayLineRow, drawing

MIDNIGHT = datetime(2026, 3, 2, 17, 0, tzinfo=UTC)
"""Midnight of 3 March in Sekong."""


def bar(hour: float, minutes: float) -> DayLineBar:
    start = MIDNIGHT + timedelta(hours=hour)
    return DayLineBar(start, start + timedelta(minutes=minutes), "Land law")


@pytest.mark.parametrize(
    ("hour", "minutes", "left", "width"), [(4, 540, 0, 50), (13, 540, 50, 50), (21.75, 15, 98.611, 1.389)]
)
def test_a_bar_stands_where_its_time_is(
    app: APIFlask, hour: float, minutes: float, left: float, width: float
) -> None:
    """In percent of the strip from 04:00 to 22:00, local time."""
    with app.app_context():
        drawn = drawing([DayLineRow("Dakdom", (bar(hour, minutes),))])
    ((_row, (placed,)),) = drawn.rows
    assert (placed.left, placed.width) == (left, width)


def test_what_airs_at_night_is_not_hidden(app: APIFlask) -> None:
    """The strip widens to the whole day."""
    with app.app_context():
        drawn = drawing([DayLineRow("Dakdom", (bar(23.5, 10), bar(6, 10)))])
    assert drawn.hours[0] == (0.0, "00:00")
    assert len(drawn.rows[0][1]) == 2


def test_another_days_broadcast_is_left_out(app: APIFlask) -> None:
    """And one across midnight is cut there."""
    with app.app_context():
        drawn = drawing([DayLineRow("Dakdom", (bar(-5, 10), bar(23.5, 60), bar(30, 10)))])
    ((_row, (placed,)),) = drawn.rows
    assert placed.left + placed.width == pytest.approx(100)


def test_the_shortest_bar_can_be_seen(app: APIFlask) -> None:
    """Ten seconds of eighteen hours would be thinner than a hair."""
    with app.app_context():
        drawn = drawing([DayLineRow("Dakdom", (bar(6, 1 / 6),))])
    assert drawn.rows[0][1][0].width == 0.6


def test_a_bar_is_read_out_with_its_time(app: APIFlask) -> None:
    """Colour and place are not all there is."""
    with app.app_context():
        drawn = drawing([DayLineRow("Dakdom", (bar(5.5, 30),))])
    assert drawn.rows[0][1][0].words == "05:30–06:00 Land law"


def test_now_is_marked_only_on_its_own_day(app: APIFlask, clock) -> None:
    """09:00 stands five hours into the strip; on another day's line there is no now."""
    with app.app_context():
        assert drawing([], now=clock.now).now == pytest.approx(27.778)
        assert drawing([]).now is None
        assert drawing([], now=clock.now, day=date(2026, 3, 1)).now is None
