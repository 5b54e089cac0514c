"""One sound on its way to the line: samples placed ahead of their time, its level, its ramps, its end.

Positions are frames of 48 kHz, mono, 16 bit. Nothing here waits or reads a clock.

Rules
1. Samples placed one after the other are heard one after the other, none left out, none changed at full
   level.
2. Level changes only along a ramp: at a join into a file, a change of volume, a fade, a cut.
3. What comes too late is heard later, not lost: the rest moves, with a ramp at either side of the hole.
4. A file that begins or ends in the middle of a wave is ramped over 3 ms; one that begins and ends softly is
   not touched.
"""

import math
import warnings
from array import array
from dataclasses import dataclass, replace

with warnings.catch_warnings():  # deprecated in 3.11 and 3.12; from 3.13 on audioop-lts provides it
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

RATE_HZ = 48_000
WIDTH_BYTES = 2
JOIN_RAMP = RATE_HZ * 8 // 1000
EDGE_RAMP = RATE_HZ * 3 // 1000
VOLUME_RAMP = RATE_HZ * 20 // 1000
CLICK = 327
"""-40 dBFS: a first or last sample louder than this is a click."""


def gain_at(percent: float) -> float:
    """The amplitude of a volume setting: its cube, as VLC's own outputs have it (VLC 3, `volume.h`)."""
    return float((percent / 100) ** 3)


@dataclass(frozen=True, slots=True)
class Ramp:
    """From one gain to another along half a cosine."""

    at: int
    frames: int
    first: float
    last: float

    def gain(self, position: int) -> float:
        """The gain at a position."""
        if position < self.at:
            return self.first
        if position >= self.at + self.frames:
            return self.last
        along = (position - self.at + 0.5) / self.frames
        return self.first + (self.last - self.first) * (1 - math.cos(math.pi * along)) / 2


