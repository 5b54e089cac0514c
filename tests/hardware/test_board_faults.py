"""Boards that misbehave, in every way and of every kind, behind the real guard."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from hardware import (
    BOARDS,
    AttachedBoard,
    Duty,
    FaultCode,
    GuardedRelays,
    RelayFault,
    RelayState,
)
from hardware.guard.board_link import BoardLink, LinkNews
from hardware.ports import RelayCause
from hardware.serial_line import SerialLine, UsbPort
from hardware.system_clock import SystemClock
from hardware.virtual_board import KINDS, Fault, VirtualBoard, VirtualLine, virtual_board
from tests.hardware.relay_events import PATIENT, fault, ready, state

CHANNELS = 2
ANSWERING = [kind for kind in KINDS if kind != "line"]
TOLD_AS = {
    Fault.SILENT: FaultCode.BOARD_SILENT,
    Fault.GARBAGE: FaultCode.BOARD_GARBLED,
    Fault.HALF: FaultCode.BOARD_GARBLED,
    Fault.LATE: FaultCode.BOARD_SILENT,
    Fault.DEAF: FaultCode.BOARD_DISAGREES,
}


def _duty(kind: str, path: Path) -> Duty:
    return Duty((AttachedBoard(kind, str(path), CHANNELS),), PATIENT)


@pytest.mark.parametrize("manner", list(Fault))
@pytest.mark.parametrize("kind", ANSWERING)
def test_a_board_that_misbehaves_is_told_and_never_counts_as_confirmed(
    tmp_path: Path, inbox: Any, wait_until: Callable[..., None], kind: str, manner: Fault
) -> None:
    """The village is heard wherever the relay moves; the evidence says no more than is known."""
    may_be_silent = manner is Fault.SILENT and not BOARDS[kind].must_answer
    expected = None if may_be_silent else TOLD_AS[manner]
    with (
        virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=manner) as board,
        GuardedRelays(_duty(kind, board.path), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        inbox.wait_for(state(1, True), meanwhile=relays.beat)
        if expected is not None:
            before = [event for event in inbox.seen if fault(expected)(event)]  # from its first answer on
            told = before[0] if before else inbox.wait_for(fault(expected), meanwhile=relays.beat)
            assert kind in told.message
            assert "\n" not in told.message
        else:
            for _ in range(30):
                relays.beat()
                time.sleep(0.1)
            assert not any(isinstance(event, RelayFault) for event in inbox.drain())
        if manner is not Fault.DEAF:
            wait_until(lambda: board.on[0])
        assert board.on == (manner is not Fault.DEAF, False)
        closed = [event for event in inbox.drain() if isinstance(event, RelayState) and event.on]
        assert not any(event.confirmed for event in closed)


@pytest.mark.parametrize(("named", "real"), list(permutations(ANSWERING, 2)))
def test_a_wrong_board_named_is_told_and_never_confirmed_closed(
    tmp_path: Path, inbox: Any, named: str, real: str
) -> None:
    """Whatever the two make of each other's bytes, nothing hangs and nothing untrue is confirmed."""
    with (
        virtual_board(real, tmp_path / "board", channels=CHANNELS) as board,
        GuardedRelays(_duty(named, board.path), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        if BOARDS[named].must_answer:
            inbox.wait_for(fault(), meanwhile=relays.beat)
        else:
            inbox.wait_for(state(1, True), meanwhile=relays.beat)
        closed = [event for event in inbox.drain() if isinstance(event, RelayState) and event.on]
        assert board.on[0] or not any(event.confirmed for event in closed)


@pytest.mark.parametrize("kind", KINDS)
def test_a_port_held_by_another_program_is_told(tmp_path: Path, inbox: Any, kind: str) -> None:
    """And the board is taken as soon as it is free."""
    with virtual_board(kind, tmp_path / "board", channels=CHANNELS) as board:
        other = SerialLine(str(board.path))
        with GuardedRelays(_duty(kind, board.path), inbox.put):
            told = inbox.wait_for(lambda _: True)
            assert isinstance(told, RelayFault)
            assert told.code is FaultCode.PORT_BUSY
            other.close()
            inbox.wait_for(ready)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("port", "code"), [("/dev/null", FaultCode.NOT_A_PORT), ("/dev/nowhere", FaultCode.PORT_MISSING)]
)
def test_a_path_that_is_no_port_is_told(inbox: Any, kind: str, port: str, code: FaultCode) -> None:
    """One line, with the path."""
    with GuardedRelays(_duty(kind, Path(port)), inbox.put):
        told = inbox.wait_for(fault())
    assert told.code is code
    assert port in told.message


def test_a_port_this_user_may_not_open_names_the_group_to_join() -> None:
    """A real port of somebody else's, opened by a real process without the right."""
    master, slave = os.openpty()
    path = os.ttyname(slave)
    Path(path).chmod(0)
    code = (
        "import os, sys\n"
        "from hardware.errors import PortDenied\nfrom hardware.serial_line import SerialLine\n"
        "if os.geteuid() == 0: os.seteuid(65534)  # root may open everything\n"
        "try: SerialLine(sys.argv[1])\nexcept PortDenied as problem: print(problem)"
    )
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, path],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        os.close(master)
        os.close(slave)
    assert done.stdout.strip().startswith(f"serial port {path} may not be opened by this user")
    assert "dialout" in done.stdout


