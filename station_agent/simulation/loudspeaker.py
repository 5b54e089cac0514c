"""What the village hears: the simulated output on the machine's wall clock, with the faults of a real one.

The sound goes on evenly whatever the wall clock does: instants are translated on the way in and out, by what
the wall clock says at that moment. Each stretch of sound is kept, with true times.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from hardware.ports import AudioEvent, Failed, Finished, PlayRequest, Started
from hardware.simulated_output import SimulatedOutput
from station_agent.simulation.clock import VirtualClock


@dataclass
class Sound:
    """One stretch of one item, microseconds of true time. `to_us` is None while it goes on."""

    key: str
    from_us: int
    to_us: int | None = None

    def length_us(self, now_us: int) -> int:
        """For how long it has sounded."""
        return (now_us if self.to_us is None else self.to_us) - self.from_us


class _Even:
    """The true time, as the simulated output's clock."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock

    def now(self) -> datetime:
        return self._clock.true()

    def monotonic(self) -> float:
        return self._clock.monotonic()


class Loudspeaker:
    """Fulfils the `AudioOutput` contract. `hangs`: it begins nothing, and says nothing.

    `refuses`: it fails whatever it is given. `on_sound` is called when the first sample of a sound is out.
    """

    def __init__(
        self,
        clock: VirtualClock,
        length_ms: Callable[[Path], int | None],
        put: Callable[[AudioEvent], None],
        on_sound: Callable[[Sound], None],
        start_after_ms: int = 0,
    ) -> None:
        self._clock, self._put, self._on_sound = clock, put, on_sound
        self._line = SimulatedOutput(self._told, _Even(clock), length_ms, start_after_ms=start_after_ms)
        self._sounding: dict[str, Sound] = {}
        self._unheard: set[str] = set()
        self.hangs = self.refuses = False

    # -- the contract --------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Nothing needs loading."""

    def prepare(self, request: PlayRequest) -> None:
        """Nothing needs opening."""

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""
        if self.hangs:
            return
        if self.refuses:
            self._put(Failed(request.key, "the simulated output refuses"))
            return
        if request.not_before is not None:
            request = replace(request, not_before=request.not_before - self._ahead())
        self._line.play(request)

    def take_back(self, key: str) -> None:
        """End this one sound, heard or waiting."""
        self._line.take_back(key)

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays and what waits."""
        self._line.stop(fade_ms)

    def set_volume(self, volume_percent: int) -> None:
        """Change the level of what plays."""
        self._line.set_volume(volume_percent)

    def close(self) -> None:
        """End what plays."""
        self._line.close()

    # -- the world -----------------------------------------------------------------------------------------

    def due_us(self) -> int | None:
        """When `look` next has something to tell."""
        due = self._line.due_at()
        return None if due is None else self._clock.true_us(due)

    def look(self) -> None:
        """Let time pass."""
        self._line.look()

    def break_off(self) -> None:
        """The decoder dies under whatever sounds."""
        for sound in list(self._sounding.values()):
            played_ms = sound.length_us(self._clock.us) // 1000
            moved_at = self._clock.now()
            self._silently(partial(self._line.take_back, sound.key))
            self._end(sound.key, self._clock.us)
            self._put(Failed(sound.key, "the simulated decoder died", played_ms, moved_at))

    def give_up(self) -> None:
        """The owner has said nothing for so long that its relays are open: the worker ends every sound."""
        self.break_off()
        self._line.stop()

    def fall_silent(self) -> None:
        """The process is gone, and the sound with it."""
        self._silently(self._line.close)
        for key in list(self._sounding):
            self._end(key, self._clock.us)

    def _silently(self, act: Callable[[], None]) -> None:
        put, self._put = self._put, lambda _event: None
        act()
        self._put = put

    def _ahead(self) -> timedelta:
        return timedelta(microseconds=self._clock.wrong_us)

    def _told(self, event: AudioEvent) -> None:
        if self.hangs and isinstance(event, Started):
            self._unheard.add(event.key)
        if event.key in self._unheard:
            return  # it hung before this sound was out: nobody hears of it, nor it
        match event:
            case Started():
                sound = Sound(event.key, self._clock.true_us(event.first_sample_at))
                self._sounding[event.key] = sound
                self._on_sound(sound)
                event = replace(event, first_sample_at=event.first_sample_at + self._ahead())
            case Finished():
                self._end(event.key, self._clock.true_us(event.last_sample_at))
                event = replace(event, last_sample_at=event.last_sample_at + self._ahead())
            case Failed():
                self._end(event.key, self._clock.us)
        if not self.hangs:
            self._put(event)

    def _end(self, key: str, at_us: int) -> None:
        sound = self._sounding.pop(key, None)
        if sound is not None:
            sound.to_us = at_us
