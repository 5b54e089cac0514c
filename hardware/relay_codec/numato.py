"""Numato Lab USB relay modules (USB CDC, text), 1 to 32 relays. The speed of the port does not matter.

Switch: `relay on N` or `relay off N` and a carriage return, N from 0; from 10 on one capital letter, `A`–`V`.
All at once: `relay writeall` and as many hexadecimal digits as `readall` tells.
Ask: `relay readall`, answered in hexadecimal, one digit for every four relays of the module, bit 0 = relay 0;
modules of 1 or 2 relays `relay read N`, answered `on` or `off`. Every command is echoed, and a prompt `>`
follows.
"""

import re
import string

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, Reading
from hardware.relay_codec.one_answer import OneAnswer

MAX_CHANNELS = 32
SMALL = 2
NAMES = string.digits + string.ascii_uppercase[:22]

_ENDS = re.compile(rb"[\r\n>]+")
_VALUE = re.compile(rb"[0-9a-fA-F]+")
_DIGITS = (1, 2, 4, 8)
_LONGEST_ANSWER_BYTES = 160


class Numato:
    """The codec of one module; `channels` of its relays are used."""

    settle_ms = 50
    renew_ms = None
    raised_at_rest: frozenset[Pin] = frozenset()

    def __init__(self, channels: int) -> None:
        if not 1 <= channels <= MAX_CHANNELS:
            raise BadSetting(f"a numato board has 1 to {MAX_CHANNELS} channels, not {channels}")
        self.channels = channels

    def encode_set(self, channel: int, on: bool) -> bytes:
        """One line of text."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        return f"relay {'on' if on else 'off'} {NAMES[channel - 1]}\r".encode("ascii")

    def encode_all_off(self) -> tuple[bytes, ...]:
        """One line with a zero for every four relays of the module."""
        digits = next(one for one in _DIGITS if one * 4 >= self.channels)
        return (f"relay writeall {0:0{digits}}\r".encode("ascii"),)

    def encode_query(self) -> bytes:
        """One line for all relays, or one a relay on small modules."""
        if self.channels > SMALL:
            return b"relay readall\r"
        return b"".join(f"relay read {name}\r".encode("ascii") for name in NAMES[: self.channels])

    def read_back(self) -> OneAnswer:
        """A decoder for one answer with its echoes and prompts."""
        return OneAnswer(self._decode, _LONGEST_ANSWER_BYTES)

    def _decode(self, received: bytes, _at_end: bool) -> Reading | Garbled | None:
        *whole, _unfinished = _ENDS.split(received)
        said = [piece.strip() for piece in whole]
        told = [piece for piece in said if piece and not piece.startswith(b"relay ")]
        if self.channels <= SMALL:
            return self._one_by_one(told)
        if not told:
            return None
        digits = len(told[0])
        if not _VALUE.fullmatch(told[0]) or digits not in _DIGITS or digits * 4 < self.channels:
            return Garbled(f"unexpected text {told[0][:20]!r}")
        value = int(told[0], 16)
        return Reading(tuple(bool(value >> place & 1) for place in range(self.channels)))

    def _one_by_one(self, told: list[bytes]) -> Reading | Garbled | None:
        for piece in told:
            if piece not in (b"on", b"off"):
                return Garbled(f"unexpected text {piece[:20]!r}")
        if len(told) < self.channels:
            return None
        return Reading(tuple(piece == b"on" for piece in told[: self.channels]))
