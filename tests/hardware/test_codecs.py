"""What every codec promises: bytes in, bytes out, and any garbage ends in one result."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Reading, RelayCodec
from hardware.relay_codec.devantech import Devantech
from hardware.relay_codec.kmtronic import Kmtronic
from hardware.relay_codec.lcus import Lcus
from hardware.relay_codec.line import Line
from hardware.relay_codec.modbus_rtu import ModbusRtu, crc16
from hardware.relay_codec.numato import Numato
from hardware.virtual_board import Contacts
from hardware.virtual_board.board import Firmware
from hardware.virtual_board.devantech import DevantechFirmware
from hardware.virtual_board.kmtronic import KmtronicFirmware
from hardware.virtual_board.lcus import LcusFirmware
from hardware.virtual_board.modbus_rtu import ModbusFirmware, ModbusManners
from hardware.virtual_board.numato import NumatoFirmware


@dataclass(frozen=True)
class Pair:
    """A codec and the firmware it talks to, by number of relays."""

    codec: Callable[[int], RelayCodec]
    firmware: Callable[[], Firmware]
    sizes: tuple[int, ...]


REGISTERS = ModbusManners(slave=9, function=6, on_value=1, off_value=2, coil_base=16, timed=False)
BITS = ModbusManners(function=6, on_value=0x0100, off_value=0x0200, coil_base=1, reads_bits=True)
ODD_COILS = ModbusManners(on_value=0x0100, coil_base=1)
PAIRS = {
    "lcus": Pair(Lcus, LcusFirmware, (1, 2, 4, 8)),
    "kmtronic": Pair(Kmtronic, KmtronicFirmware, (1, 2, 4, 8)),
    "devantech": Pair(Devantech, DevantechFirmware, (2, 8)),
    "numato": Pair(Numato, NumatoFirmware, (1, 2, 4, 8, 16, 32)),
    "modbus-rtu": Pair(ModbusRtu, ModbusFirmware, (1, 4, 8, 16, 32)),
    "modbus-rtu, registers": Pair(
        lambda n: ModbusRtu(n, slave=9, function=6, coil_base=16),
        lambda: ModbusFirmware(REGISTERS),
        (4, 8, 30),
    ),
    "modbus-rtu, many coils": Pair(
        lambda n: ModbusRtu(n, function=15), lambda: ModbusFirmware(ModbusManners(function=15)), (4, 8)
    ),
    "modbus-rtu, odd coils": Pair(
        lambda n: ModbusRtu(n, on_value=0x0100, coil_base=1), lambda: ModbusFirmware(ODD_COILS), (4, 8)
    ),
    "modbus-rtu, registers read as bits": Pair(
        lambda n: ModbusRtu(n, function=6, on_value=0x0100, off_value=0x0200, coil_base=1),
        lambda: ModbusFirmware(BITS),
        (4, 8),
    ),
    "modbus-rtu, timed": Pair(lambda n: ModbusRtu(n, timed_on_ms=60_000), ModbusFirmware, (4, 8)),
}
CODECS = {**{name: pair.codec for name, pair in PAIRS.items()}, "line": lambda _n: Line(2)}


def _bytes(order: object) -> bytes:
    assert isinstance(order, bytes)
    return order


@pytest.mark.parametrize(
    ("order", "frame"),
    [
        (Kmtronic(4).encode_set(1, True), "ff 01 01"),
        (Kmtronic(4).encode_set(4, False), "ff 04 00"),
        (Kmtronic(2).encode_query(), "ff 01 03 ff 02 03"),
        (Kmtronic(8).encode_query(), "ff 09 00"),
        (Devantech(8).encode_set(1, True), "65"),
        (Devantech(8).encode_set(8, True), "6c"),
        (Devantech(8).encode_set(1, False), "6f"),
        (Devantech(8).encode_set(8, False), "76"),
        (Devantech(8).encode_query(), "5a 5b"),
        (Numato(16).encode_set(1, True), b"relay on 0\r".hex(" ")),
        (Numato(16).encode_set(11, False), b"relay off A\r".hex(" ")),
        (Numato(16).encode_query(), b"relay readall\r".hex(" ")),
        (Numato(2).encode_query(), b"relay read 0\rrelay read 1\r".hex(" ")),
        (Devantech(8).encode_all_off()[0], "6e"),
        (Numato(16).encode_all_off()[0], b"relay writeall 0000\r".hex(" ")),
        (Numato(32).encode_all_off()[0], b"relay writeall 00000000\r".hex(" ")),
        (ModbusRtu(8).encode_all_off()[0][:8], "01 0f 00 00 00 08 01 00"),
        (ModbusRtu(12, coil_base=4).encode_all_off()[0][:9], "01 0f 00 04 00 0c 02 00 00"),
        (
            ModbusRtu(2, function=6, off_value=0x0200, coil_base=1).encode_all_off()[0][:-2],
            "01 10 00 01 00 02 04 02 00 02 00",
        ),
        (ModbusRtu(12, function=6).encode_all_off()[1][:7], "01 10 00 08 00 04 08"),
        (ModbusRtu(8).encode_set(1, True), "01 05 00 00 ff 00 8c 3a"),
        (ModbusRtu(8).encode_set(1, False), "01 05 00 00 00 00 cd ca"),
        (ModbusRtu(8).encode_query(), "01 01 00 00 00 08 3d cc"),
        (ModbusRtu(8, timed_on_ms=2000).encode_set(1, False), "01 05 00 00 00 00 cd ca"),
    ],
)
def test_frames_are_those_the_makers_publish(order: bytes, frame: str) -> None:
    """Byte for byte, check sums included."""
    assert order.hex(" ") == frame


def test_the_timed_frame_and_the_check_sum_are_the_published_ones() -> None:
    """Seven tenths of a second on relay 1, from the maker's own page."""
    published = bytes.fromhex("01 05 02 00 00 07 8d b0")
    assert crc16(published[:-2]).to_bytes(2, "little") == published[-2:]
    timed = _bytes(ModbusRtu(1, timed_on_ms=2000).encode_set(1, True))
    assert timed[:4] == published[:4]
    assert timed[4:6] == (20).to_bytes(2, "big")


