"""The loudspeaker line: voices mixed, handed to a way out a little ahead of their time, kept where that is
asked.

Positions are frames of 48 kHz since the machine's start, as the line's own clock has them: with a way out
that is the sound card's, whose distance from the machine's clock is measured all the time; without one the
machine's.

Rules
1. `head` is the first position that can still be changed; it lies at most `AHEAD` after what is heard, and
   at rest as far as the way out takes silence. At rest is a line on which nothing sounds, of which nothing is
   kept, and which was not woken for `AWAKE_US`. Once it is woken the silence that lies further ahead is taken
   back, where the way out can; what sounded never is.
2. The way out is opened at the start and kept fed with silence, so that it neither suspends nor starves: a
   sound server may need two seconds from the first sample of a new stream to the loudspeaker.
3. A sound whose instant is to come is laid anew each time, until it is handed over: a way out that starved or
   runs off the machine's clock makes only that late which was on its way already.
4. A fault of the way out raises `WayOutBroken` out of `attend`: the line is of no use any more.
5. One that did not open is tried again by each sound, and at rest after `AGAIN_FIRST_US`, then each time
   after twice as long, up to `AGAIN_LAST_US`: so it is known before a sound needs it that it is open again.
"""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from hardware.errors import AudioUnavailable, CallerError
from hardware.sound.opening import Opening, StillOpening
from hardware.sound.steady_clock import monotonic_us
from hardware.sound.voice import EDGE_RAMP, RATE_HZ, Voice, gain_at, mixed
from hardware.sound.wav_file import GrowingWav
from hardware.sound.way_out import WayOut, WayOutBroken

AHEAD = RATE_HZ * 140 // 1000
BEGIN_AHEAD, STARVED = RATE_HZ * 90 // 1000, RATE_HZ * 5 // 1000
FEED_EVERY_S, FEED_AWAKE_S = 0.01, 0.05
LITTLE = RATE_HZ * 25 // 10_000
AWAKE_US = 10_000_000
KEEP_EVERY_S = 0.1
SETTLE_S, SETTLE_FRAMES = 2.5, RATE_HZ * 150 // 1000
OPEN_WITHIN_S = 0.3
"""Nobody who asks something else of the line's thread waits for longer; see `sound.client`."""
AGAIN_FIRST_US, AGAIN_LAST_US, LOOK_S = 2_000_000, 60_000_000, 0.25


def position_at(time_us: int) -> int:
    """The frame of the machine's clock at an instant."""
    return round(time_us * RATE_HZ / 1_000_000)


def time_us_at(position: int) -> int:
    """When the machine's clock reaches a frame."""
    return round(position * 1_000_000 / RATE_HZ)


