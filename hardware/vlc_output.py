"""A loudspeaker line on the machine's sound card or sound server, played by VLC.

VLC tells its place in a file only four times a second, so `Started` arrives up to 0.3 s after the first
sample; the instant it names is right to some 10 ms, plus what the sound card itself delays.
"""

from datetime import datetime, timedelta

from hardware.deck import DeckMaker
from hardware.player import Player
from hardware.ports import Clock, OnAudioEvent, PlayRequest
from hardware.system_clock import SystemClock
from hardware.vlc_engine import VlcDeck, VlcEngine

ANSWER_WITHIN_S = 5.0


class VlcOutput:
    """Fulfils the `AudioOutput` contract; see `hardware.ports`.

    `module` names VLC's way out (`pulse`, `alsa`, `adummy` for none); None lets VLC choose.
    `warm_up` raises `AudioUnavailable` where VLC is missing; without it, the first `Failed` says so.
    """

    def __init__(
        self, on_event: OnAudioEvent, clock: Clock | None = None, *, module: str | None = None
    ) -> None:
        self._clock: Clock = clock or SystemClock()
        self._options = () if module is None else (f"--aout={module}",)
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

    def close(self) -> None:
        """End what plays. Twice is harmless."""
        self._player.close()

    def _make(self) -> DeckMaker:
        return _AudibleLine(VlcEngine(self._options), self._clock)


def _touch(maker: DeckMaker) -> None:
    maker.attend()


class _AudibleLine:
    """Opens sounds on the sound card."""

    def __init__(self, engine: VlcEngine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock

    def open(self, request: PlayRequest) -> "_AudibleDeck":
        return _AudibleDeck(
            self._engine.open(request.path, request.start_ms, tapped=False), request, self._clock
        )

    def attend(self) -> float | None:
        return None

    def close(self) -> None:
        self._engine.close()


class _AudibleDeck:
    """One sound, followed by the place VLC tells."""

    def __init__(self, vlc: VlcDeck, request: PlayRequest, clock: Clock) -> None:
        self._vlc, self._request, self._clock = vlc, request, clock
        self._time_ms = -1
        self._called_at = clock.now()
        self._first_at: datetime | None = None
        self._last_at: datetime | None = None
        self._fade: tuple[datetime, int] | None = None

    def start(self) -> bool:
        self._vlc.set_volume(self._request.volume_percent)
        self._called_at = self._clock.now()
        return self._vlc.start()

    def poll(self) -> None:
        now = self._clock.now()
        self._time_ms = self._vlc.time_ms
        heard_ms = self._time_ms - self._request.start_ms
        if self._first_at is None and heard_ms > 0:
            # a short file is read to its end at once, and VLC then tells the end as its place
            self._first_at = max(self._called_at, now - timedelta(milliseconds=heard_ms))
            self._vlc.set_volume(self._request.volume_percent)  # some ways out only exist from here on
        if self._last_at is None and self._vlc.ended and self._vlc.length_ms > 0:
            if self._first_at is None:  # so short that VLC never told a place
                self._first_at = self._called_at
            self._last_at = max(self._first_at + timedelta(milliseconds=self._length_ms), self._first_at)
        if self._fade is not None:
            begun_at, fade_ms = self._fade
            left = 1 - (now - begun_at) / timedelta(milliseconds=fade_ms)
            self._vlc.set_volume(self._request.volume_percent * max(0.0, left))

    @property
    def _length_ms(self) -> int:
        return self._vlc.length_ms - self._request.start_ms

    @property
    def first_sample_at(self) -> datetime | None:
        return self._first_at

    @property
    def last_sample_at(self) -> datetime | None:
        return self._last_at

    @property
    def expected_end_at(self) -> datetime | None:
        if self._first_at is None or self._vlc.length_ms <= 0:
            return self._last_at
        return self._first_at + timedelta(milliseconds=self._length_ms)

    @property
    def progress(self) -> int:
        return self._time_ms

    @property
    def failure(self) -> str | None:
        if self._vlc.failed:
            return "VLC cannot open it"
        return "VLC found no sound in it" if self._vlc.ended and self._vlc.length_ms <= 0 else None

    @property
    def played_ms(self) -> int:
        if self._first_at is None:
            return 0
        heard_ms = (self._clock.now() - self._first_at) / timedelta(milliseconds=1)
        return max(0, round(min(heard_ms, self._length_ms)))

    def cut(self, fade_ms: int) -> None:
        if fade_ms > 0:
            self._fade = (self._clock.now(), fade_ms)
        else:
            self._vlc.set_volume(0)

    def discard(self) -> None:
        self._vlc.discard()
