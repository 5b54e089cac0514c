"""The LCUS board's own side of its protocol."""

from enum import StrEnum

from hardware.virtual_board.contacts import Contacts


class ReadBackForm(StrEnum):
    """How this particular board answers a query."""

    TEXT = "text"
    RAW = "raw"
    NONE = "none"


class LcusFirmware:
    """Bytes that mean nothing are passed over."""

    def __init__(self, form: ReadBackForm = ReadBackForm.TEXT) -> None:
        self._form = form
        self._received = bytearray()

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Switch and answer as the bytes ask, in order."""
        self._received += data
        answer = b""
        while self._received:
            first = self._received[0]
            if first == 0xFF:
                del self._received[:1]
                answer += self._tell(relays.on)
            elif first != 0xA0:
                del self._received[:1]
            elif len(self._received) < 4:
                break
            else:
                self._take_frame(relays)
        return answer

    def _tell(self, on: tuple[bool, ...]) -> bytes:
        if self._form is ReadBackForm.NONE:
            return b""
        if self._form is ReadBackForm.RAW:
            return bytes(on)
        return b"".join(
            b"CH%d: %s\r\n" % (channel, b"ON" if is_on else b"OFF") for channel, is_on in enumerate(on, 1)
        )

    def _take_frame(self, relays: Contacts) -> None:
        _, channel, operation, check = self._received[:4]
        if (0xA0 + channel + operation) & 0xFF != check:
            del self._received[:1]
            return
        del self._received[:4]
        if operation in (0, 1):
            relays.switch(channel, bool(operation))
