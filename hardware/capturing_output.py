"""A loudspeaker line without a loudspeaker: VLC decodes in real time; what would have been heard is kept.

A capture is one WAV file, 48 kHz mono 16 bit. Its sample 0 is a known instant; every decoded sample lies
where it would have been heard; silence fills the rest. It is written as time passes, so a killed process
leaves all but the last half second.

VLC puts 6.5 ms of Opus pre-skip, which is silence, before the first sample of a WebM file.
"""

from datetime import datetime, timedelta
from pathlib import Path

from hardware.deck import DeckMaker
from hardware.errors import AudioUnavailable, CallerError
from hardware.player import Player
from hardware.ports import Clock, OnAudioEvent, PlayRequest
from hardware.system_clock import SystemClock
from hardware.timeline import RATE_HZ, Timeline, at_volume, position_at, time_us_at
from hardware.vlc_engine import BYTES_PER_SAMPLE, VlcDeck, VlcEngine
from hardware.wav_file import GrowingWav

ANSWER_WITHIN_S = 5.0
WRITE_EVERY_S = 0.1
SAME_SOUND_SAMPLES = RATE_HZ * 40 // 1000  # time stamps of one sound are rounded; less than this is no gap


class CapturingOutput:
    """Fulfils the `AudioOutput` contract, and keeps what is heard between `begin_capture` and `end_capture`.

    `warm_up` raises `AudioUnavailable` where VLC is missing; without it, the first `Failed` says so.
    """

    def __init__(self, on_event: OnAudioEvent, clock: Clock | None = None) -> None:
        self._clock: Clock = clock or SystemClock()
        self._line: _CapturedLine | None = None
        self._player = Player(self._make, on_event, self._clock)

    def warm_up(self) -> None:
        """Load VLC and its plug-ins, at most 5 s."""
        self._player.run_once(_touch, ANSWER_WITHIN_S)

    def prepare(self, request: PlayRequest) -> None:
        """Open the file ahead."""
        self._player.prepare(request)

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""
        self._player.play(request)

    def take_back(self, key: str) -> None:
        """End this one sound, heard or waiting."""
        self._player.take_back(key)

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays, after fading for `fade_ms`."""
        self._player.stop(fade_ms)

    def begin_capture(self, path: Path) -> datetime:
        """Keep what the line carries from now on in a WAV file. Answers the instant of its sample 0.

        A capture under way ends. Raises `AudioUnavailable` when the file cannot be made.
        """
        began: list[datetime] = []
        self._player.run_once(lambda _: began.append(self._made().begin(path)), ANSWER_WITHIN_S)
        return began[0]

    def end_capture(self) -> int:
        """Finish the file; answers how many samples it holds. Raises `CallerError` when none was begun, and
        `AudioUnavailable` when the disk refused a part of it."""
        samples: list[int] = []
        self._player.run_once(lambda _: samples.append(self._made().end()), ANSWER_WITHIN_S)
        return samples[0]

    def close(self) -> None:
        """End what plays and what is captured. Twice is harmless."""
        self._player.close()

    def _make(self) -> DeckMaker:
        self._line = _CapturedLine(self._clock)
        return self._line

    def _made(self) -> "_CapturedLine":
        if self._line is None:
            raise AudioUnavailable("the audio output could not be opened")
        return self._line


def _touch(maker: DeckMaker) -> None:
    maker.attend()


class _CapturedLine:
    """The line: VLC, and the capture under way. Lives on the player's thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._engine = VlcEngine()
        self._wav: GrowingWav | None = None
        self._timeline: Timeline | None = None
        self._broken: OSError | None = None

    def open(self, request: PlayRequest) -> "_CapturedDeck":
        deck = self._engine.open(request.path, request.start_ms, tapped=True)
        return _CapturedDeck(self, deck, request)

    def now(self) -> int:
        """The position heard now."""
        return position_at(self._engine.clock_us())

    def instant_of(self, position: int) -> datetime:
        """When a position is heard, by the wall clock as it goes now."""
        ahead_us = time_us_at(position) - self._engine.clock_us()
        return self._clock.now() + timedelta(microseconds=ahead_us)

    def place(self, position: int, samples: bytes) -> None:
        if self._timeline is not None:
            self._timeline.place(position, samples)

    def cut(self, position: int, fade_samples: int) -> None:
        if self._timeline is not None:
            self._timeline.cut(position, fade_samples)

    def begin(self, path: Path) -> datetime:
        if self._wav is not None:
            self.end()
        try:
            self._wav = GrowingWav(path, RATE_HZ)
        except OSError as problem:
            raise AudioUnavailable(f"{path} cannot be written ({problem.strerror})") from problem
        self._timeline, self._broken = Timeline(self.now()), None
        return self.instant_of(self._timeline.heard_to)

    def end(self) -> int:
        if self._wav is None:
            raise CallerError("no capture was begun; call begin_capture first")
        self._write(self.now())
        wav, self._wav, self._timeline = self._wav, None, None
        try:
            wav.close()
        except OSError as problem:
            self._broken = problem
        if self._broken is not None:
            raise AudioUnavailable(f"the capture is not whole ({self._broken.strerror}); free the disk")
        return wav.samples

    def attend(self) -> float | None:
        if self._timeline is None:
            return None
        now = self.now()
        if now - self._timeline.heard_to >= WRITE_EVERY_S * RATE_HZ:
            self._write(now)
        return WRITE_EVERY_S

    def close(self) -> None:
        if self._wav is not None:
            self._write(self.now())
            self._wav.close()
        self._engine.close()

    def _write(self, to: int) -> None:
        if self._wav is None or self._timeline is None:
            return
        heard = self._timeline.hear(to)
        try:
            self._wav.append(heard)
        except OSError as problem:
            self._broken = problem  # the sound goes on; `end` tells that the file is not whole


