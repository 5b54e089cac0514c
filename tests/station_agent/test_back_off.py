"""Trying again: rarely enough, and not forgotten over a restart."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest

from hardware.system_clock import SystemClock
from station_agent.back_off import BackOff
from station_agent.errors import LinkError
from tests.station_agent.waiting import PATIENCE_S

CLOCK = SystemClock()


def test_a_failure_is_tried_again_and_forgotten_after_success(tmp_path: Path) -> None:
    """The file stands while the province is away, and goes when it is back."""
    path = tmp_path / "back-off.json"
    back_off = BackOff(path, CLOCK, threading.Event())
    calls: list[bool] = []

    def act() -> str:
        calls.append(path.exists())
        if len(calls) == 1:
            raise LinkError("away")
        return "here"

    assert back_off.call(act) == "here"
    assert calls == [False, True]
    assert not path.exists()


def test_the_wait_is_remembered_over_a_restart(tmp_path: Path) -> None:
    """A process that crashes in a loop does not ask in a loop; stopping ends the wait at once."""
    path = tmp_path / "back-off.json"
    not_before = CLOCK.now() + timedelta(hours=1)
    path.write_text(f'{{"failures": 5, "not_before": "{not_before.isoformat()}"}}')
    stopping = threading.Event()
    called = threading.Event()

    def fail() -> None:
        called.set()
        raise LinkError("away")

    def run() -> None:
        with pytest.raises(LinkError):
            BackOff(path, CLOCK, stopping).call(fail)

    thread = threading.Thread(target=run)
    thread.start()
    assert not called.wait(0.3)
    stopping.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_a_damaged_file_is_as_none(tmp_path: Path) -> None:
    """It only ever costs an earlier try."""
    (tmp_path / "back-off.json").write_bytes(b"\xff{")
    assert BackOff(tmp_path / "back-off.json", CLOCK, threading.Event()).call(lambda: 1) == 1
