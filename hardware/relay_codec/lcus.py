"""LCUS-1/2/4/8: small USB relay boards on a CH340 adapter (USB 1A86:7523), 9600 8N1.

Switch: `A0 channel op sum`, op 1 = on, 0 = off, sum = low byte of the three before it. It is not answered.
Ask: `FF`. Boards sold under this name answer in one of three ways, all read here:
text lines `CH1: OFF\\r\\n`, one raw byte 00 or 01 a channel, or not at all.
"""

import re

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, Reading

HEADER = 0xA0
QUERY = 0xFF
MAX_CHANNELS = 8

_LINE = re.compile(rb"CH(\d): ?(ON|OFF)\r?\n?")
_LONGEST_LINE_BYTES = len(b"CH1: OFF\r\n")


class Lcus:
    """The codec of one board with `channels` relays (1–8)."""

    settle_ms = 100
    renew_ms = None
    raised_at_rest: frozenset[Pin] = frozenset()

    def __init__(self, channels: int) -> None:
        if not 1 <= channels <= MAX_CHANNELS:
            raise BadSetting(f"an lcus board has 1 to {MAX_CHANNELS} channels, not {channels}")
        self.channels = channels

    def encode_set(self, channel: int, on: bool) -> bytes:
        """Four bytes: `A0 channel op sum`."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        operation = int(on)
        return bytes((HEADER, channel, operation, (HEADER + channel + operation) & 0xFF))

    def encode_all_off(self) -> tuple[bytes, ...]:
        """None: eight relays at most are opened one by one in time."""
        return ()

    def encode_query(self) -> bytes:
        """One byte."""
        return bytes((QUERY,))

    def read_back(self) -> "LcusReadBack":
        """A decoder for one answer."""
        return LcusReadBack(self.channels)


class LcusReadBack:
    """Decodes one answer in any of its forms. Holds at most as many bytes as the longest answer has."""

    def __init__(self, channels: int) -> None:
        self._channels = channels
        self._received = b""
        self._done = False

    def feed(self, data: bytes) -> Reading | Garbled | None:
        """A reading once all channels are known, `Garbled` at the first byte that fits no form."""
        if self._done:
            return None
        room = self._channels * _LONGEST_LINE_BYTES + 2
        self._received = (self._received + data[:room]).lstrip(b"\r\n")[:room]
        result = self._decode()
        self._done = result is not None
        return result

    def end(self) -> Garbled | None:
        """Half an answer is garbled; none at all is silence, which these boards may keep."""
        if self._done:
            return None
        self._done = True
        if not self._received:
            return None
        complete = self._decode_text(at_end=True) if self._received[:1] == b"C" else None
        if isinstance(complete, Garbled):
            return complete
        return Garbled(f"the answer broke off after {self._received[:12].hex(' ')}")

    def _decode(self) -> Reading | Garbled | None:
        if not self._received:
            return None
        if self._received[0] == ord("C"):
            return self._decode_text(at_end=False)
        raw = self._received[: self._channels]
        if any(byte > 1 for byte in raw):
            return Garbled(f"unexpected bytes {raw[:12].hex(' ')}")
        if len(raw) < self._channels:
            return None
        return Reading(tuple(byte == 1 for byte in raw))

    def _decode_text(self, *, at_end: bool) -> Reading | Garbled | None:
        found: dict[int, bool] = {}
        rest = self._received
        while len(found) < self._channels:
            line = _LINE.match(rest)
            if line is None:
                break
            channel = int(line[1])
            if channel in found or not 1 <= channel <= self._channels:
                return Garbled(f"unexpected channel {channel} in the answer")
            found[channel] = line[2] == b"ON"
            rest = rest[line.end() :].lstrip(b"\r\n")
        if len(found) == self._channels:
            return Reading(tuple(found[channel] for channel in range(1, self._channels + 1)))
        if at_end or not _could_become_a_line(rest):
            return Garbled(f"unexpected text {rest[:12]!r}")
        return None


def _could_become_a_line(start: bytes) -> bool:
    """Whether more bytes could turn `start` into a line of the text form."""
    if len(start) >= _LONGEST_LINE_BYTES:
        return False
    return any(
        shape[: len(start)] == re.sub(rb"\d", b"#", start)
        for shape in (b"CH#: ON\r\n", b"CH#: OFF\r\n", b"CH#:ON\r\n", b"CH#:OFF\r\n")
    )