class _CapturedDeck:
    """One sound, its blocks put on the line's timeline as they are decoded."""

    def __init__(self, line: _CapturedLine, vlc: VlcDeck, request: PlayRequest) -> None:
        self._line, self._vlc = line, vlc
        self._volume_percent, self._start_ms = request.volume_percent, request.start_ms
        self._first: int | None = None
        self._first_at: datetime | None = None
        self._end = 0
        self._ended = False
        self._cut_to: int | None = None

    def start(self) -> bool:
        return self._vlc.start()

    def poll(self) -> None:
        self._ended = self._vlc.ended  # before the blocks: nothing comes after it
        for pts_us, samples in self._vlc.take_blocks():
            position = position_at(pts_us)
            if self._first is None:
                self._first = self._end = position
                self._first_at = self._line.instant_of(position)
            elif position - self._end >= SAME_SOUND_SAMPLES:
                self._end = position
            if self._cut_to is None:
                self._line.place(self._end, at_volume(samples, self._volume_percent))
            self._end += len(samples) // BYTES_PER_SAMPLE

    @property
    def first_sample_at(self) -> datetime | None:
        return self._first_at

    @property
    def last_sample_at(self) -> datetime | None:
        return self._line.instant_of(self._end) if self._ended and self._first is not None else None

    @property
    def expected_end_at(self) -> datetime | None:
        if self._ended or self._first_at is None or (length_ms := self._vlc.length_ms) <= 0:
            return self.last_sample_at
        return self._first_at + timedelta(milliseconds=length_ms - self._start_ms)

    @property
    def progress(self) -> int:
        return self._end

    @property
    def failure(self) -> str | None:
        if self._vlc.failed:
            return "VLC cannot open it"
        return "VLC found no sound in it" if self._ended and self._first is None else None

    @property
    def played_ms(self) -> int:
        if self._first is None:
            return 0
        heard_to = min(self._end, self._line.now() if self._cut_to is None else self._cut_to)
        return max(0, round((heard_to - self._first) * 1000 / RATE_HZ))

    def cut(self, fade_ms: int) -> None:
        fade_samples = fade_ms * RATE_HZ // 1000
        self._cut_to = self._line.now() + fade_samples
        self._line.cut(self._cut_to - fade_samples, fade_samples)

    def discard(self) -> None:
        self._vlc.discard()
