"""Modbus RTU relay boards (Waveshare and alike): coils, or holding registers on boards that differ.

A frame is slave, function, data, CRC-16 (initial FFFF, polynomial A001, low byte first).
Switch: function 05 (one coil, FF00 on, 0000 off), 06 (one register) or 0F (several coils, here one); echoed.
To open many at once: 0F for all coils, 10 for eight registers after eight.
Ask: function 01 (coils) or 03 (registers). A board that refuses answers the function with bit 7 set and a
code. Timed on (Waveshare): function 05 to address 0200 + coil, value in tenths of a second; the board opens
by itself. Coil 00FF means all relays on many boards, so no relay may lie there.
Registers are read as they are written, or as 1 and 0: boards that are switched by 0100 and 0200 tell so.
Source: MODBUS Application Protocol Specification V1.1b3; Waveshare's register table.
"""

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, Reading
from hardware.relay_codec.one_answer import OneAnswer
from hardware.relay_codec.option_values import ReadOption, function_code, one_of, whole, word

WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 0x05, 0x06, 0x0F, 0x10
READ_COILS, READ_REGISTERS = 0x01, 0x03
WRITES = (WRITE_COIL, WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS)
REFUSED = 0x80
ALL_RELAYS_ADDRESS = 0x00FF
TIMED_ON_ADDRESS = 0x0200
TIMED_ON_UNIT_MS = 100
RENEWALS = 3
"""So often is a timed relay commanded anew within its time."""
MAX_CHANNELS = 64
REGISTERS_A_FRAME = 8
"""So many are written and echoed within the time between two commands at 9600 baud: 33 bytes take 34 ms."""
WRITE_ECHO_BYTES = 8

OPTIONS: dict[str, ReadOption] = {
    "slave": whole(1, 247),
    "function": function_code,
    "on_value": word,
    "off_value": word,
    "coil_base": whole(0, 0xFF),
    "read": one_of("coils", "registers", "none"),
    "timed_on_ms": whole(0, 60_000),
}

_REFUSALS = {1: "illegal function", 2: "illegal data address", 3: "illegal data value", 4: "device failure"}


