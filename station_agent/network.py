"""The network thread: sync at start, then wait for the bell, then sync again. Nothing waits for it."""

from __future__ import annotations

import threading
from datetime import datetime

from hardware.ports import Clock
from station_agent.back_off import BackOff
from station_agent.errors import LinkError, Refused, Unreachable
from station_agent.log import log
from station_agent.server_link import ServerLink
from station_agent.sync import Sync, SyncResult

AFTER_TROUBLE_S, LONGEST_AFTER_TROUBLE_S = 15.0, 300.0
"""What was refused is asked for ever more rarely: it costs the station's data each time."""
LEAST_PAUSE_S = 0.5


class NetworkLoop:
    """Keeps the plan and its audio up to date while the agent runs. `ok`, `message`: how it last went."""

    def __init__(self, sync: Sync, link: ServerLink, back_off: BackOff, clock: Clock, every_s: float) -> None:
        self._sync, self._link, self._back_off = sync, link, back_off
        self._clock, self._every_s = clock, every_s
        self._thread = threading.Thread(target=self._run, name="network", daemon=True)
        self.stopping = threading.Event()
        self._trouble_s = AFTER_TROUBLE_S
        self.ok = False
        self.message = "not asked yet"
        self.last_contact: datetime | None = None

    def start(self, stopping: threading.Event) -> None:
        """Begin; `stopping` ends it."""
        self.stopping = stopping
        self._thread.start()

    def join(self) -> None:
        """Wait a moment for its end; a bell that is just being waited for dies with the process."""
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    def _run(self) -> None:
        self._sync.check_disk()
        while not self.stopping.is_set():
            try:
                result = self._back_off.call(self._pass)
                self._wait_for_news(result)
            except LinkError as error:
                self.ok, self.message = False, _told(error)
            except Exception as error:  # edge of a runner: what airs needs no network
                self.ok, self.message = False, str(error)
                log.exception("sync_failed")
                self.stopping.wait(AFTER_TROUBLE_S)

    def _pass(self) -> SyncResult:
        try:
            result = self._sync.once()
        except LinkError as error:
            self.ok, self.message = False, _told(error)
            raise
        self.ok, self.message, self.last_contact = True, result.message, self._clock.now()
        if result.new_plan or result.audio_fetched or result.message:
            log.info(
                "synced",
                plan=result.plan_serial,
                audio_fetched=result.audio_fetched,
                audio_missing=result.audio_missing,
                message=result.message,
            )
        return result

    def _wait_for_news(self, result: SyncResult) -> None:
        """Return when there may be something to fetch."""
        if result.message:
            self.stopping.wait(self._trouble_s)
            self._trouble_s = min(self._trouble_s * 2, LONGEST_AFTER_TROUBLE_S)
            return
        self._trouble_s = AFTER_TROUBLE_S
        self.stopping.wait(LEAST_PAUSE_S)
        until_s = self._clock.monotonic() + self._every_s
        while not self.stopping.is_set() and self._clock.monotonic() < until_s:
            try:
                answer = self._link.bell(result.plan_serial)
            except Refused:
                self.stopping.wait(AFTER_TROUBLE_S)  # a province without a bell: ask now and then
                return
            self.last_contact = self._clock.now()
            if answer.plan_serial > result.plan_serial:
                return
            self.stopping.wait(LEAST_PAUSE_S)


def _told(error: LinkError) -> str:
    return f"{error}; it is tried again" if isinstance(error, Unreachable) else str(error)
