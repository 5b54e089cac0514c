"""What the station tells the province: unacknowledged entries and how it is, until acknowledged."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from hardware.ports import Clock
from schedules.envelope import sign
from schedules.wire.report import Airing, Incident, StationHealth, StationReport
from station_agent.errors import LinkError
from station_agent.identity import Identity
from station_agent.journal import Journal
from station_agent.log import log
from station_agent.server_link import ServerLink
from station_agent.software import software

MOST_ENTRIES = 1000
RETRY_FIRST_S, RETRY_LAST_S = 2.0, 60.0


def free_bytes(folder: Path) -> int | None:
    """Free space where the folder is."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def temperature_c() -> float | None:
    """The warmest sensor, where the machine has one."""
    sensors: dict[str, list[Any]] = getattr(psutil, "sensors_temperatures", dict)()
    readings = [one.current for group in sensors.values() for one in group if -60 <= one.current <= 150]
    return max(readings) if readings else None


def build_report(
    identity: Identity,
    clock: Clock,
    plan_serial: int,
    health: StationHealth,
    entries: tuple[Airing | Incident, ...],
    last_number: int,
) -> tuple[bytes, int]:
    """The signed envelope and the number of its last entry: as many entries as fit, earliest first."""
    entries = entries[:MOST_ENTRIES]
    while True:
        number = entries[-1].number if entries else last_number
        report = StationReport(
            station=identity.station,
            number=number,
            sent_at=clock.now(),
            software=software(),
            plan_serial=plan_serial,
            health=health,
            entries=entries,
        )
        envelope = sign(report, [identity.key])
        if len(envelope) <= StationReport.MAX_SIZE_BYTES or len(entries) <= 1:
            return envelope, number
        entries = entries[: len(entries) // 2]


class Reporter:
    """Reports when woken, and every `every_s` as a heartbeat. One thread, ended by `stop`."""

    def __init__(
        self,
        identity: Identity,
        link: ServerLink,
        journal: Journal,
        clock: Clock,
        health: Callable[[], StationHealth],
        plan_serial: Callable[[], int],
        every_s: float,
    ) -> None:
        self._identity, self._link, self._journal, self._clock = identity, link, journal, clock
        self._health, self._plan_serial, self._every_s = health, plan_serial, every_s
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reporter", daemon=True)

    def start(self) -> None:
        """Begin; the first report goes out at once."""
        self._thread.start()

    def wake(self) -> None:
        """Something happened that the province should know now."""
        self._wake.set()

    def stop(self) -> None:
        """End; a report under way is not waited for longer than a moment."""
        self._stopping.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=1)

    def report_all(self) -> int:
        """Send until all is acknowledged; the number acknowledged. Raises `LinkError`."""
        while True:
            entries = self._journal.unacknowledged(MOST_ENTRIES)
            envelope, number = build_report(
                self._identity,
                self._clock,
                self._plan_serial(),
                self._health(),
                entries,
                self._journal.acknowledged,
            )
            before = self._journal.acknowledged
            receipt = self._link.report(envelope)
            self._journal.acknowledge(receipt.acknowledged)
            if not self._journal.unacknowledged(1) or self._journal.acknowledged <= before:
                return number

    def _run(self) -> None:
        wait_s = RETRY_FIRST_S
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.report_all()
                wait_s = RETRY_FIRST_S
                self._wake.wait(self._every_s)
            except LinkError as error:
                log.info("report_waits", why=str(error))
                self._stopping.wait(wait_s)
                wait_s = min(wait_s * 2, RETRY_LAST_S)
            except Exception:  # edge of a runner: what failed stands in the log, and reports go on
                log.exception("report_failed")
                self._stopping.wait(RETRY_LAST_S)
