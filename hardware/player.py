"""One thread that plays one sound at a time, each at its instant.

Rules:

1. Every request ends in exactly one `Finished` or `Failed`; at most one `Started` comes before it.
2. A sound is opened as soon as it is asked for, and started ahead of its instant by the latency learnt.
3. A new request waits for its own instant while the sound before it plays; then it cuts that sound, unless
   that is about to end by itself. A request that still waits is replaced by a newer one. A wall clock that
   steps while it waits moves nothing.
4. `Finished` is told when the last sample has passed in real time, not when the decoder is done.
5. Nothing is waited for without a limit: a sound that does not begin within 5 s, or stands still for 5 s, has
   failed.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hardware.deck import Deck, DeckMaker
from hardware.errors import AudioUnavailable, HardwareError
from hardware.ports import AudioEvent, Clock, Failed, Finished, OnAudioEvent, PlayRequest, Started

LOOK_EVERY_S = 0.02
BEGIN_WITHIN_S = 5.0
STAND_STILL_S = 5.0
PREPARED_AT_MOST = 4
ENDING_S = 0.3
"""A sound with no more than this left is never cut by the next one."""
CLOSE_WITHIN_S = 5.0
FIRST_GUESS_S = 0.014  # play() to first sample, local WebM, libVLC 3 on a small PC
LATENCY_AT_MOST_S = 0.1


@dataclass(slots=True)
class _Sound:
    request: PlayRequest
    deck: Deck
    due_s: float | None = None  # on the clock that never steps
    begun_s: float = 0.0
    told_start: bool = False
    progress: int = -1
    moved_s: float = 0.0
    cut_at: datetime | None = None


class Player:
    """Runs requests on the decks of one line. Every method returns at once, except `run_once` and `close`."""

    def __init__(self, make: Callable[[], DeckMaker], on_event: OnAudioEvent, clock: Clock) -> None:
        self._make, self._on_event, self._clock = make, on_event, clock
        self._maker: DeckMaker | None = None
        self._acts: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._playing: list[_Sound] = []  # two only while one is ending and the next begins
        self._next: _Sound | None = None
        self._prepared: dict[PlayRequest, Deck] = {}
        self._latency_s = FIRST_GUESS_S
        self._thread = threading.Thread(target=self._run, name="player", daemon=True)
        self._thread.start()

    def prepare(self, request: PlayRequest) -> None:
        """Open it ahead."""
        self._acts.put(lambda: self._prepare(request))

    def play(self, request: PlayRequest) -> None:
        """Play it at its instant."""
        self._acts.put(lambda: self._accept(request))

    def take_back(self, key: str) -> None:
        """End this one sound."""
        self._acts.put(lambda: self._take_back(key))

    def stop(self, fade_ms: int) -> None:
        """End what plays and what waits."""
        self._acts.put(lambda: self._stop_all(fade_ms))

    def run_once(self, act: Callable[[DeckMaker], None], within_s: float) -> None:
        """Do something with the line on its own thread, and wait for it.

        Raises what it raises, or `AudioUnavailable` when it was not done in time.
        """
        answer: queue.SimpleQueue[HardwareError | None] = queue.SimpleQueue()

        def do() -> None:
            try:
                act(self._line())
            except HardwareError as problem:
                answer.put(problem)
            else:
                answer.put(None)

        self._acts.put(do)
        try:
            problem = answer.get(timeout=within_s)
        except queue.Empty:
            raise AudioUnavailable(f"the audio output did not answer within {within_s:g} s") from None
        if problem is not None:
            raise problem

    def close(self) -> None:
        """End everything; waits at most 5 s."""
        self._acts.put(None)
        self._thread.join(timeout=CLOSE_WITHIN_S)

    # -- the thread -----------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            try:
                act: Callable[[], None] | None = self._acts.get(timeout=self._wait_s())
            except queue.Empty:
                act = self._look
            if act is None:
                break
            try:
                act()
            except Exception as problem:  # noqa: BLE001 - edge of a runner: ends the sound, not the line
                self._fail_all(f"{type(problem).__name__}: {problem}")
        self._stop_all(0)
        for deck in self._prepared.values():
            deck.discard()
        if self._maker is not None:
            self._maker.close()

    def _wait_s(self) -> float | None:
        waits = [LOOK_EVERY_S] if self._playing else []
        if self._next is not None:
            waits.append(max(0.0, self._start_in_s(self._next)))
        if self._maker is not None and (again_s := self._maker.attend()) is not None:
            waits.append(again_s)
        return min(waits) if waits else None

    def _line(self) -> DeckMaker:
        if self._maker is None:
            self._maker = self._make()
        return self._maker

    def _prepare(self, request: PlayRequest) -> None:
        ready = _as_opened(request)
        if ready in self._prepared:
            return
        while len(self._prepared) >= PREPARED_AT_MOST:
            self._prepared.pop(next(iter(self._prepared))).discard()
        try:
            self._prepared[ready] = self._line().open(request)
        except HardwareError:
            return  # preparing is a favour; `play` will meet the same fault and tell it

    def _accept(self, request: PlayRequest) -> None:
        if self._next is not None:
            self._end_unheard(self._next)
            self._next = None
        try:
            if not 0 <= request.volume_percent <= 100 or request.start_ms < 0:
                self._tell(Failed(request.key, "volume must be 0 to 100 percent and the start not negative"))
                return
            if not (request.path.is_file() or request.path.is_fifo()):
                self._tell(Failed(request.key, f"{request.path} is not there; fetch it again"))
                return
            deck = self._prepared.pop(_as_opened(request), None) or self._line().open(request)
        except HardwareError as problem:
            self._tell(Failed(request.key, str(problem)))
            return
        self._next = _Sound(request, deck)
        if request.not_before is not None:
            wait_s = (request.not_before - self._clock.now()).total_seconds()
            self._next.due_s = self._clock.monotonic() + wait_s
        self._look()

    def _start_in_s(self, sound: _Sound) -> float:
        return 0.0 if sound.due_s is None else sound.due_s - self._clock.monotonic() - self._latency_s

    def _look(self) -> None:
        waiting = self._next
        if waiting is not None and self._start_in_s(waiting) <= 0:
            for sound in list(self._playing):
                if not self._is_ending(sound):
                    self._cut(sound, 0)
            self._next = None
            self._playing.append(waiting)
            waiting.begun_s = waiting.moved_s = self._clock.monotonic()
            if not waiting.deck.start():
                self._fail(waiting, "VLC refused to start it")
        for sound in list(self._playing):
            self._follow(sound)

    def _is_ending(self, sound: _Sound) -> bool:
        last = sound.deck.expected_end_at
        return last is not None and (last - self._clock.now()).total_seconds() < ENDING_S + self._latency_s

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
        elif not sound.told_start and now_s - sound.begun_s > BEGIN_WITHIN_S:
            self._fail(sound, f"VLC did not begin within {BEGIN_WITHIN_S:.0f} s")
        elif last is None and now_s - sound.moved_s > STAND_STILL_S:
            self._fail(sound, f"VLC stood still for {STAND_STILL_S:.0f} s")

    def _tell_start(self, sound: _Sound) -> None:
        first = sound.deck.first_sample_at
        if sound.told_start or first is None:
            return
        sound.told_start = True
        took_s = (first - self._clock.now()).total_seconds() + self._clock.monotonic() - sound.begun_s
        took_s = min(max(took_s, 0.0), LATENCY_AT_MOST_S)
        self._latency_s += (took_s - self._latency_s) / 4
        self._tell(Started(sound.request.key, first))

    def _take_back(self, key: str) -> None:
        if self._next is not None and self._next.request.key == key:
            self._end_unheard(self._next)
            self._next = None
        for sound in list(self._playing):
            if sound.request.key == key:
                self._cut(sound, 0)

    def _stop_all(self, fade_ms: int) -> None:
        if self._next is not None:
            self._end_unheard(self._next)
            self._next = None
        for sound in list(self._playing):
            self._cut(sound, fade_ms)

    def _cut(self, sound: _Sound, fade_ms: int) -> None:
        now = self._clock.now()
        cut_at = now + timedelta(milliseconds=fade_ms)
        last = sound.deck.last_sample_at
        if (last is None or last > now) and (sound.cut_at is None or cut_at < sound.cut_at):
            sound.deck.cut(fade_ms)
            sound.cut_at = cut_at
        self._follow(sound)

    def _end_unheard(self, sound: _Sound) -> None:
        sound.deck.discard()
        self._tell(Finished(sound.request.key, self._clock.now(), 0, cut=True))

    def _fail_all(self, message: str) -> None:
        if self._next is not None:
            waiting, self._next = self._next, None
            self._playing.append(waiting)
        for sound in list(self._playing):
            self._fail(sound, message)

    def _fail(self, sound: _Sound, message: str) -> None:
        """What stood still was not heard meanwhile, whatever the deck reckons from its first sample."""
        first, moved_at, played_ms = sound.deck.first_sample_at, None, 0
        if first is not None:
            stood_s = self._clock.monotonic() - sound.moved_s
            moved_at = max(first, self._clock.now() - timedelta(seconds=stood_s))
            played_ms = min(sound.deck.played_ms, round((moved_at - first) / timedelta(milliseconds=1)))
        sound.deck.cut(0)
        text = f"{sound.request.path.name}: {message}"
        self._end(sound, Failed(sound.request.key, text, played_ms, moved_at))

    def _end(self, sound: _Sound, event: AudioEvent) -> None:
        self._playing.remove(sound)
        sound.deck.discard()
        self._tell(event)

    def _tell(self, event: AudioEvent) -> None:
        self._on_event(event)


def _as_opened(request: PlayRequest) -> PlayRequest:
    """What matters for opening: the instant may still change."""
    return replace(request, not_before=None)
