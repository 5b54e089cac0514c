"""A clock of instants that never steps and that all processes of one machine share.

What crosses the pipe between the agent and the sound worker are microseconds of it; only the agent turns them
into the wall clock's instants, at the moment it tells them.
"""

import time
from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def monotonic_us() -> int:
    """Microseconds of CLOCK_MONOTONIC, which is also the clock of libVLC's time stamps."""
    return time.monotonic_ns() // 1000


def as_instant(time_us: int) -> datetime:
    """An instant on the steady clock."""
    return EPOCH + time_us * MICROSECOND


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
