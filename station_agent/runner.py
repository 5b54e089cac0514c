"""The playout thread: it owns playout's state and beats for the relays.

Events come through a queue: from the relay guard, the output, the audio check, the plan cache and the alarm.
While something is on its way the thread wakes at least five times a second, so that the relays' heartbeat is
this loop's own: if it wedges, the guard opens them. At rest no relay is closed, and once a second is enough.
An error it did not expect ends it; the process stops in order and is started anew: the journal knows what was
on the air, and a confused loop must not go on. `execution` is what an event leads to.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from hardware.ports import AudioOutput, Clock, Relay
from station_agent.alarm import Alarm
from station_agent.audio_store import AudioStore
from station_agent.capture import Capture
from station_agent.execution import Execution
from station_agent.journal import Journal
from station_agent.log import log
from station_agent.phases import Phase
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import Event, Stopping, Tick
from station_agent.surface import Surface
from station_agent.watchdog import tell_systemd

BEAT_EVERY_S = 0.15
REST_S = 0.9
LOOK_EVERY_S = 1.0
STOP_WITHIN_S = 4.0


class Runner:
    """The playout thread. `on_second` is called once a second, `on_report` when the province should hear,
    `on_end` when playout has ended, whatever ended it."""

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
        on_end: Callable[[], None],
        guard_deadline_s: float = 1.0,
    ) -> None:
        self.failure: BaseException | None = None
        self.ended = threading.Event()
        self._clock, self._inbox, self._on_second, self._on_end = clock, inbox, on_second, on_end
        self._alarm = Alarm(lambda: inbox.put(Tick()))
        self._checks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="audio-check")
        surface = Surface(
            clock=clock,
            journal=journal,
            audio=audio,
            output=output,
            relay=relay,
            capture=capture,
            put=inbox.put,
            arm=self._alarm.arm,
            aside=self._checks.submit,
            on_report=on_report,
            guard_deadline_s=guard_deadline_s,
        )
        self._execution = Execution(state, surface)
        self._thread = threading.Thread(target=self._run, name="playout", daemon=True)

    @property
    def state(self) -> PlayoutState:
        """What playout knew at the end of its last step; any thread may look."""
        return self._execution.state

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
        except Exception as error:  # edge of a runner: relays open, and the service starts it anew
            self.failure = error
            log.exception("playout_failed")
        finally:
            self._execution.end()
            self.ended.set()
            self._on_end()

    def _loop(self) -> None:
        look_at_s = 0.0
        while not self._execution.is_over:
            try:
                at_rest = self._execution.state.phase is Phase.IDLE
                event: Event = self._inbox.get(timeout=REST_S if at_rest else BEAT_EVERY_S)
            except queue.Empty:
                event = Tick()
            if isinstance(event, Tick) and not self._inbox.empty():
                continue  # what else has arrived tells that time has passed, too, and more
            self._execution.turn(event)
            if self._clock.monotonic() >= look_at_s:
                look_at_s = self._clock.monotonic() + LOOK_EVERY_S
                self._look_around()

    def _look_around(self) -> None:
        """Once a second: does the alarm's thread live, what is there to see."""
        state = self._execution.state
        if not self._alarm.is_alive():
            log.error("alarm_died")
            self._alarm.restart(state.alarm)
        self._on_second(state, self._clock.now())
        tell_systemd("WATCHDOG=1")
