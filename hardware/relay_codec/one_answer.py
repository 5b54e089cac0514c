"""The frame every decoder of an answer stands in: bytes gather, and one result comes out, never two."""

from collections.abc import Callable

from hardware.relay_codec.contract import Garbled, Reading

Decode = Callable[[bytes, bool], Reading | Garbled | None]
"""What the bytes so far mean; the flag tells that no more will come. None: not yet decided."""


class OneAnswer:
    """Fulfils `ReadBack` with a pure `decode`. Holds at most `longest_bytes`; more than that is garbled."""

    def __init__(self, decode: Decode, longest_bytes: int) -> None:
        self._decode, self._longest_bytes = decode, longest_bytes
        self._received = b""
        self._done = False

    def feed(self, data: bytes) -> Reading | Garbled | None:
        """Take bytes as they come."""
        if self._done or not data:
            return None
        room = self._longest_bytes + 1
        self._received = (self._received + data[:room])[:room]
        result = self._decode(self._received, False)
        if result is None and len(self._received) > self._longest_bytes:
            result = Garbled(f"a longer answer than it can be: {self._received[:12].hex(' ')}")
        self._done = result is not None
        return result

    def end(self) -> Reading | Garbled | None:
        """No more will come: half an answer is garbled, none at all is silence."""
        if self._done:
            return None
        self._done = True
        if not self._received:
            return None
        broken_off = Garbled(f"the answer broke off after {self._received[:12].hex(' ')}")
        return self._decode(self._received, True) or broken_off
