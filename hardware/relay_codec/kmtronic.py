"""KMTronic USB relay boards of 1, 2, 4 or 8 relays, 9600 8N1.

Switch: `FF channel 01` on, `FF channel 00` off; not answered.
Ask: boards of 1 or 2 relays `FF channel 03`, answered `FF channel state`; boards of 4 or 8 relays `FF 09 00`,
answered by one byte 00 or 01 a relay.
"""

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, Reading
from hardware.relay_codec.one_answer import OneAnswer

HEADER, ASK_ONE, ASK_ALL = 0xFF, 0x03, 0x09
SIZES = (1, 2, 4, 8)
SMALL = 2


class Kmtronic:
    """The codec of one board with `channels` relays."""

    settle_ms = 50
    renew_ms = None
    raised_at_rest: frozenset[Pin] = frozenset()

    def __init__(self, channels: int) -> None:
        if channels not in SIZES:
            raise BadSetting(f"a kmtronic board has 1, 2, 4 or 8 channels, not {channels}")
        self.channels = channels

    def encode_set(self, channel: int, on: bool) -> bytes:
        """Three bytes."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        return bytes((HEADER, channel, int(on)))

    def encode_all_off(self) -> tuple[bytes, ...]:
        """None: eight relays at most are opened one by one in time."""
        return ()

    def encode_query(self) -> bytes:
        """One question for all relays, or one a relay on small boards."""
        if self.channels > SMALL:
            return bytes((HEADER, ASK_ALL, 0))
        return b"".join(bytes((HEADER, channel, ASK_ONE)) for channel in range(1, self.channels + 1))

    def read_back(self) -> OneAnswer:
        """A decoder for one answer."""
        return OneAnswer(self._decode, self.channels * (3 if self.channels <= SMALL else 1))

    def _decode(self, received: bytes, _at_end: bool) -> Reading | Garbled | None:
        shape = self._shape()
        for place, byte in enumerate(received[: len(shape)]):
            if byte not in shape[place]:
                return Garbled(f"unexpected bytes {received[:12].hex(' ')}")
        if len(received) > len(shape):
            return Garbled(f"more bytes than relays: {received[:12].hex(' ')}")
        if len(received) < len(shape):
            return None
        return Reading(tuple(received[place] == 1 for place, may_be in enumerate(shape) if len(may_be) > 1))

    def _shape(self) -> list[tuple[int, ...]]:
        """What each byte of an answer may be."""
        if self.channels > SMALL:
            return [(0, 1)] * self.channels
        return [one for channel in range(1, self.channels + 1) for one in ((HEADER,), (channel,), (0, 1))]
