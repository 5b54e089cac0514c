"""Two clocks read at once, though the processor may be lost between the readings."""

import time
from collections.abc import Callable
from datetime import datetime

import pytest

from hardware.sound.steady_clock import (
    READINGS_AT_MOST,
    TOGETHER_US,
    as_instant,
    as_us,
    monotonic_us,
    wall_ahead_us,
)
from hardware.system_clock import SystemClock

AHEAD_US = 3_600_000_000
LOST_S = 0.004


def _an_hour_ahead(interrupted: Callable[[int], bool], *, before: bool) -> Callable[[], datetime]:
    """A wall clock beside whose reading, before or after it, others have the processor in some tries."""
    tries = 0

    def wall() -> datetime:
        nonlocal tries
        tries += 1
        assert tries <= READINGS_AT_MOST
        lost_s = LOST_S if interrupted(tries) else 0.0
        time.sleep(lost_s if before else 0)
        at = as_instant(monotonic_us() + AHEAD_US)
        time.sleep(0 if before else lost_s)
        return at

    return wall


@pytest.mark.parametrize("before", [True, False])
def test_a_reading_that_was_interrupted_is_taken_anew(before: bool) -> None:
    """Half of 4 ms would be the mistake of each of the first three; that of the last is the clock's own."""
    ahead_us = wall_ahead_us(_an_hour_ahead(lambda tries: tries <= 3, before=before))
    assert abs(ahead_us - AHEAD_US) < LOST_S * 1e6 / 4


@pytest.mark.parametrize("before", [True, False])
def test_where_every_reading_is_interrupted_the_closest_counts(before: bool) -> None:
    """Nobody waits for ever; the mistake is half of what lay between."""
    ahead_us = wall_ahead_us(_an_hour_ahead(lambda _: True, before=before))
    assert LOST_S * 1e6 / 4 < abs(ahead_us - AHEAD_US) < LOST_S * 1e6 * 5


def test_the_machines_own_clocks_are_read_together() -> None:
    """Two readings in a row agree."""
    first, second = wall_ahead_us(SystemClock().now), wall_ahead_us(SystemClock().now)
    assert abs(first - second) <= 10 * TOGETHER_US
    assert as_us(as_instant(first)) == first
