"""A Modbus RTU relay board's own side of its protocol, standard or not, with timed-on as Waveshare has it.

The board looks for a whole frame with a good check sum for itself; anything before it is passed over.
"""

import struct
from dataclasses import dataclass

from hardware.virtual_board.contacts import Contacts

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3


@dataclass(frozen=True, slots=True)
class ModbusManners:
    """How this particular board wants to be spoken to. `timed` is whether it knows timed-on.

    `reads_bits`: its registers are read as 1 and 0, whatever is written to them. `many`: whether it knows the
    function that switches several relays at once.
    """

    slave: int = 1
    function: int = 5
    on_value: int = 0xFF00
    off_value: int = 0x0000
    coil_base: int = 0
    timed: bool = True
    reads_bits: bool = False
    many: bool = True


class ModbusFirmware:
    """Answers nothing to other addresses and to frames with a wrong check sum."""

    def __init__(self, manners: ModbusManners | None = None) -> None:
        self._manners = manners or ModbusManners()
        self._received = b""

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Act on every whole frame."""
        self._received += data
        answer = b""
        while len(self._received) >= 8:
            length = self._frame_length()
            if length is None:
                self._received = self._received[1:]
            elif len(self._received) < length:
                break
            else:
                frame, self._received = self._received[: length - 2], self._received[length:]
                if frame[0] == self._manners.slave:
                    answer += _with_check(self._act(frame[1], frame[2:], relays))
        return answer

    def _frame_length(self) -> int | None:
        """Of the frame at the beginning; None if there is none."""
        length = 9 + self._received[6] if self._received[1] in (15, 16) else 8
        if length > 64:
            return None
        if (
            len(self._received) >= length
            and _check(self._received[: length - 2]) != self._received[length - 2 : length]
        ):
            return None
        return length

    def _act(self, function: int, body: bytes, relays: Contacts) -> bytes:
        address, value = struct.unpack(">HH", body[:4])
        head = bytes([self._manners.slave, function])
        if function == 5 and self._manners.timed and address >= 0x0200:
            return self._act_timed(head, address - 0x0200, value, body, relays)
        if function == 1 and self._manners.function != 6:
            return head + self._coils(address, value, relays)
        if function == 3 and self._manners.function == 6:
            return head + self._registers(address, value, relays)
        if function not in (self._manners.function, self._many()):
            return _refuse(head, ILLEGAL_FUNCTION)
        if function == 15:
            return self._write_coils(head, body, relays)
        if function == 16:
            return self._write_registers(head, body, relays)
        everywhere = address == 0x00FF and function == 5
        channels = range(1, len(relays.on) + 1) if everywhere else (address - self._manners.coil_base + 1,)
        if not all(1 <= channel <= len(relays.on) for channel in channels):
            return _refuse(head, ILLEGAL_ADDRESS)
        if value not in (self._manners.on_value, self._manners.off_value):
            return _refuse(head, ILLEGAL_VALUE)
        for channel in channels:
            relays.switch(channel, value == self._manners.on_value)
        return head + body[:4]

    def _act_timed(self, head: bytes, address: int, tenths: int, body: bytes, relays: Contacts) -> bytes:
        channel = address - self._manners.coil_base + 1
        if not 1 <= channel <= len(relays.on):
            return _refuse(head, ILLEGAL_ADDRESS)
        relays.switch(channel, tenths > 0, for_s=tenths / 10)
        return head + body[:4]

    def _coils(self, address: int, count: int, relays: Contacts) -> bytes:
        first = address - self._manners.coil_base
        states = [*relays.on[first : first + count], *([False] * 8)]
        size = (count + 7) // 8
        packed = bytes(
            sum(states[8 * n + bit] << bit for bit in range(8) if 8 * n + bit < count) for n in range(size)
        )
        return bytes([size]) + packed

    def _registers(self, address: int, count: int, relays: Contacts) -> bytes:
        first = address - self._manners.coil_base
        on, off = (1, 0) if self._manners.reads_bits else (self._manners.on_value, self._manners.off_value)
        told = [on if one else off for one in relays.on[first : first + count]]
        return bytes([2 * len(told)]) + struct.pack(f">{len(told)}H", *told)

    def _many(self) -> int | None:
        """The function beside its own that switches several relays at once."""
        return {5: 15, 6: 16}.get(self._manners.function) if self._manners.many else None

    def _write_registers(self, head: bytes, body: bytes, relays: Contacts) -> bytes:
        address, count = struct.unpack(">HH", body[:4])
        first = address - self._manners.coil_base + 1
        values = struct.unpack(f">{count}H", body[5:]) if len(body) == 5 + 2 * count else ()
        if not 1 <= first <= first + count - 1 <= len(relays.on):
            return _refuse(head, ILLEGAL_ADDRESS)
        if not values or not {*values} <= {self._manners.on_value, self._manners.off_value}:
            return _refuse(head, ILLEGAL_VALUE)
        for place, value in enumerate(values):
            relays.switch(first + place, value == self._manners.on_value)
        return head + body[:4]

    def _write_coils(self, head: bytes, body: bytes, relays: Contacts) -> bytes:
        address, count = struct.unpack(">HH", body[:4])
        first = address - self._manners.coil_base + 1
        if not 1 <= first <= first + count - 1 <= len(relays.on):
            return _refuse(head, ILLEGAL_ADDRESS)
        for place in range(count):
            relays.switch(first + place, body[5 + place // 8] >> (place % 8) & 1 == 1)
        return head + body[:4]


def _refuse(head: bytes, code: int) -> bytes:
    return bytes([head[0], head[1] + 0x80, code])


def _with_check(frame: bytes) -> bytes:
    return frame + _check(frame)


def _check(frame: bytes) -> bytes:
    """CRC-16 by its table-free nibble form, low byte first."""
    crc = 0xFFFF
    for byte in frame:
        for bit in range(8):
            mixed = (crc ^ (byte >> bit)) & 1
            crc = (crc >> 1) ^ (0xA001 * mixed)
    return struct.pack("<H", crc)
