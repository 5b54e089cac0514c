"""Both clocks read one after the other: a process that stands still between them must see no step in that."""

from __future__ import annotations

from datetime import timedelta

from hardware.ports import Clock
from station_agent.clock import ClockReading, step_between

LOOKS_AT_A_STEP = 3


def step_since(before: ClockReading, clock: Clock) -> tuple[ClockReading, timedelta | None]:
    """Both clocks read now, and by how much the wall clock jumped since `before`; None when it did not.

    What looks like a jump is looked at anew: whoever stood still between the two clocks saw one, too.
    """
    for _ in range(LOOKS_AT_A_STEP):
        reading = (clock.now(), clock.monotonic())
        stepped = step_between(before, reading)
        if stepped is None:
            break
    return reading, stepped
