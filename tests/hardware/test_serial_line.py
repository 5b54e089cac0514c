"""The serial line, over real pseudo-terminals."""

import os
import socket
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from hardware.errors import LineBroken, NotASerialPort, PortBusy, PortDenied, PortMissing
from hardware.relay_codec.contract import Reading
from hardware.relay_codec.lcus import Lcus
from hardware.serial_line import SerialLine, _why_not_open
from hardware.virtual_board import VirtualBoard


def test_a_missing_port_says_so_and_what_to_do(tmp_path: Path) -> None:
    """The path is in the message, because that is what is wrong."""
    with pytest.raises(PortMissing, match=r"nowhere does not exist; plug the board in"):
        SerialLine(str(tmp_path / "nowhere"))


def test_a_port_held_by_another_program_is_busy(board: VirtualBoard) -> None:
    """Two programs must never drive one board."""
    with SerialLine(str(board.path)), pytest.raises(PortBusy):
        SerialLine(str(board.path))


def test_a_port_is_free_again_once_closed(board: VirtualBoard) -> None:
    """Closing twice does no harm either."""
    line = SerialLine(str(board.path))
    line.close()
    line.close()
    SerialLine(str(board.path)).close()


@pytest.mark.parametrize("path", ["/dev/null", "/tmp"])  # noqa: S108 - only opened, as a wrong answer
def test_something_else_is_not_taken_for_a_port(path: str) -> None:
    """A wrong path gives one clear line, not a traceback."""
    with pytest.raises(NotASerialPort):
        SerialLine(path)


def test_a_forbidden_port_names_the_group_to_join() -> None:
    """Root may open everything, so the refusal itself is made here."""
    problem = _why_not_open("/dev/ttyUSB0", PermissionError(13, "Permission denied"))
    assert isinstance(problem, PortDenied)
    assert "dialout" in str(problem)


def test_a_line_that_breaks_is_noticed_by_reading_and_by_writing(board: VirtualBoard) -> None:
    """After unplugging, both raise at once; nothing hangs."""
    with SerialLine(str(board.path)) as line:
        board.unplug()
        with pytest.raises(LineBroken):
            line.read_waiting()
        with pytest.raises(LineBroken):
            line.write(b"\xff")


def test_the_line_carries_frames_and_answers(board: VirtualBoard, wait_until: Callable[..., None]) -> None:
    """One switch and one query over the real path."""
    codec, reader = Lcus(4), Lcus(4).read_back()
    with SerialLine(str(board.path)) as line:
        line.write(codec.encode_set(3, True))
        line.write(codec.encode_query())
        wait_until(lambda: reader.feed(line.read_waiting()) == Reading((False, False, True, False)))
    assert board.on == (False, False, True, False)


def test_an_open_port_lets_its_outputs_fall_when_it_closes_whatever_was_set_before() -> None:
    """A control line's dead-man: not to be lost to what another program left behind."""
    master, slave = os.openpty()
    try:
        settings = termios.tcgetattr(slave)
        settings[2] &= ~termios.HUPCL
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        with SerialLine(os.ttyname(slave)):
            assert termios.tcgetattr(slave)[2] & termios.HUPCL
    finally:
        os.close(master)
        os.close(slave)


@pytest.mark.parametrize(
    "address",
    ["rfc2217://192.0.2.1:4000", "rfc2217://127.0.0.1", "rfc2217://127.0.0.1:99999", "rfc2217://[::1:4000"],
)
def test_a_serial_port_server_elsewhere_is_no_port(address: str) -> None:
    """The time to reach another machine has no bound, and a guard must not wait."""
    with pytest.raises(NotASerialPort):
        SerialLine(address)


def test_of_a_server_elsewhere_it_is_said_that_other_machines_are_refused() -> None:
    """It may well be a serial port: whoever named it is told why it is not taken."""
    with pytest.raises(NotASerialPort, match=r"^rfc2217.* is on another machine, which is refused"):
        SerialLine("rfc2217://10.0.0.1:1")


def test_a_serial_port_server_that_is_not_there_is_missing() -> None:
    """Refused at once, as a port that is not plugged in."""
    with socket.create_server(("127.0.0.1", 0)) as ears:
        number = ears.getsockname()[1]
    with pytest.raises(PortMissing):
        SerialLine(f"rfc2217://127.0.0.1:{number}")
