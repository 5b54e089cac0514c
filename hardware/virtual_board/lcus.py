"""The LCUS board's own side of its protocol, written apart from the codec so that one checks the other."""

from dataclasses import dataclass
from enum import StrEnum


class ReadBackForm(StrEnum):
    """How this particular board answers a query."""

    TEXT = "text"
    RAW = "raw"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Switch:
    """The host switched a relay."""

    channel: int
    on: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """The host asked for the state of all relays."""


class LcusFirmware:
    """Takes the host's bytes, gives what they mean. Bytes that mean nothing are passed over."""

    def __init__(self, channels: int, form: ReadBackForm) -> None:
        self._channels = channels
        self._form = form
        self._received = bytearray()

    def take(self, data: bytes) -> list[Switch | Asked]:
        """What the bytes ask for, in order."""
        self._received += data
        meant: list[Switch | Asked] = []
        while self._received:
            first = self._received[0]
            if first == 0xFF:
                del self._received[:1]
                meant.append(Asked())
            elif first != 0xA0:
                del self._received[:1]
            elif len(self._received) < 4:
                break
            else:
                meant += self._take_frame()
        return meant

    def answer(self, on: list[bool]) -> bytes:
        """What the board sends when asked."""
        if self._form is ReadBackForm.NONE:
            return b""
        if self._form is ReadBackForm.RAW:
            return bytes(on)
        return b"".join(
            b"CH%d: %s\r\n" % (channel, b"ON" if is_on else b"OFF") for channel, is_on in enumerate(on, 1)
        )

    def _take_frame(self) -> list[Switch | Asked]:
        _, channel, operation, check = self._received[:4]
        if (0xA0 + channel + operation) & 0xFF != check:
            del self._received[:1]
            return []
        del self._received[:4]
        if 1 <= channel <= self._channels and operation in (0, 1):
            return [Switch(channel, bool(operation))]
        return []
