"""A server that is told to end says so at once, and waits for nothing that only waits itself."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import signal
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from broadcaster import serving
from broadcaster.database import db
from broadcaster.fleet import service as fleet
from broadcaster.fleet.bell import Bell
from tests.broadcaster.village import VillagePC, announce, daily_slot, make_places


def test_an_end_is_told_before_anything_is_waited_for() -> None:
    """Once; a second signal is for those who will not wait."""
    order: list[str] = []

    def put_away() -> None:
        order.append("put away")
        os.kill(os.getpid(), signal.SIGTERM)

    def work() -> None:
        with serving.ending_on_signals(lambda: order.append("told")):
            try:
                os.kill(os.getpid(), signal.SIGINT)
            finally:
                with pytest.raises(SystemExit):
                    put_away()

    with pytest.raises(SystemExit):
        work()
    assert order == ["told", "put away"]


class AttentiveBell(Bell):
    """One that says when somebody waits at it."""

    def __init__(self) -> None:
        super().__init__(most=2)
        self.waited_at = threading.Event()

    def wait(self, newest: Callable[[], int], after: int) -> int:
        """As any bell, once it was said."""
        self.waited_at.set()
        return super().wait(newest, after)


def test_a_station_that_waits_at_the_bell_does_not_hold_up_the_end(
    app, settings, clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It is answered with what it has already, and no thread is left to be waited for in vain."""
    with app.app_context():
        make_places(db.session)
        pc = VillagePC.enrolled(db.session, clock.now)
        daily_slot(db.session, announce(db.session, "News", ["lo"], clock.now, tmp_path), clock.now)
        fleet.publish_plans(db.session, settings, clock.now)
        db.session.commit()
    bell = app.extensions["bell"] = AttentiveBell()
    said: list[str] = []
    asking: list[threading.Thread] = []

    def ask(address: str) -> None:
        door = f"{address}/api/v1/station/bell?after=1"
        request = urllib.request.Request(door, headers=pc.headers(clock.now))  # noqa: S310 - our own address
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the same
            said.append(answer.status)

    def end_when_it_waits() -> None:
        bell.waited_at.wait(60)
        os.kill(os.getpid(), signal.SIGTERM)

    def began(address: str) -> None:
        for thread in (
            threading.Thread(target=ask, args=(address,)),
            threading.Thread(target=end_when_it_waits),
        ):
            thread.start()
            asking.append(thread)

    with caplog.at_level(logging.WARNING, logger="waitress"):
        try:
            with contextlib.suppress(SystemExit):
                serving.serve(app, "127.0.0.1", 0, 8, began, said.append)
        finally:
            gc.unfreeze()
            for thread in asking:
                thread.join(60)
    assert said == [serving.ENDING, 200]
    assert "still running" not in caplog.text
