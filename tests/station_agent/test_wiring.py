"""Boards, zones, amplifiers and interlocks in `station.toml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.guard.limits import ChannelLimits
from station_agent.config import Settings, load_settings
from station_agent.errors import SettingsError
from station_agent.zone_line import ZoneLine

SERVER = '[server]\nurl = "http://127.0.0.1:8000"\n'
TWO_BOARDS = """
[[boards]]
name = "house"
kind = "lcus"
port = "/dev/a"
channels = 4
[[boards]]
name = "mast"
kind = "modbus-rtu"
port = "usb:1A86:7523"
channels = 2
read_back = false
baud = 19200
[boards.options]
slave = 3
on_value = "0100"
timed_on_ms = 3000
[amplifiers.big]
board = "house"
channel = 4
warm_up_ms = 7000
min_off_s = 20
"""
ZONES = """
[zones]
school = 2
[zones.market]
board = "mast"
channel = 1
amplifier = "big"
max_on_s = 1200
[zones.fm]
channel = 6
min_off_s = 5
warm_up_ms = 3000
[[interlocks]]
zones = ["market", "fm"]
"""


def _load(folder: Path, text: str) -> Settings:
    (folder / "station.toml").write_text(SERVER + text)
    return load_settings(folder, {})


def test_one_board_is_wired_as_ever(tmp_path: Path) -> None:
    """Stations that have `[board]` and plain numbers go on as they are."""
    wiring = _load(tmp_path, '[board]\nkind = "lcus"\nport = "/dev/a"\n[zones]\nhorns = 3\n').wiring
    (board,) = wiring.boards
    assert (board.kind, board.port, board.channels, board.read_back) == ("lcus", "/dev/a", 4, True)
    assert wiring.zones == {"horns": 3}
    assert wiring.relays == 4


def test_a_board_without_channels_may_have_more_relays_than_usual(tmp_path: Path) -> None:
    """The guard opens all of them at its start; where their number is told, just those."""
    boards = (
        '[[boards]]\nname = "a"\nport = "/dev/a"\n[[boards]]\nname = "b"\nport = "/dev/b"\nchannels = 2\n'
    )
    untold, told = _load(tmp_path, boards).wiring.boards
    assert (untold.channels, untold.opened) == (4, 8)
    assert (told.channels, told.opened) == (2, 2)


def test_without_a_board_nothing_is_switched(tmp_path: Path) -> None:
    """A station whose transmitter is always on."""
    assert _load(tmp_path, "[zones]\nhorns = 3\n").wiring.duty is None


def test_relays_are_counted_through_the_boards(tmp_path: Path) -> None:
    """The mast's first relay is the fifth of the station; a plain number counts the same way."""
    wiring = _load(tmp_path, TWO_BOARDS + ZONES).wiring
    house, mast = wiring.boards
    assert (house.kind, mast.kind, mast.read_back, mast.speed) == ("lcus", "modbus-rtu", False, 19200)
    assert mast.codec().renew_ms == 1000
    assert wiring.zones == {"school": 2, "market": 5, "fm": 6}
    assert wiring.lines[5] == ZoneLine(power=4, warm_up_ms=7000, max_on_s=1200, min_off_ms=20_000)
    assert wiring.lines[6] == ZoneLine(warm_up_ms=3000, min_off_ms=5000)
    assert wiring.limits.of(5) == ChannelLimits(max_on_ms=1_200_000, power=4)
    assert wiring.limits.of(4) == ChannelLimits(min_off_ms=20_000)
    assert wiring.limits.interlocks == (frozenset({5, 6}),)
    assert wiring.duty is not None
    assert wiring.duty.channels == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[board]\nport = "/dev/a"\nchannels = 9\n', "board: an lcus board has 1 to 8 channels, not 9"),
        ('[board]\nport = "/dev/a"\n[board.options]\npin = "rts"\n', "lcus boards have no option 'pin'"),
        ('[board]\nkind = "line"\nport = "/dev/a"\n[board.options]\npin = "cts"\n', "one of rts, dtr"),
        ('[board]\nport = "/dev/b"\n' + TWO_BOARDS, "either [board] or [[boards]]; remove one"),
        (TWO_BOARDS + "[zones]\nx = 7\n", "zones.x: there are relays 1 to 6, not 7"),
        (TWO_BOARDS + '[zones.x]\nboard = "mast"\nchannel = 3\n', "board 'mast' has relays 1 to 2, not 3"),
        (
            TWO_BOARDS + '[zones.x]\nboard = "moon"\nchannel = 1\n',
            "no board is called 'moon'; known boards: house",
        ),
        (TWO_BOARDS + '[zones.x]\nchannel = 1\namplifier = "small"\n', "no amplifier is called 'small'"),
        (TWO_BOARDS + "[zones]\nx = 4\n", "relay 4 is an amplifier's power; give the zone another"),
        (TWO_BOARDS + '[[interlocks]]\nzones = ["a", "b"]\n', "interlocks: zone 'a' is not in [zones]"),
        (TWO_BOARDS + '[zones]\na = 1\nb = 1\n[[interlocks]]\nzones = ["a", "b"]\n', "on the same relay"),
        (TWO_BOARDS.replace("usb:1A86:7523", "/dev/a"), "two boards cannot share the port /dev/a"),
        (TWO_BOARDS.replace('"mast"', '"house"'), "two boards have this name"),
        (TWO_BOARDS + "[zones.x]\nchanel = 1\n", "zones.x.chanel: unknown key"),
        (TWO_BOARDS + '[zones]\nx = "one"\n', "zones.x: must be a whole number"),
        (TWO_BOARDS + "[zones]\nx = 0\n", "zones.x: must be at least 1"),
        (TWO_BOARDS + "[zones.x]\nchannel = 1\nmax_on_s = 0\n", "zones.x.max_on_s: must be at least 1"),
        (TWO_BOARDS + '[[interlocks]]\nzones = ["a"]\n', "interlocks.0.zones"),
    ],
)
def test_a_mistake_in_the_wiring_is_one_clear_line(tmp_path: Path, text: str, said: str) -> None:
    """File, place, what is wrong and what to do; nothing starts."""
    with pytest.raises(SettingsError) as error:
        _load(tmp_path, text)
    lines = [line for line in error.value.mistakes if said in line]
    assert len(lines) == 1, error.value.mistakes
    assert lines[0].startswith(f"{tmp_path / 'station.toml'}: ")
    assert "\n" not in lines[0]


def test_a_relay_hangs_on_one_amplifier(tmp_path: Path) -> None:
    """Of two, one would never be switched on, and nobody would know why."""
    amplifiers = "[amplifiers.a]\nchannel = 2\n[amplifiers.b]\nchannel = 3\n"
    zones = '[zones.x]\nchannel = 1\namplifier = "a"\n[zones.y]\nchannel = 1\namplifier = "b"\n'
    with pytest.raises(SettingsError, match="another amplifier"):
        _load(tmp_path, '[board]\nport = "/dev/a"\n' + amplifiers + zones)
