"""A loudspeaker line played by VLC in a worker process, through a sound server, a sound card, or into
nothing.

The worker decodes and mixes; see `hardware.sound`. When it dies or hangs another one takes its place within
two seconds, and the sound that was on goes on where it was. What the line carries can be kept as a WAV at the
same time.
"""

import queue
import threading
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from hardware.errors import AudioUnavailable, CallerError, OutputNotReady
from hardware.ports import (
    AudioEvent,
    Clock,
    Failed,
    Finished,
    OnLine,
    OnOutputEvent,
    OnTrouble,
    OutputTrouble,
    PlayRequest,
    Stalled,
    Started,
    WentOn,
    refuse_volume,
)
from hardware.sound.client import SoundWorker, WorkerSettings
from hardware.sound.held_sink import HeldSink
from hardware.sound.outstanding import CHANGED, Asked, Outstanding, file_of
from hardware.sound.protocol import Answer, request_fields
from hardware.sound.steady_clock import as_instant, as_us, monotonic_us, wall_ahead_us
from hardware.sound.ways import way_named
from hardware.system_clock import SystemClock

ANSWER_WITHIN_S, READY_WITHIN_S = 5.0, 10.0


class VlcOutput:
    """Fulfils the `AudioOutput` contract; see `hardware.ports`.

    `way` is `auto` (the sound server, else ALSA's default device), `pulse`, `alsa` or `none`; `device` names
    a sink or an ALSA device. `on_trouble` hears of workers that had to be replaced; `on_line` why nothing can
    be heard, and None when it can, before `warm_up` returns and whenever it may have changed. `warm_up`
    raises `AudioUnavailable` where VLC is missing; without it, the first `Failed` says so.
    """

    def __init__(
        self,
        on_event: OnOutputEvent,
        clock: Clock | None = None,
        *,
        way: str = "auto",
        device: str | None = None,
        on_trouble: OnTrouble = lambda _: None,
        on_line: OnLine = lambda _: None,
    ) -> None:
        way_named(way, device)  # refuses what there is not
        self._on_event, self._on_trouble, self._on_line = on_event, on_trouble, on_line
        self._clock: Clock = clock or SystemClock()
        self._lock = threading.RLock()
        self._outstanding = Outstanding()
        self._capture: tuple[Path, int] | None = None
        self._answers: dict[int, queue.SimpleQueue[Answer]] = {}
        self._unavailable: str | None = None
        self._line_fault: str | None = None
        self._settled = threading.Event()
        self._lost: str | None = None
        self._ready = False
        self._sink = HeldSink(device) if way in ("auto", "pulse") else None
        self._worker = SoundWorker(WorkerSettings(way, device), self, self._clock)
        self._worker.start()

    @property
    def worker_pid(self) -> int | None:
        """The process id of the worker, None between two."""
        return self._worker.pid

    @property
    def line_fault(self) -> str | None:
        """Why the way out could not be opened when it was tried last. None: it is, or there is none."""
        return self._line_fault

    def warm_up(self) -> None:
        """Wait until VLC is loaded and the way out was tried, at most 10 s. Raises `OutputNotReady` then."""
        if not self._settled.wait(READY_WITHIN_S):
            raise OutputNotReady(f"the sound worker was not ready within {READY_WITHIN_S:g} s")
        if self._unavailable is not None:
            raise AudioUnavailable(self._unavailable)

    def prepare(self, request: PlayRequest) -> None:
        """Open the file ahead."""
        self._worker.send("prepare", **request_fields(self._on_steady_clock(request)))

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""
        with self._lock:
            if self._unavailable is not None:
                self._on_event(Failed(request.key, f"{request.path.name}: {self._unavailable}"))
                return
            steady = self._on_steady_clock(request)
            at_us = None if steady.not_before is None else as_us(steady.not_before)
            asked = self._outstanding.ask(request, at_us, file_of(request.path))
            self._send_play(asked)

    def take_back(self, key: str) -> None:
        """End this one sound, heard or waiting."""
        with self._lock:
            for asked in self._outstanding.of_key(key):
                asked.ending = True
                if self._worker.send("take_back", key=str(asked.number)) is None:
                    self._end_without_worker(asked)

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays, after fading for `fade_ms`."""
        with self._lock:
            sent = self._worker.send("stop", fade_ms=fade_ms)
            for asked in self._outstanding.all():
                asked.ending = True
                if sent is None:
                    self._end_without_worker(asked)

    def set_volume(self, volume_percent: int) -> None:
        """Make what plays louder or softer. Raises `BadSetting` out of 0–100."""
        refuse_volume(volume_percent)
        with self._lock:
            self._outstanding.set_volume(volume_percent)
            self._worker.send("set_volume", percent=volume_percent)

    def begin_capture(self, path: Path) -> datetime:
        """Keep what the line carries from now on in a WAV file. Answers the instant of its sample 0.

        A capture under way ends. When the worker is replaced, the file goes on, with silence in between.
        Raises `AudioUnavailable` when the file cannot be made.
        """
        first_us = self._ask("begin_capture", path=str(path), first_sample_us=None)
        with self._lock:
            self._capture = (path, first_us)
        return self._wall(first_us)

    def end_capture(self) -> int:
        """Finish the file; answers how many samples it holds. Raises `CallerError` when none was begun, and
        `AudioUnavailable` when the disk refused a part of it."""
        with self._lock:
            self._capture = None
        return self._ask("end_capture")

    def close(self) -> None:
        """End what plays and what is captured. Twice is harmless."""
        with self._lock:
            for asked in self._outstanding.all():
                asked.ending = True
        self._worker.close()
        if self._sink is not None:
            self._sink.close()
        with self._lock:
            for asked in self._outstanding.all():
                self._end_without_worker(asked)

    # -- the worker's word, on the client's thread -----------------------------------------------------------

    def busy(self) -> bool:
        """Whether the worker is to be watched closely."""
        return bool(self._outstanding) or self._capture is not None

    def worker_ready(self, fault: str | None) -> None:
        """Bring a new worker to where the last one was."""
        with self._lock:
            self._unavailable, self._ready = None, True
            if self._capture is not None:
                path, first_us = self._capture
                self._worker.send("begin_capture", path=str(path), first_sample_us=first_us)
            resumed = self._outstanding.resume(monotonic_us(), file_of)
            for asked in resumed.changed:
                self._on_event(self._failed(asked, CHANGED))
            for asked in resumed.overdue:
                self._on_event(self._finished(asked))
            for asked in resumed.again:
                self._send_play(asked)
        self.way_out_changed(fault)
        self._settled.set()

    def way_out_changed(self, fault: str | None) -> None:
        """Tell, and hold what is open."""
        self._line_fault = fault
        if self._sink is not None and fault is None:
            self._sink.hold()
        self._on_line(fault)

    def worker_unavailable(self, message: str) -> None:
        """Nothing can be played; say so to who waits."""
        with self._lock:
            self._unavailable = message
            for asked in self._outstanding.all():
                self._outstanding.over(asked)
                self._on_event(self._failed(asked, message))
        self._on_line(message)
        self._settled.set()

    def worker_told(self, told: AudioEvent | Answer) -> None:
        """Pass on what came of a request."""
        with self._lock:
            if isinstance(told, Answer):
                self._outstanding.progress(told.sounds, monotonic_us())
                waiting = self._answers.pop(told.id, None)
                if waiting is not None:
                    waiting.put(told)
            elif (asked := self._outstanding.of_number(told.key)) is not None:
                self._pass_on(asked, told)

    def worker_lost(self, why: str, *, hung: bool) -> None:
        """Account for what is over by that."""
        with self._lock:
            lost = self._outstanding.lost(monotonic_us(), hung=hung)
            for asked in lost.finished:
                self._on_event(self._finished(asked))
            for asked in lost.failed:
                self._on_event(self._failed(asked, f"{why}, also when tried again"))
            for asked in self._outstanding.all():
                if asked.first_us is not None and asked.lost_us is not None:
                    self._on_event(Stalled(asked.request.key, self._wall(asked.lost_us)))
            for number in list(self._answers):
                self._answers.pop(number).put(Answer(number, refused=f"{why}; it is started again"))
            self._lost = why
            was_ready, self._ready = self._ready, False
            if was_ready and not self._outstanding:
                self._on_trouble(OutputTrouble(f"{why}; it is started again", self._clock.now()))

    # -- inside ----------------------------------------------------------------------------------------------

    def _pass_on(self, asked: Asked, told: AudioEvent) -> None:
        match told:
            case Started(first_sample_at=at):
                silent_ms = self._outstanding.started(asked, as_us(at))
                if silent_ms is None:
                    self._on_event(Started(asked.request.key, self._wall(as_us(at))))
                else:
                    self._tell_trouble(asked, as_us(at), silent_ms)
            case Finished(last_sample_at=at, played_ms=played_ms, cut=cut):
                self._outstanding.over(asked)
                whole_ms = played_ms + asked.before_ms
                self._on_event(Finished(asked.request.key, self._wall(as_us(at)), whole_ms, cut))
            case Failed(message=message, played_ms=played_ms, moved_at=moved_at):
                self._outstanding.over(asked)
                at_us = None if moved_at is None else as_us(moved_at)
                asked.before_ms += played_ms
                self._on_event(self._failed(asked, message, at_us))

    def _tell_trouble(self, asked: Asked, at_us: int, silent_ms: int) -> None:
        self._on_event(WentOn(asked.request.key, self._wall(at_us), silent_ms))
        said = f"{self._lost}; {asked.request.path.name} went on after {silent_ms} ms of silence"
        self._on_trouble(OutputTrouble(said, self._wall(at_us), asked.request.key, silent_ms))

    def _send_play(self, asked: Asked) -> None:
        self._worker.send("play", **request_fields(asked.to_send()))

    def _end_without_worker(self, asked: Asked) -> None:
        self._outstanding.over(asked)
        self._on_event(self._finished(asked))

    def _finished(self, asked: Asked) -> Finished:
        at = self._clock.now() if asked.lost_us is None else self._wall(asked.lost_us)
        return Finished(asked.request.key, at, asked.before_ms, cut=not asked.has_ended())

    def _failed(self, asked: Asked, message: str, moved_us: int | None = None) -> Failed:
        moved_us = moved_us or asked.lost_us
        moved_at = None if moved_us is None else self._wall(moved_us)
        text = message if asked.request.path.name in message else f"{asked.request.path.name}: {message}"
        return Failed(asked.request.key, text, asked.before_ms, moved_at)

    def _ask(self, do: str, **fields: Any) -> int:
        """Have something done by the worker and wait for it. Raises what it refuses."""
        self.warm_up()
        answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        with self._lock:
            number = self._worker.send(do, **fields)
            if number is None:
                raise AudioUnavailable("the sound worker is being started again; try later")
            self._answers[number] = answers
        try:
            answer = answers.get(timeout=ANSWER_WITHIN_S)
        except queue.Empty:
            raise AudioUnavailable(f"the audio output did not answer within {ANSWER_WITHIN_S:g} s") from None
        if answer.refused is not None:
            raise CallerError(answer.refused) if answer.by_caller else AudioUnavailable(answer.refused)
        return answer.value

    def _on_steady_clock(self, request: PlayRequest) -> PlayRequest:
        at = request.not_before
        if at is None:
            return request
        return replace(request, not_before=as_instant(as_us(at) - wall_ahead_us(self._clock.now)))

    def _wall(self, time_us: int) -> datetime:
        return as_instant(time_us + wall_ahead_us(self._clock.now))
