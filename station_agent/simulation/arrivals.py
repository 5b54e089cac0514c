"""What is on its way to the playout thread: events in the order of their virtual time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from station_agent.playout_values import Event
from station_agent.simulation.clock import VirtualClock

Errand = Callable[[], None]
"""Something another thread of the agent does at that time."""


class Arrivals:
    """The agent's inbox, and what its other threads are at."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock, self._order = clock, count()
        self._heap: list[tuple[int, int, Event | Errand]] = []

    def put(self, event: Event | Errand, after_us: int = 0) -> None:
        """Let it arrive so much later."""
        heapq.heappush(self._heap, (self._clock.us + after_us, next(self._order), event))

    def next_us(self) -> int | None:
        """When the first of them arrives."""
        return self._heap[0][0] if self._heap else None

    def take(self) -> Event | Errand | None:
        """The first one that has arrived by now."""
        if self._heap and self._heap[0][0] <= self._clock.us:
            return heapq.heappop(self._heap)[2]
        return None

    def forget(self) -> None:
        """The process is gone, and its queue with it."""
        self._heap.clear()
