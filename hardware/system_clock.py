"""The machine's own clocks, behind the `Clock` contract."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Reads the operating system's clocks."""

    def now(self) -> datetime:
        """The wall clock, aware UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since boot or thereabouts."""
        return time.monotonic()
