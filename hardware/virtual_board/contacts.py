"""The relays of a virtual board: what is closed now, when each falls by itself, and a log of every change."""

import json
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class RelayChange:
    """A relay moved."""

    at: datetime
    channel: int
    on: bool

    def as_json(self) -> str:
        """One line of the log."""
        at = self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json.dumps({"at": at, "channel": self.channel, "on": self.on})


class Contacts:
    """`channels` relays without power. `stuck`: they no longer move."""

    def __init__(self, channels: int, log: Path | None = None) -> None:
        self.stuck = False
        self._log = log
        self._on = [False] * channels
        self._falls_at_s: dict[int, float] = {}
        self._changes: list[RelayChange] = []
        self._lock = threading.Lock()

    @property
    def on(self) -> tuple[bool, ...]:
        """Which relays are energised now; index 0 is channel 1."""
        with self._lock:
            return tuple(self._on)

    @property
    def changes(self) -> tuple[RelayChange, ...]:
        """Every change so far, oldest first."""
        with self._lock:
            return tuple(self._changes)

    def switch(self, channel: int, on: bool, *, for_s: float | None = None) -> None:
        """Energise or release one relay, for a time where the board has a timer. Other channels: nothing."""
        if self.stuck or not 1 <= channel <= len(self._on):
            return
        with self._lock:
            self._falls_at_s.pop(channel, None)
            if on and for_s is not None:
                self._falls_at_s[channel] = time.monotonic() + for_s
            self._move(channel, on)

    def due_s(self) -> float | None:
        """When the next relay falls by its timer, on the monotonic clock."""
        with self._lock:
            return min(self._falls_at_s.values(), default=None)

    def fall_due(self) -> None:
        """Let the timers act."""
        with self._lock:
            now_s = time.monotonic()
            for channel in [one for one, at_s in self._falls_at_s.items() if at_s <= now_s]:
                del self._falls_at_s[channel]
                self._move(channel, False)

    def lose_power(self) -> None:
        """Every relay falls, stuck or not."""
        with self._lock:
            self._falls_at_s.clear()
            for channel in range(1, len(self._on) + 1):
                self._move(channel, False)

    def _move(self, channel: int, on: bool) -> None:
        if self._on[channel - 1] == on:
            return
        self._on[channel - 1] = on
        change = RelayChange(datetime.now(UTC), channel, on)
        self._changes.append(change)
        if self._log is not None:
            with self._log.open("a", encoding="utf-8") as log:
                log.write(change.as_json() + "\n")
