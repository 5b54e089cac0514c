"""The KMTronic board's own side of its protocol: three bytes a command, the first always FF."""

from hardware.virtual_board.contacts import Contacts


class KmtronicFirmware:
    """Boards up to two relays answer for one relay, larger ones for all at once."""

    def __init__(self) -> None:
        self._command = bytearray()

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Switch and answer as the bytes ask, in order."""
        answer = b""
        for byte in data:
            if not self._command and byte != 0xFF:
                continue  # not the beginning of anything
            self._command.append(byte)
            if len(self._command) == 3:
                answer += self._act(relays, *self._command[1:])
                self._command.clear()
        return answer

    def _act(self, relays: Contacts, second: int, third: int) -> bytes:
        on = relays.on
        if len(on) > 2 and (second, third) == (9, 0):
            return bytes(1 if one else 0 for one in on)
        if not 1 <= second <= len(on):
            return b""
        if third == 3 and len(on) <= 2:
            return bytes([0xFF, second, 1 if on[second - 1] else 0])
        if third in (0, 1):
            relays.switch(second, third == 1)
        return b""
