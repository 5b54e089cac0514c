"""The Devantech module's own side of its protocol: a command is one byte, except 5C, which has two."""

from hardware.virtual_board.contacts import Contacts

VERSION = 3


class DevantechFirmware:
    """A USB-RLY08, or a USB-RLY02 where only two relays are fitted."""

    def __init__(self, module: int | None = None) -> None:
        self._module = module
        self._awaits_states = False

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Switch and answer as the bytes ask, in order."""
        answer = b""
        for byte in data:
            if self._awaits_states:
                self._awaits_states = False
                for place in range(len(relays.on)):
                    relays.switch(place + 1, (byte >> place) & 1 == 1)
            elif byte == 0x5A:
                answer += bytes([self._module or (10 if len(relays.on) <= 2 else 8), VERSION])
            elif byte == 0x5B:
                answer += bytes([sum(1 << place for place, on in enumerate(relays.on) if on)])
            elif byte == 0x5C:
                self._awaits_states = True
            else:
                _switch(byte, relays)
        return answer


def _switch(byte: int, relays: Contacts) -> None:
    if byte in (0x64, 0x6E):
        for channel in range(1, len(relays.on) + 1):
            relays.switch(channel, byte == 0x64)
    elif 0x65 <= byte <= 0x6C:
        relays.switch(byte - 0x64, True)
    elif 0x6F <= byte <= 0x76:
        relays.switch(byte - 0x6E, False)
