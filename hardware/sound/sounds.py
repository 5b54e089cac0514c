"""What plays and what waits on one line: one sound at a time, each at its instant. Looked at again and again.

Rules:

1. Every request ends in exactly one `Finished` or `Failed`; at most one `Started` comes before it.
2. A sound is opened as soon as it is asked for, and its decoder started `DECODE_AHEAD_S` before its instant,
   so that its first samples lie ready when their time comes, also on a busy machine.
3. A new request waits for its own instant while the sound before it plays; then it cuts that sound, unless
   that is about to end by itself. A request that has not begun is replaced by a newer one.
4. `Finished` is told when the last sample has passed in real time, not when the decoder is done.
5. Nothing is waited for without a limit: a sound that does not begin within 5 s, or stands still for 5 s, has
   failed. A file from which nothing comes any more, though it has not ended, is told to `on_stall` sooner.

The clock given must not step.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hardware.errors import HardwareError
from hardware.ports import AudioEvent, Clock, Failed, Finished, OnAudioEvent, PlayRequest, Started
from hardware.sound.deck import Deck, DeckMaker

LOOK_EVERY_S = 0.02
DECODE_AHEAD_S = 0.32
"""More than a line at rest is handed over ahead, so that no sound is late for that."""
CUT_AHEAD_S = 0.2
"""More than the line is handed over ahead, so that the cut is where it should be."""
BEGIN_WITHIN_S = 5.0
STAND_STILL_S = 5.0
STALLED_S = 0.7
PREPARED_AT_MOST = 4
ENDING_S = 0.3
"""A sound with no more than this left is never cut by the next one."""


@dataclass(slots=True)
class _Sound:
    request: PlayRequest
    deck: Deck
    due_at: datetime | None = None
    begun_s: float = 0.0
    took_over: bool = False
    told_start: bool = False
    progress: int = -1
    moved_s: float = 0.0
    cut_at: datetime | None = None


class Sounds:
    """The sounds of one line. Every method is called from one thread, `look` at the latest after `wait_s`."""

    def __init__(
        self,
        line: Callable[[], DeckMaker],
        on_event: OnAudioEvent,
        clock: Clock,
        on_stall: Callable[[PlayRequest], None] | None,
    ) -> None:
        self._line, self._tell, self._clock, self._on_stall = line, on_event, clock, on_stall
        self._playing: list[_Sound] = []  # two only while one is ending and the next begins
        self._next: _Sound | None = None
        self._prepared: dict[PlayRequest, Deck] = {}

    def wait_s(self) -> float | None:
        """How long nothing is due. None: until somebody asks for something."""
        waits = [LOOK_EVERY_S] if self._playing else []
        if self._next is not None:
            waits.append(max(0.0, self._start_in_s(self._next)))
        return min(waits, default=None)

    def close(self) -> None:
        """End everything."""
        self.stop(0)
        for sound in list(self._playing):
            self._end(sound, Finished(sound.request.key, self._clock.now(), sound.deck.played_ms, cut=True))
        for deck in self._prepared.values():
            deck.discard()

    def prepare(self, request: PlayRequest) -> None:
        """Open it ahead."""
        ready = _as_opened(request)
        if ready in self._prepared:
            return
        while len(self._prepared) >= PREPARED_AT_MOST:
            self._prepared.pop(next(iter(self._prepared))).discard()
        try:
            self._prepared[ready] = self._line().open(request)
        except HardwareError:
            return  # preparing is a favour; `play` will meet the same fault and tell it

    def play(self, request: PlayRequest) -> None:
        """Play it at its instant."""
        self._end_waiting()
        try:
            if (wrong := out_of_range(request)) is not None:
                self._tell(Failed(request.key, wrong))
                return
            if not (request.path.is_file() or request.path.is_fifo()):
                self._tell(Failed(request.key, f"{request.path} is not there; fetch it again"))
                return
            self._line().wake()
            deck = self._prepared.pop(_as_opened(request), None) or self._line().open(request)
        except HardwareError as problem:
            self._tell(Failed(request.key, str(problem)))
            return
        self._next = _Sound(request, deck, request.not_before)
        self.look()

    def _end_waiting(self) -> None:
        """What has not begun is replaced, though its decoder may be at work already."""
        waiting = [sound for sound in self._playing if self._waits(sound)]
        if self._next is not None:
            waiting, self._next = [*waiting, self._next], None
        for sound in waiting:
            self._end_unheard(sound)

    def _waits(self, sound: _Sound) -> bool:
        """Whether its instant is still to come."""
        return not sound.told_start and sound.due_at is not None and sound.due_at > self._clock.now()

    def _start_in_s(self, sound: _Sound) -> float:
        if sound.due_at is None:
            return 0.0
        return (sound.due_at - self._clock.now()).total_seconds() - DECODE_AHEAD_S

    def look(self) -> None:
        """Do what is due."""
        waiting = self._next
        if waiting is not None and self._start_in_s(waiting) <= 0:
            self._next = None
            self._playing.append(waiting)
            waiting.begun_s = waiting.moved_s = self._clock.monotonic()
            if not waiting.deck.start(waiting.due_at):
                self._fail(waiting, "VLC refused to start it")
        for sound in list(self._playing):
            self._follow(sound)
        for sound in list(self._playing):
            self._take_over(sound)

    def _take_over(self, sound: _Sound) -> None:
        """Shortly before its instant it cuts what plays, from that instant on."""
        now = self._clock.now()
        due = max(sound.due_at or now, now)
        if sound.took_over or (due - now).total_seconds() > CUT_AHEAD_S:
            return
        sound.took_over = True
        for other in self._playing[: self._playing.index(sound)]:
            if not self._is_ending(other, due):
                self._cut(other, 0, due)

    def _is_ending(self, sound: _Sound, due: datetime) -> bool:
        last = sound.deck.expected_end_at if sound.cut_at is None else sound.cut_at
        return last is not None and (last - due).total_seconds() < ENDING_S

    def _follow(self, sound: _Sound) -> None:
        deck, now_s = sound.deck, self._clock.monotonic()
        deck.poll()
        self._tell_start(sound)
        last = deck.last_sample_at
        if sound.cut_at is not None:
            if sound.cut_at <= self._clock.now():
                self._end(sound, Finished(sound.request.key, sound.cut_at, deck.played_ms, cut=True))
        elif sound.told_start and last is not None and last <= self._clock.now():
            self._end(sound, Finished(sound.request.key, last, deck.played_ms))
        elif deck.failure is not None:
            self._fail(sound, deck.failure)
        elif deck.progress != sound.progress:
            sound.progress, sound.moved_s = deck.progress, now_s
        elif deck.starves and now_s - sound.moved_s > STALLED_S and self._on_stall is not None:
            self._on_stall(sound.request)
        elif deck.first_sample_at is None and now_s - sound.begun_s > BEGIN_WITHIN_S:
            self._fail(sound, f"VLC did not begin within {BEGIN_WITHIN_S:.0f} s")
        elif last is None and now_s - sound.moved_s > STAND_STILL_S:
            self._fail(sound, f"VLC stood still for {STAND_STILL_S:.0f} s")

    def _tell_start(self, sound: _Sound) -> None:
        first = sound.deck.first_sample_at
        if any(other.cut_at is not None for other in self._playing[: self._playing.index(sound)]):
            return  # first the end of what it cuts
        soon = self._clock.now() + timedelta(seconds=LOOK_EVERY_S)
        if not sound.told_start and first is not None and first <= soon:
            sound.told_start = True
            self._tell(Started(sound.request.key, first))

    def so_far(self) -> list[tuple[str, int, int]]:
        """Key, heard milliseconds and length of each sound that has begun."""
        begun = (sound for sound in self._playing if sound.told_start)
        return [(sound.request.key, sound.deck.played_ms, sound.deck.length_ms) for sound in begun]

    def set_volume(self, percent: int) -> None:
        """Make what plays and what waits louder or softer."""
        for sound in (*self._playing, *([] if self._next is None else [self._next])):
            sound.deck.set_volume(percent)

    def take_back(self, key: str) -> None:
        """End this one sound."""
        if self._next is not None and self._next.request.key == key:
            self._end_unheard(self._next)
            self._next = None
        for sound in list(self._playing):
            if sound.request.key == key:
                self._end_early(sound, 0)

    def stop(self, fade_ms: int) -> None:
        """End what plays and what waits."""
        if self._next is not None:
            self._end_unheard(self._next)
            self._next = None
        for sound in list(self._playing):
            self._end_early(sound, fade_ms)

    def _end_early(self, sound: _Sound, fade_ms: int) -> None:
        if self._waits(sound):
            self._end_unheard(sound)
        else:
            self._cut(sound, fade_ms)

    def _cut(self, sound: _Sound, fade_ms: int, at: datetime | None = None) -> None:
        from_at = at or self._clock.now()
        last = sound.deck.last_sample_at
        to_come = last is None or last > from_at
        if to_come and (sound.cut_at is None or from_at + timedelta(milliseconds=fade_ms) < sound.cut_at):
            sound.cut_at = sound.deck.cut(fade_ms, at)
        self._follow(sound)

    def _end_unheard(self, sound: _Sound) -> None:
        if sound in self._playing:
            self._playing.remove(sound)
        sound.deck.discard()
        self._tell(Finished(sound.request.key, self._clock.now(), 0, cut=True))

    def fail_all(self, message: str) -> None:
        """Nothing of it can be played any more."""
        if self._next is not None:
            waiting, self._next = self._next, None
            self._playing.append(waiting)
        for sound in list(self._playing):
            self._fail(sound, message)

    def _fail(self, sound: _Sound, message: str) -> None:
        first, moved_at, played_ms = sound.deck.first_sample_at, None, sound.deck.played_ms
        if first is not None:
            moved_at = min(self._clock.now(), first + timedelta(milliseconds=played_ms))
        text = f"{sound.request.path.name}: {message}"
        self._end(sound, Failed(sound.request.key, text, played_ms, moved_at))

    def _end(self, sound: _Sound, event: AudioEvent) -> None:
        self._playing.remove(sound)
        sound.deck.discard()
        self._tell(event)


def _as_opened(request: PlayRequest) -> PlayRequest:
    """What matters for opening: the instant may still change."""
    return replace(request, not_before=None)


def out_of_range(request: PlayRequest) -> str | None:
    """Why a request cannot be, in words."""
    if not 0 <= request.volume_percent <= 100:
        return f"volume must be 0 to 100 percent, not {request.volume_percent}; correct the plan's limits"
    if request.start_ms < 0:
        return f"a sound cannot begin {-request.start_ms} ms before its file; correct start_ms"
    return None