@pytest.mark.parametrize("name", PAIRS)
def test_the_frames_for_many_open_every_relay_where_there_are_some(name: str) -> None:
    """Where there are none nothing is sent: such boards have eight relays at most."""
    pair = PAIRS[name]
    channels = pair.sizes[-1]
    codec, firmware, relays = pair.codec(channels), pair.firmware(), Contacts(channels)
    for channel in range(1, channels + 1):
        relays.switch(channel, True)
    frames = codec.encode_all_off()
    for frame in frames:
        firmware.take(frame, relays)
    assert bool(frames) is (name not in ("lcus", "kmtronic"))
    assert relays.on == (not frames,) * channels


@pytest.mark.parametrize("name", PAIRS)
@given(data=st.data())
def test_the_board_obeys_every_command_and_is_read_back(name: str, data: st.DataObject) -> None:
    """Codec and firmware were written apart; pieces of any size make no difference."""
    pair = PAIRS[name]
    channels = data.draw(st.sampled_from(pair.sizes))
    codec, firmware, relays = pair.codec(channels), pair.firmware(), Contacts(channels)
    wanted = [False] * channels
    for channel, on in data.draw(st.lists(st.tuples(st.integers(1, channels), st.booleans()), max_size=8)):
        order = _bytes(codec.encode_set(channel, on))
        cut = data.draw(st.integers(0, len(order)))
        firmware.take(order[:cut], relays)
        firmware.take(order[cut:], relays)
        wanted[channel - 1] = on
    assert relays.on == tuple(wanted)
    answer = firmware.take(codec.encode_query(), relays)
    reader, told = codec.read_back(), []
    while answer:
        size = data.draw(st.integers(1, len(answer)))
        told.append(reader.feed(answer[:size]))
        answer = answer[size:]
    assert [one for one in told if one is not None] == [Reading(tuple(wanted))]
    assert reader.end() is None


@pytest.mark.parametrize("name", CODECS)
@given(pieces=st.lists(st.binary(max_size=40), max_size=12))
def test_any_garbage_gives_one_frame_or_exactly_one_error(name: str, pieces: list[bytes]) -> None:
    """Whatever arrives, there is at most one result, and one if anything was said."""
    reader = CODECS[name](4 if name != "line" else 2).read_back()
    results = [*(reader.feed(piece) for piece in pieces), reader.end(), reader.end()]
    told = [result for result in results if result is not None]
    said_something = any(piece.strip(b"\r\n") if name == "lcus" else piece for piece in pieces)
    assert len(told) == (1 if said_something else 0)


@pytest.mark.parametrize("name", PAIRS)
@given(data=st.data())
def test_an_answer_with_one_byte_changed_is_never_read_as_another_size(
    name: str, data: st.DataObject
) -> None:
    """What is read has as many relays as the board, whatever noise did to the answer."""
    pair = PAIRS[name]
    channels = pair.sizes[-1]
    answer = bytearray(pair.firmware().take(pair.codec(channels).encode_query(), Contacts(channels)))
    answer[data.draw(st.integers(0, len(answer) - 1))] ^= data.draw(st.integers(1, 255))
    reader = pair.codec(channels).read_back()
    result = reader.feed(bytes(answer)) or reader.end()
    assert isinstance(result, Garbled) or (isinstance(result, Reading) and len(result.on) == channels)
    if name.startswith("modbus"):
        assert isinstance(result, Garbled)  # the check sum sees every changed byte


