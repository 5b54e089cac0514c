"""The ways into a running agent that need no network: the operator's door, and the folder for alerts."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from hardware.ports import Clock
from station_agent.alert_book import AlertBook
from station_agent.audio_store import AudioStore
from station_agent.errors import StationError
from station_agent.log import log
from station_agent.operator_door import OperatorDoor
from station_agent.operator_service import OperatorService
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import AlertCame, Event
from station_agent.sync import Sync

LOOK_EVERY_S = 1.0


class LocalWays:
    """Opens both, tells playout of the alerts that are in force, and closes both again."""

    def __init__(
        self,
        data: Path,
        clock: Clock,
        state: Callable[[], PlayoutState],
        put: Callable[[Event], None],
        audio: AudioStore,
        book: AlertBook,
        sync: Sync,
    ) -> None:
        self._book, self._put, self._sync = book, put, sync
        self._service = OperatorService(data, clock, state, put, audio, book, self._fetch_audio)
        self._door = OperatorDoor(data, self._service.do)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="alerts", daemon=True)

    def start(self) -> None:
        """Open them."""
        self.tell_what_is_in_force()
        self._door.start()
        self._thread.start()

    def tell_what_is_in_force(self) -> None:
        """At a start, and whenever the clock was set: on one that was ahead an alert seemed to be over."""
        for alert in self._book.in_force():
            self._put(AlertCame(alert, from_book=True))

    def close(self) -> None:
        """Close them; does not wait for audio that is just being fetched."""
        self._stopping.set()
        self._door.close()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                for alert in self._book.take_inbox():
                    self._service.alert_came(alert)
            except Exception as error:  # noqa: BLE001 - edge of a runner: the next alert is still looked for
                log.warning("inbox_unreadable", why=f"{type(error).__name__}: {error}")
            self._stopping.wait(LOOK_EVERY_S)

    def _fetch_audio(self) -> None:
        """At once and aside: the network's own thread may be waiting for the bell."""
        threading.Thread(target=self._try_to_fetch, name="alert-audio", daemon=True).start()

    def _try_to_fetch(self) -> None:
        try:
            self._sync.fetch_urgent()
        except StationError as error:
            log.info("alert_audio_waits", why=str(error))  # the next sync asks again
