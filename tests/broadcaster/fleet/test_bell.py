"""The bell: it rings, it looks for itself, it ends, and it has room for so many."""

from __future__ import annotations

import threading
import time as wall
from collections.abc import Callable

import pytest

from broadcaster.fleet import bell as bell_module
from broadcaster.fleet.bell import LOOK_EVERY_S, Bell
from broadcaster.fleet.errors import TooManyWaiting
from tests.end_to_end.waiting import PATIENCE_S

FOR_EVER_S = 10 * PATIENCE_S


def seen(serial: int, looked: threading.Event) -> Callable[[], int]:
    """A look at the database that finds this serial; `looked` says that somebody is in the bell."""

    def look() -> int:
        looked.set()
        return serial

    return look


def test_a_bell_that_nobody_rings_looks_once_a_second():
    """Another process's publication is found without being told; nor is the database asked all the time."""
    serials = iter([1, 1, 2])
    began = wall.monotonic()
    assert Bell(most=1).wait(lambda: next(serials), after=1) == 2
    assert wall.monotonic() - began > 2 * LOOK_EVERY_S - 0.1


def test_waiting_at_the_bell_ends():
    """When the longest wait is over the present serial is the answer."""
    assert Bell(most=1, longest_wait_s=0.1).wait(lambda: 7, after=7) == 7


def test_shutting_down_answers_everybody_at_once(monkeypatch):
    """A server that ends keeps nobody on the line, not even until the next look."""
    monkeypatch.setattr(bell_module, "LOOK_EVERY_S", FOR_EVER_S)
    bell, looked = Bell(most=1, longest_wait_s=FOR_EVER_S), threading.Event()
    answers: list[int] = []
    waiting = threading.Thread(
        target=lambda: answers.append(bell.wait(seen(3, looked), after=3)), daemon=True
    )
    waiting.start()
    assert looked.wait(PATIENCE_S)
    bell.stop()
    waiting.join(PATIENCE_S)
    assert answers == [3]
    assert bell.wait(lambda: 3, after=3) == 3


def test_the_bell_has_room_for_so_many():
    """Waiting stations must not take every thread of the server."""
    bell, looked = Bell(most=1, longest_wait_s=FOR_EVER_S), threading.Event()
    waiting = threading.Thread(target=lambda: bell.wait(seen(1, looked), after=1), daemon=True)
    waiting.start()
    assert looked.wait(PATIENCE_S)
    with pytest.raises(TooManyWaiting):
        bell.wait(lambda: 1, after=1)
    bell.stop()
    waiting.join(PATIENCE_S)
    assert not waiting.is_alive()
