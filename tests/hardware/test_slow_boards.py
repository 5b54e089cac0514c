"""Boards that need twice as long for a command as the next one is sent after: slow, and that is all."""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from hardware import BOARDS, AttachedBoard, RelayState
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.guard.hearing_out import LONGEST_S, MISSES, HearingOut
from hardware.serial_line import SerialLine
from hardware.virtual_board import FIRMWARE, Contacts
from tests.hardware.relay_events import fault, ready

LINE_S = 0.1
STEP_S = 0.01
SEEN_WITHIN_S = 60.0
"""In real time; all else is counted on the clock that is moved by hand."""
MOST = BOARDS["numato"].opened_untold


@dataclass
class SlowBoard:
    """The other end of a port, as the clock moves. `takes_all`: it answers once it has done all that came."""

    port: int
    takes_all: bool
    relays: Contacts = field(default_factory=lambda: Contacts(MOST))
    taken_bytes: int = 0
    waiting: list[bytes] = field(default_factory=list)
    at_work: list[bytes] = field(default_factory=list)
    done_s: float = 0.0

    def take(self, sent_bytes: int) -> None:
        """All that was said so far."""
        while self.taken_bytes < sent_bytes:
            assert select.select([self.port], [], [], SEEN_WITHIN_S)[0]
            data = os.read(self.port, 4096)
            self.taken_bytes += len(data)
            self.waiting += data.splitlines(keepends=True)

    def work(self, now_s: float, link: BoardLink) -> None:
        """Say what is due."""
        if self.at_work and now_s >= self.done_s:
            firmware = FIRMWARE["numato"]()
            os.write(self.port, b"".join(firmware.take(line, self.relays) for line in self.at_work))
            self.at_work = []
            descriptor = link.fileno()
            assert descriptor is not None
            assert select.select([descriptor], [], [], SEEN_WITHIN_S)[0]
        if self.waiting and not self.at_work:
            count = len(self.waiting) if self.takes_all else 1
            self.at_work, self.waiting = self.waiting[:count], self.waiting[count:]
            self.done_s = now_s + count * LINE_S


@contextmanager
def _port() -> Iterator[tuple[int, str]]:
    ends = os.openpty()
    try:
        yield ends[0], os.ttyname(ends[1])
    finally:
        for end in ends:
            os.close(end)


@pytest.mark.parametrize("takes_all", [False, True])
@pytest.mark.parametrize("told", [4, 8, 16, 32, None])
def test_a_slow_board_is_opened_and_read_back_without_a_fault(
    clock: Any, monkeypatch: pytest.MonkeyPatch, told: int | None, takes_all: bool
) -> None:
    """Also where nobody said how many relays it has, and all that it may have are opened."""
    sent, sends = list[bytes](), SerialLine.send

    def noted(line: SerialLine, command: Any) -> None:
        sent.append(command)
        sends(line, command)

    monkeypatch.setattr(SerialLine, "send", noted)
    events: list[object] = []
    with _port() as (port, path):
        attached = AttachedBoard("numato", path, told or 4, untold=told is None)
        board = SlowBoard(port, takes_all)
        for channel in range(1, MOST + 1):
            board.relays.switch(channel, True)
        link = BoardLink(attached, 1, clock, LinkNews(events.append, lambda _: None, lambda _: None))
        orders = attached.opened + 2
        while not _are_read_back_open(events, attached.channels):
            assert clock.passed_s < orders * LINE_S + 1.0, events[-8:]
            clock.advance(STEP_S)
            link.tick()
            board.take(sum(map(len, sent)))
            board.work(clock.monotonic(), link)
        link.close()
    assert not any(board.relays.on[: attached.opened])
    assert any(map(ready, events))
    assert not any(map(fault(), events))


def _are_read_back_open(events: list[object], channels: int) -> bool:
    seen = {one.channel for one in events if isinstance(one, RelayState) and one.confirmed and not one.on}
    return len(seen) == channels


@pytest.fixture
def numato() -> HearingOut:
    """A board whose answers take 0.25 s at most."""
    return HearingOut(AttachedBoard("numato", "", 4))


def test_a_board_that_keeps_up_or_says_nothing_is_not_waited_for(numato: HearingOut) -> None:
    """It is asked as soon as its last command has gone out."""
    silent = HearingOut(AttachedBoard("lcus", "", 4))
    for at_s in (1.0, 2.0, 3.0):
        silent.commanded(at_s)
        numato.commanded(at_s)
        numato.heard(at_s + 0.01)
    assert (numato.next_s, silent.next_s, numato.over_s) == (3.0, 3.0, 3.0)
    assert silent.over_s <= 3.0


def test_a_board_that_says_something_to_some_commands_only_is_waited_for_a_few_times(
    numato: HearingOut,
) -> None:
    """The relays behind would open later by each."""
    numato.commanded(0.0)
    numato.heard(0.01)
    for at_s in range(1, MISSES + 1):
        numato.commanded(at_s)
        assert numato.next_s == at_s + 0.25
    numato.commanded(MISSES + 1)
    assert numato.next_s == MISSES + 1


def test_a_board_that_never_stops_talking_counts_as_heard_out(numato: HearingOut) -> None:
    """A disturbed line must not keep its relays from being switched."""
    numato.commanded(0.0)
    numato.commanded(0.1)
    for tenth in range(2, 60):
        numato.heard(tenth / 10)
    assert numato.over_s == 0.1 + LONGEST_S
