"""A loudspeaker line in memory, under an injected clock: for trying out days in seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hardware.ports import (
    AudioEvent,
    Clock,
    Failed,
    Finished,
    OnAudioEvent,
    PlayRequest,
    Started,
    refuse_volume,
)

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class _Sounding:
    request: PlayRequest
    from_at: datetime
    to_at: datetime
    whole_ms: int


class SimulatedOutput:
    """Fulfils the `AudioOutput` contract without sound. Time passes for it only in `look`.

    `length_ms` tells how long a file is, None that it cannot be played. `start_after_ms` delays every start.
    """

    def __init__(
        self,
        on_event: OnAudioEvent,
        clock: Clock,
        length_ms: Callable[[Path], int | None],
        *,
        start_after_ms: int = 0,
    ) -> None:
        self._on_event, self._clock, self._length_ms = on_event, clock, length_ms
        self._start_after = timedelta(milliseconds=start_after_ms)
        self._now: _Sounding | None = None
        self._next: tuple[PlayRequest, datetime, int] | None = None
        self.heard: list[tuple[str, datetime, datetime]] = []
        self.volumes: list[tuple[int, datetime]] = []

    def warm_up(self) -> None:
        """Nothing needs loading."""

    def prepare(self, request: PlayRequest) -> None:
        """Nothing needs opening."""

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""
        self.look()
        if self._next is not None:
            self._end_unheard(self._next[0])
            self._next = None
        length_ms = self._length_ms(request.path)
        if not 0 <= request.volume_percent <= 100 or request.start_ms < 0:
            self._on_event(Failed(request.key, "volume must be 0 to 100 percent and the start not negative"))
        elif length_ms is None or length_ms <= request.start_ms:
            self._on_event(Failed(request.key, f"{request.path.name}: there is no sound in it"))
        else:
            now = self._clock.now()
            at = max(request.not_before or now, now) + self._start_after
            self._next = (request, at, length_ms - request.start_ms)
            self.look()

    def take_back(self, key: str) -> None:
        """End this one sound, heard or waiting."""
        self.look()
        if self._next is not None and self._next[0].key == key:
            self._end_unheard(self._next[0])
            self._next = None
        if self._now is not None and self._now.request.key == key:
            self._cut(self._now, self._clock.now())
            self.look()

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays and what waits."""
        self.look()
        if self._next is not None:
            self._end_unheard(self._next[0])
            self._next = None
        if self._now is not None:
            self._cut(self._now, self._clock.now() + timedelta(milliseconds=fade_ms))
            self.look()

    def set_volume(self, volume_percent: int) -> None:
        """Note how loud what plays is from now on. Raises `BadSetting`."""
        refuse_volume(volume_percent)
        self.volumes.append((volume_percent, self._clock.now()))

    def close(self) -> None:
        """End what plays. Twice is harmless."""
        self.stop()

    def due_at(self) -> datetime | None:
        """When `look` next has something to tell."""
        if self._now is None:
            return None if self._next is None else self._next[1]
        return self._now.to_at if self._next is None else min(self._now.to_at, self._next[1])

    def look(self) -> None:
        """Tell what has come about by now, in order."""
        while (due := self.due_at()) is not None and due <= self._clock.now():
            if self._now is not None and self._now.to_at <= due:
                self._finish(self._now)
            elif self._next is not None:
                (request, at, whole_ms), self._next = self._next, None
                if self._now is not None:
                    self._cut(self._now, at)
                    self._finish(self._now)
                self._begin(request, at, whole_ms)

    def _begin(self, request: PlayRequest, at: datetime, whole_ms: int) -> None:
        self._now = _Sounding(request, at, at + whole_ms * MILLISECOND, whole_ms)
        self._tell(Started(request.key, at))

    def _cut(self, sounding: _Sounding, at: datetime) -> None:
        to_at = min(sounding.to_at, at)
        self._now = _Sounding(sounding.request, sounding.from_at, to_at, sounding.whole_ms)

    def _finish(self, sounding: _Sounding) -> None:
        self._now = None
        played_ms = round((sounding.to_at - sounding.from_at) / MILLISECOND)
        self.heard.append((sounding.request.key, sounding.from_at, sounding.to_at))
        cut = played_ms < sounding.whole_ms
        self._tell(Finished(sounding.request.key, sounding.to_at, played_ms, cut=cut))

    def _end_unheard(self, request: PlayRequest) -> None:
        self._tell(Finished(request.key, self._clock.now(), 0, cut=True))

    def _tell(self, event: AudioEvent) -> None:
        self._on_event(event)
