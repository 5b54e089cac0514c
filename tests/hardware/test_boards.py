"""The table of boards."""

import sys
from subprocess import run

import pytest

from hardware import BOARDS, board_named
from hardware.errors import UnknownBoard


def test_an_unknown_board_is_refused_with_the_names_there_are() -> None:
    """The operator names the board; a wrong name must not lead to a guess."""
    with pytest.raises(UnknownBoard, match=r"no relay board is called 'lcuss'; known boards: .*lcus"):
        board_named("lcuss")


@pytest.mark.parametrize("name", sorted(BOARDS))
def test_every_board_in_the_table_can_be_spoken_to(name: str) -> None:
    """The codec takes the default size, switches each channel and can be asked."""
    board = board_named(name)
    codec = board.codec(board.default_channels)
    frames = {
        codec.encode_set(channel, on) for channel in range(1, codec.channels + 1) for on in (True, False)
    }
    assert len(frames) == 2 * codec.channels
    assert codec.encode_query() not in frames


def test_importing_the_package_loads_no_vlc() -> None:
    """The guard must start small and fast, and a machine without VLC must still switch relays."""
    code = "import sys, hardware, hardware.guard.__main__; sys.exit('vlc' in sys.modules)"
    assert run([sys.executable, "-c", code], timeout=30, check=False).returncode == 0
