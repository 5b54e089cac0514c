"""What stands still between two clocks is no step of either; a step is one however often it is looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest

from station_agent.clock_reading import step_since
from tests.station_agent.hand_clock import HandClock


class StandingStill(HandClock):
    """A clock whose reader stands still for two seconds between the first reading of both."""

    stands_still_s = 2.0

    def monotonic(self) -> float:
        """Later than the wall clock was read, the first time."""
        self.run(self.stands_still_s)
        self.stands_still_s = 0.0
        return super().monotonic()


def test_who_stands_still_between_the_clocks_sees_no_step() -> None:
    """The wall clock looks two seconds behind then; looked at anew, it is not."""
    clock = StandingStill()
    before = (clock.now(), HandClock.monotonic(clock))
    reading, stepped = step_since(before, clock)
    assert stepped is None
    assert reading == (clock.now(), clock.monotonic())
    assert step_since(reading, clock) == (reading, None)


@pytest.mark.parametrize("step_s", [-3600, -0.6, 0.6, 86400])
def test_a_step_is_told_as_it_was(step_s: float) -> None:
    """Once: the next look begins from there."""
    clock = HandClock()
    before = (clock.now(), clock.monotonic())
    clock.run(5)
    clock.wall += timedelta(seconds=step_s)
    reading, stepped = step_since(before, clock)
    assert stepped == timedelta(seconds=step_s)
    assert step_since(reading, clock)[1] is None
