"""How long to wait after failures, remembered over restarts: a crashing station must not hammer."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, sleep_using_event, stop_when_event_set
from tenacity.wait import wait_exponential_jitter

from hardware.ports import Clock
from station_agent.durable_file import write_lively
from station_agent.errors import LinkError
from station_agent.log import log

LONGEST_S = 60.0
T = TypeVar("T")


class BackOff:
    """Tries again after `LinkError`, ever more rarely, up to once a minute, until `stopping` is set."""

    def __init__(self, path: Path, clock: Clock, stopping: threading.Event) -> None:
        self._path, self._clock, self._stopping = path, clock, stopping
        self._failures, self._not_before = self._read()
        self._wait = wait_exponential_jitter(initial=1, max=LONGEST_S, jitter=1)

    def call(self, act: Callable[[], T]) -> T:
        """What `act` returns, once it does. Raises the last `LinkError` when it is stopped meanwhile."""
        self._stopping.wait(self._still_to_wait_s())
        retrying = Retrying(
            retry=retry_if_exception_type(LinkError),
            wait=self._wait_s,
            stop=stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            reraise=True,
        )
        result = retrying(act)
        if self._failures:
            self._failures = 0
            self._path.unlink(missing_ok=True)
        return result

    def _wait_s(self, state: RetryCallState) -> float:
        self._failures += 1
        state.attempt_number = min(self._failures, 12)
        wait_s = min(float(self._wait(state)), LONGEST_S)
        error = state.outcome.exception() if state.outcome is not None else None
        log.info("province_not_reached", why=str(error), again_in_s=round(wait_s, 1))
        self._not_before = self._clock.now() + timedelta(seconds=wait_s)
        kept = {"failures": self._failures, "not_before": self._not_before.isoformat()}
        with contextlib.suppress(OSError):  # a full disk: then the next start asks at once
            write_lively(self._path, json.dumps(kept).encode())
        return wait_s

    def _still_to_wait_s(self) -> float:
        if self._not_before is None:
            return 0.0
        left_s = (self._not_before - self._clock.now()).total_seconds()
        self._not_before = None
        return min(max(left_s, 0.0), LONGEST_S)

    def _read(self) -> tuple[int, datetime | None]:
        try:
            plain = json.loads(self._path.read_bytes())
            return int(plain["failures"]), datetime.fromisoformat(plain["not_before"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, None