@pytest.mark.parametrize("name", PAIRS)
def test_a_silent_board_and_half_an_answer_are_told_apart(name: str) -> None:
    """Silence is None; what broke off is garbled."""
    pair = PAIRS[name]
    channels = pair.sizes[-1]
    assert pair.codec(channels).read_back().end() is None
    answer = pair.firmware().take(pair.codec(channels).encode_query(), Contacts(channels))
    reader = pair.codec(channels).read_back()
    assert reader.feed(answer[: len(answer) // 2]) is None
    assert isinstance(reader.end(), Garbled)


@pytest.mark.parametrize("name", CODECS)
@pytest.mark.parametrize("channel", [0, -1, 65, 256])
def test_a_channel_the_board_lacks_is_refused(name: str, channel: int) -> None:
    """No order is made for it."""
    with pytest.raises(NoSuchChannel):
        CODECS[name](4 if name != "line" else 2).encode_set(channel, True)


@pytest.mark.parametrize("named", PAIRS)
@pytest.mark.parametrize("real", PAIRS)
def test_a_wrong_board_named_never_reads_as_closed(named: str, real: str) -> None:
    """The wrong protocol may even move a relay, but nothing is confirmed closed that is open."""
    codec, firmware, relays = (
        PAIRS[named].codec(4 if "numato" in named else 8),
        PAIRS[real].firmware(),
        Contacts(8),
    )
    firmware.take(_bytes(codec.encode_set(1, True)), relays)
    reader = codec.read_back()
    result = reader.feed(firmware.take(codec.encode_query(), relays)) or reader.end()
    if isinstance(result, Reading) and result.on[0]:
        assert relays.on[0]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("01 81 02 c1 91", "refuses function 01 with code 2, illegal data address"),
        ("02 01 01 00 a1 cc", "not of slave 1"),
        ("01 01 01 41 91 b9", "check sum"),
        ("01 03 02 00 00 b8 44", "another answer than asked for"),
    ],
)
def test_what_a_modbus_board_answers_wrongly_is_named(answer: str, said: str) -> None:
    """A wrong address, a refusal and noise are different news."""
    result = ModbusRtu(8).read_back().feed(bytes.fromhex(answer))
    assert isinstance(result, Garbled)
    assert said in result.why


def test_a_module_smaller_than_set_is_named() -> None:
    """Relays beyond the real ones would never close."""
    result = Devantech(8).read_back().feed(bytes([10, 1, 0]))
    assert isinstance(result, Garbled)
    assert "has 2 relays, not 8" in result.why


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (b"relay readall\r\n\r0f\n\r>", "0f"),
        (b"relay readall\r\n\rf\n\r>", None),
        (b"relay readall\r\n\r00f\n\r>", None),
        (b"relay readall\r\n\r800f\n\r>", "800f"),
    ],
)
def test_a_digit_lost_on_the_way_is_no_reading(answer: bytes, found: str | None) -> None:
    """A module tells all its digits: with one of them missing each relay would be read as another one."""
    result = Numato(8).read_back().feed(answer)
    if found is None:
        assert isinstance(result, Garbled)
    else:
        assert result == Reading(tuple(bool(int(found, 16) >> place & 1) for place in range(8)))


@pytest.mark.parametrize("codec", [ModbusRtu(8), ModbusRtu(8, function=6)])
def test_a_register_or_coil_of_another_board_is_not_taken_for_ours(codec: ModbusRtu) -> None:
    """A value that is neither on nor off, or an answer of another size, is told."""
    size = (
        bytes.fromhex("01 03 02 00 03") if codec.encode_query()[1] == 3 else bytes.fromhex("01 01 02 00 00")
    )
    frame = size + crc16(size).to_bytes(2, "little")
    assert isinstance(codec.read_back().feed(frame), Garbled)


def test_no_relay_may_lie_where_all_relays_lie() -> None:
    """Coil 00FF is every relay at once on many boards."""
    with pytest.raises(BadSetting, match="00FF"):
        ModbusRtu(8, coil_base=0xF8)
    assert _bytes(ModbusRtu(7, coil_base=0xF8).encode_set(7, True))[2:4] == bytes.fromhex("00 fe")
    assert _bytes(ModbusRtu(1, coil_base=0xFF, function=6).encode_set(1, True))[2:4] == bytes.fromhex("00 ff")
