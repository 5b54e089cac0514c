"""A relay on the port's own control output: a transistor on RTS or DTR. No bytes go over the wire.

The output falls when the port closes or its owner dies, and the relay with it: the dead-man is the wire
itself. With `active = "low"` the relay closes while the output is dropped. Then it closes whenever nobody
holds the port, so that wiring is for trials only.
"""

from hardware.errors import BadSetting, NoSuchChannel
from hardware.relay_codec.contract import Garbled, Pin, PinLevel, Reading
from hardware.relay_codec.one_answer import OneAnswer
from hardware.relay_codec.option_values import ReadOption, one_of

OPTIONS: dict[str, ReadOption] = {"pin": one_of(*Pin), "active": one_of("high", "low")}


class Line:
    """The codec of one port: channel 1 is `pin`, channel 2 (where used) is the other output."""

    settle_ms = 20
    renew_ms = None

    def __init__(self, channels: int, *, pin: str = Pin.RTS, active: str = "high") -> None:
        if not 1 <= channels <= len(Pin):
            raise BadSetting(f"a serial port has 1 or 2 control lines to switch, not {channels}")
        first = Pin(pin)
        self._pins = (first, *(other for other in Pin if other is not first))[:channels]
        self._raised_is_on = active == "high"
        self.channels = channels
        self.raised_at_rest = frozenset() if self._raised_is_on else frozenset(self._pins)

    def encode_set(self, channel: int, on: bool) -> PinLevel:
        """The output to raise or to drop."""
        if not 1 <= channel <= self.channels:
            raise NoSuchChannel(channel, self.channels)
        return PinLevel(self._pins[channel - 1], on == self._raised_is_on)

    def encode_all_off(self) -> tuple[bytes, ...]:
        """None: the one relay is all."""
        return ()

    def encode_query(self) -> bytes:
        """Nobody can be asked."""
        return b""

    def read_back(self) -> OneAnswer:
        """Whatever comes, it is no answer."""
        return OneAnswer(_no_answer, 1)


def _no_answer(received: bytes, _at_end: bool) -> Reading | Garbled:
    return Garbled(f"a control line answers nothing, but {received[:12].hex(' ')} came")
