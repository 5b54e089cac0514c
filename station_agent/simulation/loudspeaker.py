"""What the village hears: the simulated output on the machine's wall clock, with the faults of a real one.

The sound goes on evenly whatever the wall clock does: instants are translated on the way in and out, by what
the wall clock says at that moment. Each stretch of sound is kept, with true times.

What was asked for outlives the worker that plays it, by the real output's own rules
(`hardware.sound.outstanding`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from hardware.ports import AudioEvent, Failed, Finished, OutputEvent, PlayRequest, Stalled, Started, WentOn
from hardware.simulated_output import SimulatedOutput
from hardware.sound.outstanding import CHANGED, Asked, Outstanding
from hardware.sound.steady_clock import as_us
from station_agent.simulation.clock import MICROSECOND, EvenClock, VirtualClock
from station_agent.simulation.recordings import SimulatedAudio
from station_agent.simulation.sound import Listener, Sound
from station_agent.simulation.sound_worker import NOTICED_AFTER_US, SoundWorker


class Loudspeaker:
    """Fulfils the `AudioOutput` contract. `hangs`: it begins nothing, and says nothing.

    `refuses`: it fails whatever it is given. `is_watched`: whether its owner is there to replace a worker.
    """

    def __init__(
        self,
        clock: VirtualClock,
        files: SimulatedAudio,
        put: Callable[[OutputEvent], None],
        listener: Listener,
        start_after_ms: int = 0,
    ) -> None:
        self._clock, self._put, self._listener = clock, put, listener
        self._files = files
        self._line = self._new_line(start_after_ms)
        self._outstanding = Outstanding()
        self._sounding: dict[str, Sound] = {}
        self._begins_ms: dict[str, int] = {}
        self._unheard: set[str] = set()
        self._worker = SoundWorker()
        self.hangs = self.refuses = False
        self._due: datetime | None = None
        self._due_us: int | None = None
        self.is_watched = True

    def _new_line(self, start_after_ms: int) -> SimulatedOutput:
        even = EvenClock(self._clock)
        return SimulatedOutput(self._told, even, self._files.length_ms, start_after_ms=start_after_ms)

    # -- the contract --------------------------------------------------------------------------------------

    def warm_up(self) -> None:
        """Nothing needs loading."""

    def prepare(self, request: PlayRequest) -> None:
        """Nothing needs opening."""

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""
        if self.hangs or self.refuses:
            self._listener.fails(request.key)
        if self.hangs:
            return
        if self.refuses:
            self._put(Failed(request.key, "the simulated output refuses"))
            return
        at = request.not_before
        at_us = None if at is None else self._clock.us_when(at)
        self._send(self._outstanding.ask(request, at_us, self._files.fingerprint_at(request.path)))

    def take_back(self, key: str) -> None:
        """End this one sound, heard or waiting."""
        for asked in self._outstanding.of_key(key):
            asked.ending = True
            if self._worker.plays:
                self._line.take_back(str(asked.number))
            elif self._worker.is_gone:
                self._end_without_worker(asked)

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays and what waits."""
        for asked in self._outstanding.all():
            asked.ending = True
            if self._worker.is_gone:
                self._end_without_worker(asked)
        if self._worker.plays:
            self._line.stop(fade_ms)

    def set_volume(self, volume_percent: int) -> None:
        """Change the level of what plays."""
        self._outstanding.set_volume(volume_percent)
        self._line.set_volume(volume_percent)

    def close(self) -> None:
        """End what plays."""
        self.stop()

    # -- the world -----------------------------------------------------------------------------------------

    @property
    def has_worker(self) -> bool:
        """Whether what it is given is played."""
        return self._worker.plays

    def due_us(self) -> int | None:
        """When `look` next has something to tell."""
        due = self._line.due_at()
        if due is not self._due:  # asked much more often than it changes
            self._due, self._due_us = due, None if due is None else as_us(due)
        due_us = self._due_us
        worker_us = self._worker.due_us()
        if worker_us is None or not self.is_watched:
            return due_us
        return worker_us if due_us is None else min(due_us, worker_us)

    def look(self) -> None:
        """Let time pass."""
        if self.is_watched and not self._worker.plays:
            self._look_after_the_worker()
        self._line.look()

    def break_off(self) -> None:
        """The decoder dies under whatever sounds."""
        for number, sound in list(self._sounding.items()):
            asked = self._outstanding.of_number(number)
            played_ms = sound.length_us(self._clock.us) // 1000 + (0 if asked is None else asked.before_ms)
            moved_at = self._clock.now()
            self._silently(partial(self._line.take_back, number))
            self._end(number, self._clock.us)
            self._listener.fails(sound.key)
            self._put(Failed(sound.key, "the simulated decoder died", played_ms, moved_at))

    def give_up(self) -> None:
        """The owner has said nothing for so long that its relays are open: the worker ends every sound."""
        if self._worker.plays:
            for asked in self._outstanding.all():
                self._listener.fails(asked.request.key)
            self.break_off()
            self._line.stop()

    def lose_worker(self, *, hung: bool, told_before_us: int, back_after_us: int) -> None:
        """The worker dies or hangs. It told how far it was `told_before_us` ago; another is ready then."""
        if not self._worker.plays or self.hangs or self.refuses:
            return
        now_us = self._clock.us
        told_us = now_us - told_before_us
        self._outstanding.progress(
            {
                number: (max(0, told_us - sound.from_us) // 1000, self._whole_ms(number))
                for number, sound in self._sounding.items()
                if sound.from_us <= told_us
            },
            told_us,
        )
        for number, sound in list(self._sounding.items()):
            self._end(number, now_us)
            sound.unnoticed_us = NOTICED_AFTER_US + told_before_us if hung else 0
            self._listener.breaks_off(sound)
        self._line = self._new_line(0)  # what is taken up begins before the next is asked for
        self._worker.lose(now_us, hung=hung, back_after_us=back_after_us)
        if not hung:
            self._look_after_the_worker()

    def fall_silent(self) -> None:
        """The process is gone, and the sound with it."""
        self._silently(self._line.close)
        for number in list(self._sounding):
            self._end(number, self._clock.us)
        for asked in self._outstanding.all():
            self._listener.is_given_up(asked.request.key)

    # -- the worker ----------------------------------------------------------------------------------------

    def _whole_ms(self, number: str) -> int:
        asked = self._outstanding.of_number(number)
        return 0 if asked is None else self._files.length_ms(asked.request.path) or 0

    def _send(self, asked: Asked) -> None:
        if self._worker.plays:
            self._listener.is_handed_over(asked.request.path)
            request = asked.to_send()
            self._begins_ms[request.key] = request.start_ms
            self._line.play(request)

    def _look_after_the_worker(self) -> None:
        now_us = self._clock.us
        if self._worker.is_noticed(now_us):
            self._bury_worker(now_us)
        if self._worker.is_back(now_us):
            resumed = self._outstanding.resume(now_us, self._files.fingerprint_at)
            for asked in resumed.changed:
                self._tell_end(asked, self._failed(asked, CHANGED))
            for asked in resumed.overdue:
                self._tell_end(asked, self._finished(asked))
            for asked in resumed.again:
                self._send(asked)

    def _bury_worker(self, now_us: int) -> None:
        """As `VlcOutput.worker_lost`."""
        lost = self._outstanding.lost(now_us, hung=self._worker.hung)
        for asked in lost.finished:
            self._tell_end(asked, self._finished(asked))
        for asked in lost.failed:
            self._tell_end(asked, self._failed(asked, "the sound worker died, also when tried again"))
        for asked in self._outstanding.all():
            if asked.first_us is not None and asked.lost_us is not None:
                self._tell(Stalled(asked.request.key, self._wall(asked.lost_us)))

    def _end_without_worker(self, asked: Asked) -> None:
        self._outstanding.over(asked)
        self._tell_end(asked, self._finished(asked))

    def _finished(self, asked: Asked) -> Finished:
        at_us = self._clock.us if asked.lost_us is None else asked.lost_us
        return Finished(asked.request.key, self._wall(at_us), asked.before_ms, cut=not asked.has_ended())

    def _failed(self, asked: Asked, message: str) -> Failed:
        moved_at = None if asked.lost_us is None else self._wall(asked.lost_us)
        return Failed(asked.request.key, message, asked.before_ms, moved_at)

    # -- the line's word -----------------------------------------------------------------------------------

    def _silently(self, act: Callable[[], None]) -> None:
        put, self._put = self._put, lambda _event: None
        act()
        self._put = put

    def _wall(self, us: int) -> datetime:
        return self._clock.now() + (us - self._clock.us) * MICROSECOND

    def _told(self, event: AudioEvent) -> None:
        number = event.key
        asked = self._outstanding.of_number(number)
        if asked is None:
            return
        if self.hangs and isinstance(event, Started):
            self._unheard.add(number)
            self._listener.fails(asked.request.key)
            self._listener.is_given_up(asked.request.key)
        if not isinstance(event, Started):
            self._outstanding.over(asked)
        if number in self._unheard:
            return  # it hung before this sound was out: nobody hears of it, nor it
        match event:
            case Started(first_sample_at=at):
                self._begin(asked, as_us(at))
            case Finished(last_sample_at=at, played_ms=played_ms, cut=cut):
                self._end(number, as_us(at))
                whole_ms = played_ms + asked.before_ms
                self._tell_end(asked, Finished(asked.request.key, self._wall(as_us(at)), whole_ms, cut))
            case Failed(message=message):
                self._end(number, self._clock.us)
                self._tell_end(asked, self._failed(asked, message))

    def _begin(self, asked: Asked, at_us: int) -> None:
        key = asked.request.key
        silent_ms = self._outstanding.started(asked, at_us)
        asked.whole_ms = self._whole_ms(str(asked.number))  # a worker tells it within moments
        sound = Sound(key, at_us, self._begins_ms[str(asked.number)])
        self._sounding[str(asked.number)] = sound
        if silent_ms is None:
            self._listener.sounds(sound)
            self._tell(Started(key, self._wall(at_us)))
        else:
            self._listener.goes_on(sound)
            self._tell(WentOn(key, self._wall(at_us), silent_ms))

    def _end(self, number: str, at_us: int) -> None:
        sound = self._sounding.pop(number, None)
        if sound is not None:
            sound.to_us = at_us

    def _tell_end(self, asked: Asked, event: Finished | Failed) -> None:
        if asked.lost_us is not None:
            self._listener.is_given_up(asked.request.key)
        if isinstance(event, Failed) or self.hangs:
            self._listener.fails(asked.request.key)
        self._tell(event)

    def _tell(self, event: OutputEvent) -> None:
        if not self.hangs:
            self._put(event)
