"""Executes what playout commands: the one thread that owns its state and beats for the relays.

Events come through a queue: from the relay guard, the output, the audio check, the plan cache and the alarm.
The thread wakes at least five times a second, so that the relays' heartbeat is this loop's own: if it wedges,
the guard opens them. An error it did not expect ends it; the process stops in order and is started anew: the
journal knows what was on the air, and a confused loop must not go on.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog

from hardware.ports import (
    AudioOutput,
    BoardReady,
    Clock,
    PlayRequest,
    Relay,
    RelayCause,
    RelayFault,
    RelayState,
)
from schedules.wire.report import Airing
from station_agent.alarm import Alarm
from station_agent.audio_store import AudioStore
from station_agent.capture import Capture
from station_agent.clock import ClockReading, step_between
from station_agent.journal import Journal
from station_agent.live_stream import LiveStream
from station_agent.playout import step
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import (
    ArmAlarm,
    AudioChecked,
    BeginCapture,
    CheckAudio,
    ClockStepped,
    ClockTrust,
    Command,
    Cue,
    EndCapture,
    Event,
    JournalIncident,
    JournalIntent,
    JournalOutcome,
    JournalProgress,
    KeepOwed,
    Phase,
    Play,
    Prepare,
    RelayOff,
    RelayOn,
    ReportNow,
    StopOutput,
    Stopping,
    TakeBack,
    Tick,
)
from station_agent.watchdog import tell_systemd

BEAT_EVERY_S = 0.15
LOOK_EVERY_S = 1.0
STOP_WITHIN_S = 4.0

log = structlog.get_logger("playout")


class Runner:
    """The playout thread. `on_second` is called once a second; `on_report` when the province should hear."""

    def __init__(
        self,
        state: PlayoutState,
        *,
        clock: Clock,
        journal: Journal,
        audio: AudioStore,
        output: AudioOutput,
        relay: Relay | None,
        inbox: queue.SimpleQueue[Event],
        capture: Capture,
        on_report: Callable[[], None],
        on_second: Callable[[PlayoutState, datetime], None],
        guard_deadline_s: float = 1.0,
    ) -> None:
        self.state = state
        self.failure: BaseException | None = None
        self.ended = threading.Event()
        self._clock, self._journal, self._audio = clock, journal, audio
        self._output, self._relay, self._inbox, self._capture = output, relay, inbox, capture
        self._on_report, self._on_second = on_report, on_second
        self._live: LiveStream | None = None
        self._alarm = Alarm(lambda: inbox.put(Tick()))
        self._checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audio-check")
        self._reading = ClockReading(clock.now(), clock.monotonic())
        self._guard_deadline_s, self._beat_s = guard_deadline_s, clock.monotonic()
        self._thread = threading.Thread(target=self._run, name="playout", daemon=True)
        self._do: dict[type[Any], Callable[[Any], None]] = {
            CheckAudio: self._check_audio,
            RelayOn: self._relay_on,
            RelayOff: self._relay_off,
            Prepare: lambda command: output.prepare(self._request(command.cue, command)),
            Play: self._play,
            TakeBack: lambda command: output.take_back(command.item),
            StopOutput: self._stop_output,
            BeginCapture: lambda command: capture.begin(command.broadcast),
            EndCapture: lambda command: capture.end(command.broadcast),
            JournalIntent: lambda command: journal.intent(command.airing),
            JournalProgress: lambda command: journal.progress(command.airing),
            JournalOutcome: lambda command: self._outcome(command.airing),
            JournalIncident: self._incident,
            KeepOwed: lambda command: journal.keep_owed(command.owed),
            ReportNow: lambda _command: on_report(),
            ArmAlarm: lambda command: self._alarm.arm(command.at),
        }

    def start(self) -> None:
        """Begin; from here on the state belongs to the thread."""
        self._alarm.start()
        self._thread.start()

    def stop(self) -> None:
        """Account for what is on the air, open the relays, end. Bounded; twice is harmless."""
        self._inbox.put(Stopping())
        self.ended.wait(STOP_WITHIN_S)
        self._alarm.stop()
        self._checks.shutdown(wait=False, cancel_futures=True)

    # -- the loop ----------------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            self._loop()
        except Exception as error:
            self.failure = error
            log.exception("playout_failed")
        finally:
            if self._relay is not None:
                self._relay.all_off()
            self._end_live()
            self.ended.set()

    def _loop(self) -> None:
        look_at_s = 0.0
        while not (self.state.stopping and self.state.phase is Phase.IDLE):
            try:
                event: Event = self._inbox.get(timeout=BEAT_EVERY_S)
            except queue.Empty:
                event = Tick()
            self._notice_a_step()
            self._notice_a_standstill()
            self._take(event)
            if self._relay is not None:
                self._relay.beat()
            self._beat_s = self._clock.monotonic()
            if self._clock.monotonic() >= look_at_s:
                look_at_s = self._clock.monotonic() + LOOK_EVERY_S
                self._look_around()

    def _take(self, event: Event) -> None:
        if isinstance(event, RelayState | RelayFault | BoardReady):
            _log_relay(event)
        self.state, commands = step(self.state, self._clock.now(), event)
        for command in commands:
            self._execute(command)

    def _execute(self, command: Command) -> None:
        if not isinstance(command, JournalProgress | ArmAlarm):
            log.debug("command", command=command)
        self._do[type(command)](command)

    def _notice_a_step(self) -> None:
        """Did the wall clock jump? Asked before each event, so that none is judged by the other time."""
        reading = ClockReading(self._clock.now(), self._clock.monotonic())
        stepped = step_between(self._reading, reading)
        self._reading = reading
        if stepped is not None:
            by_ms = int(stepped.total_seconds() * 1000)
            log.warning("clock_stepped", by_ms=by_ms)
            self._journal.incident("clock_stepped", "clock", f"the clock jumped by {by_ms} ms", reading.wall)
            self._take(ClockTrust(self.state.clock_trusted, settled=False))  # a step may be a mistake
            self._take(ClockStepped(by_ms))

    def _notice_a_standstill(self) -> None:
        """Was this process stopped for so long that the guard opened the relays? Then that comes first."""
        over_s = self._clock.monotonic() - self._beat_s - self._guard_deadline_s
        run = self.state.run
        if over_s <= 0 or run is None:
            return
        at = self._clock.now() - timedelta(seconds=over_s)
        log.warning("stood_still", for_s=round(over_s + self._guard_deadline_s, 3))
        for channel in sorted({change.channel for change in run.relay_log if change.on}):
            self._take(RelayState(channel, False, False, at, RelayCause.HEARTBEAT_LOST))

    def _look_around(self) -> None:
        """Once a second: does the alarm's thread live, what is there to see."""
        if not self._alarm.is_alive():
            log.error("alarm_died")
            self._alarm.restart(self.state.alarm)
        self._on_second(self.state, self._clock.now())
        tell_systemd("WATCHDOG=1")

    # -- commands ----------------------------------------------------------------------------------------

    def _request(self, cue: Cue, command: Play | Prepare) -> PlayRequest:
        return PlayRequest(
            key=cue.item.key,
            path=self._audio.path(cue.item.sha256 or ""),
            start_ms=cue.start_ms,
            volume_percent=command.volume_percent,
            not_before=command.at,
        )

    def _play(self, command: Play) -> None:
        request = self._request(command.cue, command)
        self._end_live()
        if command.cue.item.url is not None:
            self._live = LiveStream(command.cue.item.url, self._audio.folder.parent / "live.pipe")
            request = replace(request, path=self._live.pipe)
        self._output.play(request)

    def _stop_output(self, command: StopOutput) -> None:
        self._output.stop(command.fade_ms)
        self._end_live()

    def _end_live(self) -> None:
        if self._live is not None:
            self._live.close()
            self._live = None

    def _check_audio(self, command: CheckAudio) -> None:
        def read() -> None:
            here = frozenset(one for one in command.hashes if self._audio.has(one))
            whole = frozenset(one for one in here if self._audio.is_whole(one))
            self._inbox.put(AudioChecked(command.broadcast, whole, command.hashes - whole))
            for sha256 in here - whole:  # not what has arrived since: it was verified on its way
                self._audio.drop(sha256)  # the next sync brings it again
                message = "audio on the disk had other bytes than approved; it is fetched again"
                self._incident(JournalIncident("audio_refused", sha256, message))

        self._checks.submit(read)

    def _relay_on(self, command: RelayOn) -> None:
        for channel in command.channels:
            if self._relay is not None and channel <= self._relay.channels:
                self._relay.set(channel, True, max_on_ms=command.max_on_ms)
            else:
                self._incident(
                    JournalIncident("relay_failed", f"channel {channel}", "the board has no such channel")
                )

    def _relay_off(self, command: RelayOff) -> None:
        for channel in command.channels:
            if self._relay is not None and channel <= self._relay.channels:
                self._relay.set(channel, False)

    def _outcome(self, airing: Airing) -> None:
        numbered = self._journal.outcome(airing)
        if numbered is not None:
            self._capture.note(numbered)
            log.info(
                "airing",
                item=airing.item,
                outcome=airing.outcome.value,
                reason=airing.reason,
                evidence=airing.evidence.value,
                aired_ms=airing.aired_ms,
            )

    def _incident(self, command: JournalIncident) -> None:
        log.warning("incident", code=command.code, subject=command.subject, message=command.message)
        self._journal.incident(command.code, command.subject, command.message, self._clock.now())
        self._on_report()


def _log_relay(event: RelayState | RelayFault | BoardReady) -> None:
    match event:
        case RelayState():
            log.info(
                "relay",
                channel=event.channel,
                on=event.on,
                confirmed=event.confirmed,
                cause=event.cause.value,
                switched_at=event.at.isoformat(timespec="milliseconds"),
            )
        case RelayFault():
            log.warning("relay_fault", code=event.code.value, message=event.message)
        case BoardReady():
            log.info("board_ready")
