"""Sounds decoded by VLC and put on the line exactly where they are to be heard.

VLC begins some 0.25 s early and hands over decoded blocks more than a second ahead of its own time stamps.
Those time stamps only say how the blocks follow each other; where the first one lies is decided here, to the
frame.
"""

from datetime import datetime

from hardware.ports import PlayRequest
from hardware.sound.line import Line, position_at
from hardware.sound.pre_skip import pre_skip_frames
from hardware.sound.seek import Seek
from hardware.sound.steady_clock import as_instant, as_us
from hardware.sound.voice import JOIN_RAMP, RATE_HZ, WIDTH_BYTES, Voice, gain_at
from hardware.vlc_engine import VlcDeck, VlcEngine

SAME_SOUND_FRAMES = RATE_HZ * 40 // 1000
"""Time stamps of one sound are rounded; less than this is no gap."""


class LineDecks:
    """Opens sounds on a line. Lives on the player's thread."""

    def __init__(self, engine: VlcEngine, line: Line) -> None:
        self._engine, self.line = engine, line

    def open(self, request: PlayRequest) -> "LineDeck":
        """Open the file and wake the line."""
        self.line.wake()
        seek = Seek(request.start_ms, pre_skip_frames(request.path))
        return LineDeck(self.line, self._engine.open(request.path, seek.asked_ms), request, seek)

    def wake(self) -> None:
        """A sound comes."""
        self.line.wake()

    def attend(self) -> float | None:
        """Carry the line on."""
        return self.line.attend()

    def close(self) -> None:
        """Let line and VLC go."""
        self.line.close()
        self._engine.close()


class LineDeck:
    """One sound. Instants are the steady clock's."""

    def __init__(self, line: Line, vlc: VlcDeck, request: PlayRequest, seek: Seek) -> None:
        self._line, self._vlc, self._seek = line, vlc, seek
        self._path = request.path
        self._start_ms, self._volume_percent = request.start_ms, request.volume_percent
        self._skip_frames: int | None = None  # until the first block
        self._due: datetime | None = None
        self._voice: Voice | None = None
        self._stamp = 0  # where VLC's time stamps say the next block begins
        self._first_at: datetime | None = None
        self._ended = self._is_cut = False

    def start(self, at: datetime | None) -> bool:
        self._due = at
        self._line.wake()
        return self._vlc.start()

    def poll(self) -> None:
        ended = self._vlc.ended  # before the blocks: nothing comes after it
        for pts_us, samples in self._vlc.take_blocks():
            self._take(position_at(pts_us), samples)
        if ended and not self._ended:
            self._ended = True
            if self._voice is not None:
                self._voice.finish(self._line.head)

    def _take(self, stamp: int, samples: bytes) -> None:
        if self._skip_frames is None:
            self._skip_frames = self._seek.frames_to_leave_out(len(samples) // WIDTH_BYTES)
        skipped = min(self._skip_frames, len(samples) // WIDTH_BYTES)
        self._skip_frames -= skipped
        stamp, samples = stamp + skipped, samples[skipped * WIDTH_BYTES :]
        if not samples or self._is_cut:
            return
        if self._voice is None:
            self._voice = self._begin(stamp)
        elif stamp - self._stamp >= SAME_SOUND_FRAMES:
            self._voice.skip(stamp - self._stamp)
            self._stamp = stamp
        self._voice.place(samples, self._line.head)
        self._stamp += len(samples) // WIDTH_BYTES

    def _begin(self, stamp: int) -> Voice:
        self._stamp = stamp
        due_us = None if self._due is None else as_us(self._due)
        return self._line.add(due_us, self._volume_percent, joins=self._start_ms > 0)

    def _instant_of(self, position: int) -> datetime:
        return as_instant(self._line.time_us_of(position))

    @property
    def first_sample_at(self) -> datetime | None:
        if self._first_at is not None or self._voice is None:
            return self._first_at
        first_at = self._instant_of(self._voice.start)
        if self._line.head > self._voice.start:
            self._first_at = first_at  # it is on its way
        return first_at

    @property
    def last_sample_at(self) -> datetime | None:
        return self._instant_of(self._voice.end) if self._ended and self._voice is not None else None

    @property
    def expected_end_at(self) -> datetime | None:
        voice, length_ms = self._voice, self._vlc.length_ms
        if self._ended or voice is None or length_ms <= 0:
            return self.last_sample_at
        frames = (length_ms - self._start_ms) * RATE_HZ // 1000 + voice.moved_frames
        return self._instant_of(voice.start + frames)

    @property
    def progress(self) -> int:
        return 0 if self._voice is None else self._voice.end

    @property
    def starves(self) -> bool:
        return not self._ended and self._voice is not None and self._voice.end <= self._line.head

    @property
    def failure(self) -> str | None:
        if not self._vlc.failed and not (self._ended and self._voice is None):
            return None
        if not self._path.exists():
            return "it is not there any more"
        return "VLC cannot open it" if self._vlc.failed else "VLC found no sound in it"

    @property
    def played_ms(self) -> int:
        frames = 0 if self._voice is None else self._voice.heard_frames(self._line.heard)
        return round(frames * 1000 / RATE_HZ)

    @property
    def length_ms(self) -> int:
        return self._vlc.length_ms

    def cut(self, fade_ms: int, at: datetime | None = None) -> datetime:
        soonest = self._line.soonest
        wanted = self._line.heard if at is None else self._line.position_of(as_us(at))
        position = max(soonest, wanted if at is None else wanted - JOIN_RAMP)  # silent when the next begins
        if self._voice is None:
            self._is_cut = True
            return self._instant_of(position)
        silent_by = wanted + fade_ms * RATE_HZ // 1000
        self._voice.cut(position, max(silent_by - position, JOIN_RAMP))
        return self._instant_of(self._voice.cut_to or position)

    def set_volume(self, percent: int) -> None:
        self._volume_percent = percent
        if self._voice is not None:
            self._voice.set_gain(gain_at(percent), self._line.soonest)

    def discard(self) -> None:
        if self._voice is not None and not self._ended:
            self._line.drop(self._voice)
        self._vlc.discard()