class Line:
    """One line. `open_way_out` None: nothing is heard, and time is the machine's.

    `on_fault` hears why the way out is shut, and None once it is open, whenever that changes.
    """

    def __init__(
        self,
        open_way_out: Callable[[], WayOut] | None,
        now_us: Callable[[], int] = monotonic_us,
        on_fault: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self._opening = None if open_way_out is None else Opening(open_way_out)
        self._now_us, self._on_fault = now_us, on_fault
        self.fault: str | None = None
        """Why the way out could not be opened when that was tried last."""
        self._again_us, self._again_after_us = 0, AGAIN_FIRST_US
        self._way_out: WayOut | None = None
        self._voices: list[Voice] = []
        self._head = position_at(now_us())
        self._silent_from = self._head  # what lies between it and the head is silence
        self._skew = 0
        self._awake_until_us = 0
        self._wav: GrowingWav | None = None
        self._broken: OSError | None = None

    # -- time ---------------------------------------------------------------------------------------------

    @property
    def head(self) -> int:
        """The first position that can still be changed."""
        return self._head

    @property
    def soonest(self) -> int:
        """The first position at which a change is heard as such."""
        return max(self._head, self.heard)

    @property
    def heard(self) -> int:
        """The position heard now."""
        return self.position_of(self._now_us())

    def position_of(self, time_us: int) -> int:
        """The position heard at an instant of the steady clock."""
        return position_at(time_us) + self._skew

    def time_us_of(self, position: int) -> int:
        """When a position is heard, by the steady clock."""
        return time_us_at(position - self._skew)

    # -- voices -------------------------------------------------------------------------------------------

    def wake(self, open_within_s: float = OPEN_WITHIN_S) -> None:
        """Something will be heard soon: open the way out, if there is one, and hand less over ahead. Raises
        `AudioUnavailable`."""
        rested = self._rests()
        self._awake_until_us = self._now_us() + AWAKE_US
        if self._way_out is not None:
            if rested:
                with contextlib.suppress(WayOutBroken):  # `attend` meets it again, and tells
                    self._feed()
            return
        if not self._voices and self._wav is None:
            self._head = max(self._head, position_at(self._now_us()))
        if self._opening is not None:
            self._take_way_out(self._opening, open_within_s)

    def _take_way_out(self, opening: Opening, within_s: float) -> None:
        try:
            self._way_out = opening.take(within_s)
        except AudioUnavailable as problem:
            if not isinstance(problem, StillOpening):
                self._again_us = self._now_us() + self._again_after_us
                self._again_after_us = min(2 * self._again_after_us, AGAIN_LAST_US)
            elif self.fault is not None:
                raise StillOpening(self.fault) from problem  # who knows more has said it
            if within_s or not isinstance(problem, StillOpening):  # else it was begun a moment ago
                self._tell_fault(str(problem))
            raise
        self._again_after_us = AGAIN_FIRST_US
        self._tell_fault(None)
        self._head = max(self._head, position_at(self._now_us()))
        self._feed()

    def _tell_fault(self, fault: str | None) -> None:
        was, self.fault = self.fault, fault
        if (was is None) is not (fault is None):
            self._on_fault(fault)

    def _look_for_way_out(self, opening: Opening) -> float:
        """Try again where it is time; when to look again, in seconds."""
        if not opening.under_way and (left_us := self._again_us - self._now_us()) > 0:
            return left_us / 1_000_000
        with contextlib.suppress(AudioUnavailable):
            self._take_way_out(opening, 0)
        return LOOK_S

    def settle(self) -> None:
        """Wait until the way out carries sound, and its time can be told: at most `SETTLE_S`.

        A sound server may have slept two seconds ahead when a stream comes.
        """
        until_us = self._now_us() + int(SETTLE_S * 1_000_000)
        carried_to = self._head + SETTLE_FRAMES
        while self._way_out is not None and self._head < carried_to and self._now_us() < until_us:
            self._feed()
            time.sleep(FEED_EVERY_S)

    def add(self, due_us: int | None, volume_percent: int, *, joins: bool) -> Voice:
        """A new voice that is heard from `due_us` on (steady clock), or as soon as it can."""
        due = self.soonest if due_us is None else self.position_of(due_us)
        voice = Voice(max(due, self.soonest), gain_at(volume_percent), joins=joins, due_us=due_us)
        self._voices.append(voice)
        return voice

    def drop(self, voice: Voice) -> None:
        """Forget a voice whatever is left of it; what fades out is still heard."""
        if voice in self._voices and voice.cut_to is None:
            voice.cut(self.soonest, EDGE_RAMP)

    # -- what is kept -------------------------------------------------------------------------------------

    def begin_keeping(self, path: Path, first_sample_us: int | None = None) -> int:
        """Keep what the line carries in a WAV file; answers the instant of its sample 0 (steady clock, µs).

        `first_sample_us`: the file exists, its sample 0 was heard then; it goes on, with silence for what was
        missed. Raises `AudioUnavailable` when the file cannot be written.
        """
        if self._wav is not None:
            self.end_keeping()
        self.wake()
        self.attend()
        try:
            wav = GrowingWav(path, RATE_HZ, goes_on=first_sample_us is not None)
            if first_sample_us is not None:
                missing = self._head - self.position_of(first_sample_us) - wav.samples
                wav.append(mixed([], max(0, missing)))
        except OSError as problem:
            raise AudioUnavailable(f"{path} cannot be written ({problem.strerror})") from problem
        self._wav, self._broken = wav, None
        return self.time_us_of(self._head) if first_sample_us is None else first_sample_us

    def end_keeping(self) -> int:
        """Finish the file; how many samples it holds. Raises `CallerError`, `AudioUnavailable`."""
        if self._wav is None:
            raise CallerError("no capture was begun; call begin_capture first")
        self.attend()
        wav, self._wav = self._wav, None
        try:
            wav.close()
        except OSError as problem:
            self._broken = problem
        if self._broken is not None:
            raise AudioUnavailable(f"the capture is not whole ({self._broken.strerror}); free the disk")
        return wav.samples

    # -- the beat -----------------------------------------------------------------------------------------

    def attend(self) -> float | None:
        """Carry on; answers when to be called again, in seconds, None for never."""
        again_s = None
        if self._way_out is None and self._opening is not None:
            again_s = self._look_for_way_out(self._opening)
        if self._way_out is not None:
            ahead, at_rest = self._feed(), self._way_out.at_rest
            if self._rests() and ahead > at_rest.ahead_frames - LITTLE:
                return at_rest.every_s
            return FEED_EVERY_S if self._voices else FEED_AWAKE_S
        if not self._voices and self._wav is None:
            return again_s
        self._carry(position_at(self._now_us()))
        return KEEP_EVERY_S

    def close(self) -> None:
        """Let everything go."""
        if self._wav is not None:
            self.attend()
            self._wav.close()
            self._wav = None
        self._let_go()

    def _let_go(self) -> None:
        if self._way_out is not None:
            self._way_out.close()
            self._way_out = None
            self._skew = 0

    def _rests(self) -> bool:
        return not self._voices and self._wav is None and self._now_us() >= self._awake_until_us

    def _feed(self) -> int:
        """Hand over what is due; how many frames lie ahead of what is heard then."""
        assert self._way_out is not None  # noqa: S101 - asked by the callers; narrows the type
        delay = self._way_out.delay_frames()
        now_us = self._now_us()
        ahead = self._way_out.at_rest.ahead_frames if self._rests() else AHEAD
        if delay is not None and delay <= STARVED:
            self._way_out.write(mixed([], BEGIN_AHEAD - delay))  # what comes at the last moment is dropped
            return BEGIN_AHEAD
        if delay is None:
            delay = self._head - position_at(now_us)
        else:
            self._skew = self._head - delay - position_at(now_us)
        wanted, first = ahead - delay, self._head
        silence = self._head - self._silent_from
        if wanted < 0 < silence and self._wav is None:
            self._head -= self._way_out.take_back(min(-wanted, silence))
        if wanted >= LITTLE:
            self._carry(self._head + min(wanted, ahead))
        return delay + self._head - first

    def _carry(self, to: int) -> None:
        if to <= self._head:
            return
        first, self._head = self._head, to
        if self._voices:
            self._silent_from = to
        for voice in self._voices:
            if voice.due_us is not None and voice.start >= first:
                voice.move(max(first, self.position_of(voice.due_us)))
        carried = mixed([voice.take(first, to) for voice in self._voices], to - first)
        self._voices = [voice for voice in self._voices if not voice.is_over(to)]
        if self._way_out is not None:
            self._way_out.write(carried)
        if self._wav is not None:
            try:
                self._wav.append(carried)
            except OSError as problem:
                self._broken = problem  # the sound goes on; `end_keeping` tells that the file is not whole