class Voice:
    """One sound. `start` is its first position, `end` the position after what has been placed so far."""

    def __init__(self, start: int, gain: float, *, joins: bool, due_us: int | None = None) -> None:
        self.start = self.end = start
        self.due_us = due_us  # when it is to be heard, by the steady clock; None: as soon as it can
        self.moved_frames = 0  # silence inside, where samples came too late
        self.cut_to: int | None = None
        self._gain = gain
        self._joins = joins
        self._ramps = [Ramp(start, 0, gain, gain)]  # in order; each holds until the next begins
        self._ahead = bytearray()  # up to `end`
        self._last = 0
        self._begun = self._whole = False

    # -- what is placed -----------------------------------------------------------------------------------

    def place(self, samples: bytes, head: int) -> None:
        """Add samples after those already placed. `head` is the first position that can still be changed."""
        if not samples or (self.cut_to is not None and self.end >= self.cut_to):
            self.end += len(samples) // WIDTH_BYTES
            return
        first = int.from_bytes(samples[:WIDTH_BYTES], "little", signed=True)
        if not self._begun:
            self.start = self.end = max(self.start, head)
            self._ramp_in(JOIN_RAMP if self._joins else EDGE_RAMP, needed=self._joins or abs(first) > CLICK)
        elif self.end < head:
            self.moved_frames += head - self.end
            self.end = head
            self._ahead.clear()
            self._ramp_in(EDGE_RAMP, needed=True)
        self._begun = True
        self._ahead += samples
        self.end += len(samples) // WIDTH_BYTES
        self._last = int.from_bytes(samples[-WIDTH_BYTES:], "little", signed=True)

    def move(self, start: int) -> None:
        """Begin elsewhere. Only while nothing of it was taken; what is cut already stays where it is."""
        by = start - self.start
        if by == 0 or self.cut_to is not None:
            return
        self.start, self.end = start, self.end + by
        self._ramps = [replace(ramp, at=ramp.at + by) for ramp in self._ramps]

    def skip(self, frames: int) -> None:
        """Leave a hole, as the file has one."""
        self._ahead += bytes(frames * WIDTH_BYTES)
        self.end += frames
        self._last = 0

    def finish(self, head: int) -> None:
        """Nothing more will be placed."""
        self._whole = True
        if self.cut_to is None:
            self._end_softly(head)

    def _end_softly(self, head: int) -> None:
        at = max(head, self.end - EDGE_RAMP)
        if self._whole and abs(self._last) > CLICK and at < self.end:
            self._ramp_to(0.0, at, self.end - at)

    # -- level --------------------------------------------------------------------------------------------

    def set_gain(self, gain: float, head: int) -> None:
        """Become louder or softer from `head` on."""
        self._gain = gain
        if self.cut_to is None:
            self._ramp_to(gain, max(head, self.start), VOLUME_RAMP)
            self._end_softly(head)

    def cut(self, position: int, fade_frames: int) -> None:
        """Fade out from `position` on; nothing is heard after that."""
        at = max(position, self.start)
        self._ramp_to(0.0, at, fade_frames)
        self.cut_to = at + fade_frames

    def _ramp_in(self, frames: int, *, needed: bool) -> None:
        kept = [ramp for ramp in self._ramps if ramp.at < self.end]
        first = 0.0 if needed else self._gain
        self._ramps = [*kept, Ramp(self.end, frames if needed else 0, first, self._gain)]

    def _ramp_to(self, gain: float, at: int, frames: int) -> None:
        kept = [ramp for ramp in self._ramps if ramp.at < at]
        self._ramps = [*kept, Ramp(at, frames, self._gain_before(at), gain)]

    def _gain_before(self, position: int) -> float:
        before = [ramp for ramp in self._ramps if ramp.at < position]
        return before[-1].gain(position) if before else self._ramps[0].first

    # -- what is heard --------------------------------------------------------------------------------------

    def is_over(self, head: int) -> bool:
        """Nothing of it lies at `head` or after, and nothing will."""
        if self.cut_to is not None and head >= self.cut_to:
            return True
        return self._whole and head >= self.end

    def heard_frames(self, heard_to: int) -> int:
        """How much of it was heard before `heard_to`, holes not counted."""
        to = min(heard_to, self.end if self.cut_to is None else min(self.end, self.cut_to))
        return max(0, to - self.start - self.moved_frames)

    def take(self, first: int, to: int) -> bytes:
        """The samples of [first, to), as loud as they are heard; shorter where nothing follows. In order."""
        lead = min(max(0, self._from - first), to - first)
        at = first + lead
        stale = max(0, at - self._from) * WIDTH_BYTES
        count = max(0, min(to, self.end) - at)
        if self.cut_to is not None:
            count = max(0, min(count, self.cut_to - at))
        piece = bytes(self._ahead[stale : stale + count * WIDTH_BYTES])
        starves = self._begun and not self._whole and self.cut_to is None and at + count == self.end < to
        if piece and starves:
            edge = max(at, self.end - EDGE_RAMP)
            self._ramp_to(0.0, edge, self.end - edge)
        heard = self._at_gain(piece, at)
        del self._ahead[: stale + count * WIDTH_BYTES]
        return bytes(lead * WIDTH_BYTES) + heard if heard else b""

    @property
    def _from(self) -> int:
        return self.end - len(self._ahead) // WIDTH_BYTES

    def _at_gain(self, piece: bytes, at: int) -> bytes:
        heard, position, end = bytearray(), at, at + len(piece) // WIDTH_BYTES
        while position < end:
            while len(self._ramps) > 1 and self._ramps[1].at <= position:
                del self._ramps[0]
            ramp = self._ramps[0]
            bounds = [ramp.at, ramp.at + ramp.frames, *(later.at for later in self._ramps[1:])]
            to = min([bound for bound in bounds if bound > position] + [end])
            segment = piece[(position - at) * WIDTH_BYTES : (to - at) * WIDTH_BYTES]
            if ramp.at <= position < ramp.at + ramp.frames:
                heard += _along(ramp, position, segment)
            else:
                heard += _constant(segment, ramp.gain(position))
            position = to
        return bytes(heard)


def _along(ramp: Ramp, position: int, samples: bytes) -> bytes:
    values = array("h", samples)
    for index, sample in enumerate(values):
        values[index] = round(sample * ramp.gain(position + index))
    return values.tobytes()


def _constant(samples: bytes, gain: float) -> bytes:
    return samples if gain == 1.0 or not samples else audioop.mul(samples, WIDTH_BYTES, gain)


def mixed(voices: list[bytes], frames: int) -> bytes:
    """Several pieces that begin together as one, filled with silence to `frames`. Clips where it must."""
    whole = bytes(frames * WIDTH_BYTES)
    sounding = [piece + whole[len(piece) :] for piece in voices if piece]
    if not sounding:
        return whole
    total = sounding[0]
    for piece in sounding[1:]:
        total = audioop.add(total, piece, WIDTH_BYTES)
    return total