class ModbusRtu:
    """The codec of one board with `channels` relays.

    `slave`: its address. `coil_base`: the address of relay 1. `timed_on_ms`: the board opens a relay by
    itself this long after the last command (0: it keeps it); only boards that know timed-on take it.
    """

    settle_ms = 60
    raised_at_rest: frozenset[Pin] = frozenset()

    def __init__(
        self,
        channels: int,
        *,
        slave: int = 1,
        function: int = WRITE_COIL,
        on_value: int | None = None,
        off_value: int | None = None,
        coil_base: int = 0,
        read: str | None = None,
        timed_on_ms: int = 0,
    ) -> None:
        if not 1 <= channels <= MAX_CHANNELS:
            raise BadSetting(f"a modbus-rtu board has 1 to {MAX_CHANNELS} channels, not {channels}")
        self.channels, self._slave, self._function, self._base = channels, slave, function, coil_base
        registers = function == WRITE_REGISTER
        self._on = on_value if on_value is not None else 0x0001 if registers else 0xFF00
        self._off = off_value if off_value is not None else 0x0002 if registers else 0x0000
        self._read = read or ("registers" if registers else "coils")
        self._timed_on_ms = timed_on_ms
        self.renew_ms = timed_on_ms // RENEWALS if timed_on_ms else None
        least_ms = max(1000, RENEWALS * self.settle_ms * (channels + 1))
        if timed_on_ms and (function != WRITE_COIL or timed_on_ms < least_ms):
            raise BadSetting(
                f"timed_on_ms needs function 05 and, with {channels} channels, at least {least_ms} ms"
            )
        if function == WRITE_COIL and coil_base <= ALL_RELAYS_ADDRESS < coil_base + channels:
            raise BadSetting("no relay may lie at coil 00FF, which switches all of them; correct coil_base")
        if self._on == self._off:
            raise BadSetting(f"on_value and off_value must differ, not both be {self._on:04X}")

    def encode_set(self, channel: int, on: bool) -> bytes:
        """One frame; a closing one carries the board's own time limit where it has one."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        address = self._base + channel - 1
        if on and self._timed_on_ms:
            return self._frame(WRITE_COIL, TIMED_ON_ADDRESS + address, self._timed_on_ms // TIMED_ON_UNIT_MS)
        if self._function == WRITE_COILS:
            return _sealed(bytes((self._slave, WRITE_COILS)) + _words(address, 1) + bytes((1, int(on))))
        return self._frame(self._function, address, self._on if on else self._off)

    def encode_all_off(self) -> tuple[bytes, ...]:
        """One frame that writes just these coils, or one for eight registers each."""
        if self._function != WRITE_REGISTER:
            return (self._many(WRITE_COILS, 0, self.channels, bytes((self.channels + 7) // 8)),)
        frames = []
        for before in range(0, self.channels, REGISTERS_A_FRAME):
            count = min(REGISTERS_A_FRAME, self.channels - before)
            frames.append(self._many(WRITE_REGISTERS, before, count, _words(*[self._off] * count)))
        return tuple(frames)

    def encode_query(self) -> bytes:
        """One frame for all relays; none where the board is not to be read."""
        if self._read == "none":
            return b""
        return self._frame(self._reading, self._base, self.channels)

    def read_back(self) -> OneAnswer:
        """A decoder for one answer; echoes of commands before it are passed over."""
        return OneAnswer(self._decode, 5 + 2 * self.channels + 4 * WRITE_ECHO_BYTES)

    @property
    def _reading(self) -> int:
        return READ_REGISTERS if self._read == "registers" else READ_COILS

    def _frame(self, function: int, address: int, value: int) -> bytes:
        return _sealed(bytes((self._slave, function)) + _words(address, value))

    def _many(self, function: int, before: int, count: int, data: bytes) -> bytes:
        head = bytes((self._slave, function)) + _words(self._base + before, count)
        return _sealed(head + bytes((len(data),)) + data)

    def _decode(self, received: bytes, _at_end: bool) -> Reading | Garbled | None:
        rest = received
        while len(rest) >= 2:
            if rest[0] != self._slave:
                return Garbled(f"not of slave {self._slave}: {rest[:12].hex(' ')}")
            if rest[1] in WRITES and (len(rest) < WRITE_ECHO_BYTES or _is_sealed(rest[:WRITE_ECHO_BYTES])):
                if len(rest) < WRITE_ECHO_BYTES:
                    return None
                rest = rest[WRITE_ECHO_BYTES:]
                continue
            return self._decode_answer(rest)
        return None

    def _decode_answer(self, rest: bytes) -> Reading | Garbled | None:
        refused = bool(rest[1] & REFUSED)
        data_bytes = 2 * self.channels if self._read == "registers" else (self.channels + 7) // 8
        length = 5 if refused else 5 + data_bytes
        if not refused and (rest[1] != self._reading or (len(rest) > 2 and rest[2] != data_bytes)):
            return Garbled(f"another answer than asked for: {rest[:12].hex(' ')}")
        if len(rest) < length:
            return None
        if not _is_sealed(rest[:length]):
            return Garbled(f"its check sum is wrong: {rest[:12].hex(' ')}")
        if refused:
            why = _REFUSALS.get(rest[2], "see its manual")
            return Garbled(f"the board refuses function {rest[1] & 0x7F:02X} with code {rest[2]}, {why}")
        return self._states(rest[3 : 3 + data_bytes])

    def _states(self, data: bytes) -> Reading | Garbled:
        if self._read == "coils":
            bits = int.from_bytes(data, "little")
            return Reading(tuple(bool(bits >> place & 1) for place in range(self.channels)))
        values = [int.from_bytes(data[place : place + 2], "big") for place in range(0, len(data), 2)]
        closed, opened = {self._on, 1} - {self._off}, {self._off, 0} - {self._on}
        for value in values:
            if value not in closed | opened:
                return Garbled(f"a register holds {value:04X}, neither on nor off")
        return Reading(tuple(value in closed for value in values))


def crc16(data: bytes) -> int:
    """The check sum of a frame."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def _sealed(frame: bytes) -> bytes:
    return frame + crc16(frame).to_bytes(2, "little")


def _is_sealed(frame: bytes) -> bool:
    return _sealed(frame[:-2]) == frame


def _words(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)
