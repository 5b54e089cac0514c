"""A clock of instants that never steps and that all processes of one machine share.

What crosses the pipe between the agent and the sound worker are microseconds of it; only the agent turns them
into the wall clock's instants, at the moment it tells them.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
TOGETHER_US = 20
READINGS_AT_MOST = 20


def monotonic_us() -> int:
    """Microseconds of CLOCK_MONOTONIC, which is also the clock of libVLC's time stamps."""
    return time.monotonic_ns() // 1000


def as_instant(time_us: int) -> datetime:
    """An instant on the steady clock."""
    return EPOCH + time_us * MICROSECOND


def wall_ahead_us(wall: Callable[[], datetime]) -> int:
    """By how much the wall clock is ahead of the steady one, to within `TOGETHER_US`.

    Both are read at once, as far as a machine with other work allows: whoever loses the processor between
    the two readings takes them anew, and of `READINGS_AT_MOST` the closest count.
    """
    closest_us, ahead_us = 0, 0
    for reading in range(READINGS_AT_MOST):
        before_us = monotonic_us()
        at_us = as_us(wall())
        apart_us = monotonic_us() - before_us
        if reading == 0 or apart_us < closest_us:
            closest_us, ahead_us = apart_us, at_us - before_us - apart_us // 2
        if closest_us <= TOGETHER_US:
            break
    return ahead_us


def as_us(instant: datetime) -> int:
    """Microseconds of an instant on the steady clock."""
    return (instant - EPOCH) // MICROSECOND


class SteadyClock:
    """Fulfils the `Clock` contract with instants that never step. Its dates mean nothing to people."""

    def now(self) -> datetime:
        """The instant on the steady clock."""
        return as_instant(monotonic_us())

    def monotonic(self) -> float:
        """Seconds of the same clock."""
        return time.monotonic()
