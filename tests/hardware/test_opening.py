"""A way out that keeps who opens it waiting, and a line that is shut at first."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from hardware.errors import AudioUnavailable
from hardware.sound.line import AGAIN_FIRST_US, AGAIN_LAST_US, Line
from hardware.sound.opening import Opening, StillOpening
from hardware.sound.way_out import AtRest, WayOut
from tests.hardware.conftest import PATIENCE_S


class Card:
    """Takes what comes, and keeps no time of its own."""

    at_rest = AtRest(100, 1.0)

    def write(self, samples: bytes) -> None:
        """Into nothing."""

    def take_back(self, _frames: int) -> int:
        return 0

    def delay_frames(self) -> int | None:
        return None

    def close(self) -> None:
        """Nothing to let go."""


class Desk:
    """Opens a card, or refuses, or keeps one waiting: as it is set."""

    def __init__(self) -> None:
        self.refuses: str | None = "no card"
        self.answers = threading.Event()
        self.answers.set()
        self.asked = 0

    def open(self) -> WayOut:
        self.asked += 1
        assert self.answers.wait(PATIENCE_S)
        if self.refuses is not None:
            raise AudioUnavailable(self.refuses)
        return Card()


class Village:
    """A line on a desk and a clock set by hand; what it told of its faults."""

    def __init__(self) -> None:
        self.desk, self.now_us, self.told = Desk(), 1_000_000, list[str | None]()
        self.line = Line(self.desk.open, lambda: self.now_us, self.told.append)

    def passes(self, microseconds: int) -> None:
        self.now_us += microseconds
        self.line.attend()

    def until(self, true: Callable[[], Any]) -> None:
        """Look at the line as its thread does, until something is so."""
        patient = threading.Event()
        for _ in range(round(PATIENCE_S / 0.01)):
            if true():
                return
            self.line.attend()
            patient.wait(0.01)
        raise AssertionError("it did not come")


@pytest.fixture
def village() -> Village:
    return Village()


def test_what_keeps_waiting_keeps_nobody_else() -> None:
    """It is asked once, however often it is taken, and what came of it is taken then."""
    desk = Desk()
    desk.refuses = None
    desk.answers.clear()
    opening = Opening(desk.open)
    for _ in range(3):
        with pytest.raises(StillOpening, match="has not answered yet; restart the server"):
            opening.take(0.01)
        assert opening.under_way
    desk.answers.set()
    assert isinstance(opening.take(PATIENCE_S), Card)
    assert (desk.asked, opening.under_way) == (1, False)


def test_what_refuses_is_asked_anew() -> None:
    """Whatever it raises is told in its own words."""
    desk = Desk()
    opening = Opening(desk.open)
    for _ in range(2):
        with pytest.raises(AudioUnavailable, match="no card"):
            opening.take(PATIENCE_S)
    desk.refuses = None
    assert isinstance(opening.take(PATIENCE_S), Card)
    assert desk.asked == 3


def test_a_shut_way_out_is_told_once_and_again_when_it_has_opened(village: Village) -> None:
    """Nobody has to play anything for that; between two tries nothing is asked of it."""
    with pytest.raises(AudioUnavailable, match="no card"):
        village.line.wake(PATIENCE_S)
    assert (village.told, village.line.fault) == (["no card"], "no card")
    village.passes(AGAIN_FIRST_US - 1)
    assert village.desk.asked == 1
    village.passes(1)
    village.until(lambda: village.desk.asked == 2 and village.line.attend() == 2 * AGAIN_FIRST_US / 1_000_000)
    assert village.told == ["no card"]
    village.desk.refuses = None
    village.passes(2 * AGAIN_FIRST_US)
    village.until(lambda: village.told == ["no card", None])
    assert village.line.fault is None
    village.passes(10 * AGAIN_LAST_US)
    assert village.desk.asked == 3


def test_a_way_out_that_stays_shut_is_tried_ever_more_rarely(village: Village) -> None:
    """Up to once a minute: a try costs something."""
    with pytest.raises(AudioUnavailable):
        village.line.wake(PATIENCE_S)
    waits: list[float] = []
    for tries in range(2, 9):
        village.until(
            lambda tries=tries: village.desk.asked == tries - 1 and (village.line.attend() or 0) > 1
        )
        waits.append(village.line.attend() or 0)
        village.passes(round(waits[-1] * 1_000_000))
    assert waits == [2, 4, 8, 16, 32, 60, 60]


def test_a_sound_does_not_wait_for_the_next_try(village: Village) -> None:
    """It opens the way out itself."""
    with pytest.raises(AudioUnavailable):
        village.line.wake(PATIENCE_S)
    village.desk.refuses = None
    village.line.wake(PATIENCE_S)
    assert village.told == ["no card", None]


def test_who_waits_for_a_way_out_that_hangs_is_told_so_and_it_counts_once_it_comes(village: Village) -> None:
    """A sound fails after a moment; the way out is open as soon as it answers."""
    village.desk.refuses = None
    village.desk.answers.clear()
    with pytest.raises(StillOpening):
        village.line.wake()
    assert village.told == [village.line.fault]
    village.desk.answers.set()
    village.until(lambda: village.told[-1] is None)
    assert (village.line.fault, village.desk.asked) == (None, 1)


def test_a_line_that_leads_nowhere_is_never_looked_for() -> None:
    """Nothing is shut."""
    told: list[str | None] = []
    line = Line(None, lambda: 1_000_000, told.append)
    line.wake()
    assert line.attend() is None
    assert (told, line.fault) == ([], None)
