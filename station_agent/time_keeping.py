"""What the running agent holds of the time: judged each second, and remembered once it is certain.

An instant of a clock that may be ahead is never remembered: the right clock would be refused after it. The
province's word on the time overrides what was remembered, in either direction.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from hardware.ports import Clock
from schedules.wire.plan import Plan
from station_agent.clock import ClockReading, TimeVerdict, is_settled, judge
from station_agent.clock_reading import step_since
from station_agent.village_time import zone_of

REMEMBER_EVERY = timedelta(seconds=30)


class TimeKeeping:
    """Since one start of the agent; used on one thread. `last_known`: from before this start, or None."""

    def __init__(self, clock: Clock, last_known: datetime | None) -> None:
        self.verdict = TimeVerdict(True)
        self.settled = False
        self.last_known = last_known
        self._clock = clock
        self._reading: ClockReading = (clock.now(), clock.monotonic())
        self._steady_since_s = self._reading[1]
        self._remembered_at: datetime | None = None

    def step(self) -> timedelta | None:
        """By how much the clock jumped since this was asked last; then it is steady only from now on."""
        self._reading, stepped = step_since(self._reading, self._clock)
        if stepped is not None:
            self._steady_since_s = self._reading[1]
        return stepped

    def judge(self, now: datetime, plan: Plan | None, server_offset: timedelta | None) -> None:
        """Judge the clock anew: sets `verdict` and `settled`."""
        self.verdict = judge(
            now,
            plan_issued_at=None if plan is None else plan.issued_at,
            last_known=self.last_known,
            server_offset=server_offset,
            plan_not_after=None if plan is None else plan.not_after,
            zone=zone_of(plan),
        )
        self.settled = is_settled(
            self.verdict,
            now,
            steady_s=self._clock.monotonic() - self._steady_since_s,
            last_known=self.last_known,
            server_offset=server_offset,
        )

    def to_remember(self, now: datetime, server_offset: timedelta | None) -> datetime | None:
        """The instant to keep for the next start, every `REMEMBER_EVERY`; None while there is none."""
        certain = now + server_offset if server_offset is not None else now if self.settled else None
        if certain is None:
            return None
        self.last_known = certain
        if self._remembered_at is not None and abs(certain - self._remembered_at) < REMEMBER_EVERY:
            return None
        self._remembered_at = certain
        return certain
