"""The alarm clock: APScheduler with one date trigger, and nothing else of it.

It waits on the wall clock, so after a clock step its waits are wrong: playout re-arms it then. Its thread may
die; whoever owns it looks after it. Playout also looks at the time by itself several times a second: the
alarm makes it punctual, not alive.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler

JOB = "next"
LATE_BY_AT_MOST_S = 3600


class Alarm:
    """Calls `ring` at the armed instant, on a thread of its own."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._scheduler = self._made()

    def start(self) -> None:
        """Begin to watch the time."""
        self._scheduler.start()

    def arm(self, at: datetime | None) -> None:
        """Ring at this instant and at no other; None: don't ring."""
        if at is not None:
            self._scheduler.add_job(
                self._ring, "date", run_date=at, id=JOB, replace_existing=True, coalesce=True, max_instances=2
            )
            return
        try:
            self._scheduler.remove_job(JOB)
        except JobLookupError:
            return  # it has rung already

    def is_alive(self) -> bool:
        """Whether its thread still runs."""
        thread = getattr(self._scheduler, "_thread", None)
        return bool(self._scheduler.running) and thread is not None and thread.is_alive()

    def restart(self, at: datetime | None) -> None:
        """Take a new scheduler in place of one that has died."""
        self._scheduler = self._made()
        self._scheduler.start()
        self.arm(at)

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _made(self) -> BackgroundScheduler:
        return BackgroundScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": LATE_BY_AT_MOST_S}, daemon=True
        )