def test_a_line_board_on_a_port_without_outputs_is_told(tmp_path: Path, inbox: Any) -> None:
    """A pseudo-terminal has no RTS: a relay that cannot be switched must not count as switched."""
    with (
        virtual_board("lcus", tmp_path / "board", channels=CHANNELS) as board,
        GuardedRelays(_duty("line", board.path), inbox.put) as relays,
    ):
        told = inbox.wait_for(fault())
        assert told.code is FaultCode.LINE_BROKEN
        assert "it has no output RTS" in told.message
        relays.set(1, True)
        refused = inbox.wait_for(fault(FaultCode.NOT_READY), meanwhile=relays.beat)
        assert refused.channels == (1,)


def test_a_usb_name_is_found_again_under_another_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inbox: Any
) -> None:
    """The adapter is known by its numbers; which path it got after the replug does not matter."""
    with virtual_board("kmtronic", tmp_path / "ttyUSB0", channels=CHANNELS) as board:
        listed = [UsbPort(str(board.path), 0x0403, 0x6001, "KMTronic", "A1")]
        monkeypatch.setattr("hardware.detect.list_usb_ports", lambda: listed)
        clock, lost = SystemClock(), list[frozenset[int]]()
        news = LinkNews(inbox.put, lost.append, lambda _channels: None)
        link = BoardLink(AttachedBoard("kmtronic", "usb:0403:6001:A1", CHANNELS), 3, clock, news)
        inbox.wait_for(ready, meanwhile=link.tick)
        link.want(3, True, RelayCause.COMMAND)
        inbox.wait_for(state(3, True), meanwhile=link.tick)
        board.unplug()
        inbox.wait_for(fault(FaultCode.LINE_BROKEN), meanwhile=link.tick)
        assert lost == [frozenset({3, 4})]
        board.path = tmp_path / "ttyUSB1"
        board.plug_in()
        inbox.wait_for(fault(FaultCode.PORT_MISSING), meanwhile=link.tick)
        listed[:] = [UsbPort(str(board.path), 0x0403, 0x6001, "KMTronic", "A1")]
        assert inbox.wait_for(ready, meanwhile=link.tick).channels == (3, 4)
        assert not any(board.on)
        link.close()


def test_a_command_broken_off_half_does_not_swallow_the_opening(
    tmp_path: Path, inbox: Any, wait_until: Callable[..., None]
) -> None:
    """A guard killed in the middle of a frame leaves the board waiting for the rest of it."""
    halves = {"lcus": b"\xa0\x01", "kmtronic": b"\xff\x01", "numato": b"relay o", "devantech": b"\x5c"}
    for kind, half in halves.items():
        with virtual_board(kind, tmp_path / kind, channels=CHANNELS) as board:
            board.relays.switch(1, True)
            with SerialLine(str(board.path)) as line:
                line.write(half)
                wait_until(partial(_has_taken, board, len(half)))
            news = LinkNews(inbox.put, lambda _: None, lambda _: None)
            link = BoardLink(AttachedBoard(kind, str(board.path), CHANNELS), 1, SystemClock(), news)
            inbox.wait_for(ready, meanwhile=link.tick)
            wait_until(partial(_is_open, board))  # by now: nothing more is said to it
            link.close()


