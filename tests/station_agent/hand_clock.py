"""A clock that is moved by hand."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.station_agent.documents import NOON


class HandClock:
    """Stands until it is moved; `wall` alone is a step."""

    def __init__(self) -> None:
        self.wall, self.passed_s = NOON, 100.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed_s

    def run(self, passed_s: float) -> None:
        self.wall += timedelta(seconds=passed_s)
        self.passed_s += passed_s
