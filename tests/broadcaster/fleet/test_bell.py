"""The bell: it rings, it looks for itself, it ends, and it has room for so many."""

from __future__ import annotations

import threading
import time as wall

import pytest

from broadcaster.fleet.bell import Bell
from broadcaster.fleet.errors import TooManyWaiting


def test_a_bell_that_nobody_rings_looks_once_a_second():
    """Another process's publication is found without being told."""
    serials = iter([1, 1, 2])
    began = wall.monotonic()
    assert Bell(most=1).wait(lambda: next(serials), after=1) == 2
    assert 1.5 < wall.monotonic() - began < 5


def test_waiting_at_the_bell_ends():
    """When the longest wait is over the present serial is the answer."""
    assert Bell(most=1, longest_wait_s=0.1).wait(lambda: 7, after=7) == 7


def test_shutting_down_answers_everybody_at_once():
    """A server that ends keeps nobody on the line."""
    bell = Bell(most=1)
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(bell.wait(lambda: 3, after=3)))
    waiting.start()
    wall.sleep(0.1)
    began = wall.monotonic()
    bell.stop()
    waiting.join(timeout=5)
    assert answers == [3]
    assert wall.monotonic() - began < 0.5
    assert bell.wait(lambda: 3, after=3) == 3


def test_the_bell_has_room_for_so_many():
    """Waiting stations must not take every thread of the server."""
    bell = Bell(most=1)
    waiting = threading.Thread(target=lambda: bell.wait(lambda: 1, after=1))
    waiting.start()
    wall.sleep(0.1)
    with pytest.raises(TooManyWaiting):
        bell.wait(lambda: 1, after=1)
    bell.stop()
    waiting.join(timeout=5)
