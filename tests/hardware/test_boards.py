"""The table of boards."""

import re
import sys
from subprocess import run

import pytest

from hardware import BOARDS, AttachedBoard, board_named
from hardware.errors import BadSetting, UnknownBoard


def test_an_unknown_board_is_refused_with_the_names_there_are() -> None:
    """The operator names the board; a wrong name must not lead to a guess."""
    with pytest.raises(
        UnknownBoard,
        match="is called 'lcuss'; known boards: lcus, kmtronic, devantech, numato, modbus-rtu, line",
    ):
        board_named("lcuss")


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_board_in_the_table_can_be_spoken_to(name: str) -> None:
    """The codec takes the default size, switches each channel, and a question is no command."""
    board = board_named(name)
    codec = board.codec(board.default_channels)
    orders = {
        codec.encode_set(channel, on) for channel in range(1, codec.channels + 1) for on in (True, False)
    }
    assert len(orders) == 2 * codec.channels
    assert codec.encode_query() not in orders


def test_importing_the_package_loads_no_vlc() -> None:
    """The guard must start small and fast, and a machine without VLC must still switch relays."""
    code = "import sys, hardware, hardware.guard.__main__; sys.exit('vlc' in sys.modules)"
    assert run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("lcus", {"slave": 1}, "lcus boards have no option 'slave'; it has none"),
        ("modbus-rtu", {"slaves": 1}, "its options: slave, function, on_value"),
        (
            "modbus-rtu",
            {"slave": 0},
            "slave of a modbus-rtu board must be a whole number from 1 to 247",
        ),
        ("modbus-rtu", {"slave": "x"}, "a whole number from 1 to 247, not 'x'"),
        ("modbus-rtu", {"on_value": "FFFFF"}, 'two bytes in hexadecimal, as in "FF00"'),
        ("modbus-rtu", {"function": "07"}, '"05", "06" or "0F"'),
        ("modbus-rtu", {"on_value": "0000"}, "must differ"),
        ("modbus-rtu", {"timed_on_ms": 500}, "at least 1620 ms"),
        ("modbus-rtu", {"timed_on_ms": 5000, "function": "06"}, "timed_on_ms needs function 05"),
        ("line", {"pin": "cts"}, "option pin of a line board must be one of rts, dtr"),
    ],
)
def test_an_option_the_board_cannot_have_is_one_clear_line(
    kind: str, options: dict[str, str | int], said: str
) -> None:
    """What, of which board, what it may be."""
    with pytest.raises(BadSetting, match=re.escape(said)) as error:
        AttachedBoard(kind, "/dev/ttyUSB0", board_named(kind).default_channels, options)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("kind", "channels"),
    [
        ("lcus", 9),
        ("kmtronic", 3),
        ("devantech", 9),
        ("numato", 33),
        ("modbus-rtu", 65),
        ("line", 3),
        ("line", 0),
    ],
)
def test_a_size_that_is_not_made_is_refused(kind: str, channels: int) -> None:
    """Before any port is opened."""
    with pytest.raises(BadSetting, match=f"not {channels}$"):
        AttachedBoard(kind, "/dev/ttyUSB0", channels)


def test_a_speed_no_port_has_is_refused() -> None:
    """Some Modbus boards leave the factory with another speed than 9600."""
    assert AttachedBoard("modbus-rtu", "/dev/ttyUSB0", 8, baud=115200).speed == 115200
    with pytest.raises(BadSetting, match="baud"):
        AttachedBoard("modbus-rtu", "/dev/ttyUSB0", 8, baud=12)
