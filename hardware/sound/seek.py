"""Where in an Opus file VLC begins when it is told to begin inside: at the next packet, not at the instant.

Rule: VLC is asked to begin `EARLIER_MS` before, which a decoder also needs to swing in (RFC 7845, 4.6 says
80 ms); what lies before the instant is left out. Packets of one file are equally long and follow each other
from 0, so the length of the first one given tells where it lies.
"""

from dataclasses import dataclass

RATE_HZ = 48_000
EARLIER_MS = 120
PACKETS = frozenset(RATE_HZ * tenths // 10_000 for tenths in (25, 50, 100, 200, 400, 600, 800, 1000, 1200))


@dataclass(frozen=True, slots=True)
class Seek:
    """A sound that is to begin at `start_ms` of its file, whose decoder gives `pre_skip` frames before it."""

    start_ms: int
    pre_skip: int

    @property
    def asked_ms(self) -> int:
        """Where VLC is told to begin."""
        return self.start_ms if self.pre_skip == 0 else max(0, self.start_ms - EARLIER_MS)

    def frames_to_leave_out(self, first_block: int) -> int:
        """Of what VLC gives; `first_block` is how many frames came first."""
        asked, wanted = _frames(self.asked_ms), _frames(self.start_ms) + self.pre_skip
        if asked == 0:
            return wanted
        if self.pre_skip == 0:
            return 0
        if first_block not in PACKETS:
            return wanted - self.pre_skip - asked
        return max(0, wanted - -(-asked // first_block) * first_block)


def _frames(milliseconds: int) -> int:
    return milliseconds * RATE_HZ // 1000
