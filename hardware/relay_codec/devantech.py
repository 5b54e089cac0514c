"""Devantech USB-RLY02, USB-RLY08 and USB-RLY16. The speed of the port does not matter.

Switch: one byte, 65–6C (hexadecimal) for relays 1–8 on, 6F–76 off, 6E all of them off; not answered.
Ask: `5A`, answered by the module's id and version, and `5B`, answered by one byte, bit 0 = relay 1, set = on.
Both are asked together: one byte alone could be anything, after a known module's id it is its state.
"""

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, Reading
from hardware.relay_codec.one_answer import OneAnswer

FIRST_ON, FIRST_OFF, ALL_OFF = 0x65, 0x6F, 0x6E
ASK_MODULE, ASK_STATES = 0x5A, 0x5B
MAX_CHANNELS = 8
RELAYS_OF_MODULE = {8: 8, 9: 8, 10: 2, 15: 8}
"""RLY08, RLY16, RLY02, RLY16L."""
ANSWER_BYTES = 3


class Devantech:
    """The codec of one board with `channels` relays (2 or 8; fewer of them may be used)."""

    settle_ms = 50
    renew_ms = None
    raised_at_rest: frozenset[Pin] = frozenset()

    def __init__(self, channels: int) -> None:
        if not 1 <= channels <= MAX_CHANNELS:
            raise BadSetting(f"a devantech board has 1 to {MAX_CHANNELS} channels, not {channels}")
        self.channels = channels

    def encode_set(self, channel: int, on: bool) -> bytes:
        """One byte."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        return bytes(((FIRST_ON if on else FIRST_OFF) + channel - 1,))

    def encode_all_off(self) -> tuple[bytes, ...]:
        """One byte."""
        return (bytes((ALL_OFF,)),)

    def encode_query(self) -> bytes:
        """Who are you, and how do your relays stand."""
        return bytes((ASK_MODULE, ASK_STATES))

    def read_back(self) -> OneAnswer:
        """A decoder for one answer: module, version, states."""
        return OneAnswer(self._decode, ANSWER_BYTES)

    def _decode(self, received: bytes, _at_end: bool) -> Reading | Garbled | None:
        relays = RELAYS_OF_MODULE.get(received[0])
        if relays is None or len(received) > ANSWER_BYTES:
            return Garbled(f"no module of this maker answers {received[:12].hex(' ')}")
        if relays < self.channels:
            return Garbled(f"module {received[0]} has {relays} relays, not {self.channels}")
        return self._states(received[2], relays) if len(received) == ANSWER_BYTES else None

    def _states(self, states: int, relays: int) -> Reading | Garbled:
        if states >> relays:
            return Garbled(f"state {states:02x} tells of relays beyond {relays}")
        return Reading(tuple(bool(states >> place & 1) for place in range(self.channels)))