def _has_taken(board: VirtualBoard | VirtualLine, count: int) -> bool:
    assert isinstance(board, VirtualBoard)
    return board.taken_bytes == count


def _is_open(board: VirtualBoard | VirtualLine) -> bool:
    return not any(board.on)


def test_a_board_whose_relays_do_not_move_is_told(tmp_path: Path, inbox: Any) -> None:
    """What the board reads back is believed, not what was commanded."""
    with (
        virtual_board("lcus", tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board,
        GuardedRelays(_duty("lcus", board.path), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        told = inbox.wait_for(fault(FaultCode.BOARD_DISAGREES), meanwhile=relays.beat)
        assert "relay 1" in told.message
        assert relays.states()[1].cause is RelayCause.REFUSED_BY_BOARD
        assert not relays.states()[1].on


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_command_to_close_that_was_lost_on_the_way_is_repeated(
    tmp_path: Path, inbox: Any, kind: str
) -> None:
    """At the next look at the board: else one lost byte would silence a zone for a whole broadcast."""
    with (
        virtual_board(kind, tmp_path / "board", channels=CHANNELS, fault=Fault.DEAF) as board,
        GuardedRelays(_duty(kind, board.path), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        inbox.wait_for(fault(FaultCode.BOARD_DISAGREES), meanwhile=relays.beat)
        board.fault = None
        closed = inbox.wait_for(state(1, True), meanwhile=relays.beat)
        assert (closed.confirmed, closed.cause) == (True, RelayCause.COMMAND)
        assert board.on == (True, False)
        relays.set(1, False)
        inbox.wait_for(state(1, False, confirmed=True), meanwhile=relays.beat)
        assert not any(board.on)


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_relay_that_fell_by_itself_is_told_and_closed_again(tmp_path: Path, inbox: Any, kind: str) -> None:
    """A board that lost its power for a moment would silence the rest of a broadcast; its other relay too."""
    with (
        virtual_board(kind, tmp_path / "board", channels=CHANNELS) as board,
        GuardedRelays(_duty(kind, board.path), inbox.put) as relays,
    ):
        inbox.wait_for(ready)
        relays.set(1, True)
        closed = inbox.wait_for(state(1, True, confirmed=True), meanwhile=relays.beat)
        board.relays.lose_power()
        fell = inbox.wait_for(state(1, False), meanwhile=relays.beat)
        assert (fell.confirmed, fell.cause) == (True, RelayCause.REFUSED_BY_BOARD)
        assert closed.at <= fell.at, "when it fell, nobody saw: at the earliest as it was last seen closed"
        told = inbox.wait_for(fault(FaultCode.BOARD_DISAGREES), meanwhile=relays.beat)
        assert "relay 1" in told.message
        inbox.wait_for(state(1, True, confirmed=True), meanwhile=relays.beat)
        assert board.on == (True, False)


@pytest.mark.parametrize("kind", ANSWERING)
def test_a_relay_that_closes_by_itself_is_told_and_opened(
    tmp_path: Path, inbox: Any, wait_until: Callable[..., None], kind: str
) -> None:
    """Somebody else's hand, or a board that has gone astray: what nobody asked for is not heard for long."""
    with (
        virtual_board(kind, tmp_path / "board", channels=CHANNELS) as board,
        GuardedRelays(_duty(kind, board.path), inbox.put) as relays,
    ):
        inbox.wait_for(state(2, False, confirmed=True), meanwhile=relays.beat)  # the board has opened it
        board.relays.switch(2, True)
        told = inbox.wait_for(fault(FaultCode.BOARD_DISAGREES), meanwhile=relays.beat)
        assert "relay 2" in told.message
        wait_until(lambda: relays.beat() or not any(board.on))
