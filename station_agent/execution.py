"""What one event leads to: playout decides, and its commands are executed in the order given.

No thread, no queue, no waiting: whoever calls `turn` is the one thread that owns playout's state. The runner
does so on the machine's clock; the simulation does so in virtual time, through this same code.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hardware.ports import (
    BoardReady,
    OutputEvent,
    PlayRequest,
    RelayCause,
    RelayEvent,
    RelayFault,
    RelayState,
)
from schedules.wire.report import Airing
from station_agent import standstill
from station_agent.checked_audio import CheckedAudio
from station_agent.clock import ClockReading
from station_agent.clock_reading import step_since
from station_agent.kept_desk import keep_desk
from station_agent.log import log
from station_agent.phases import Phase
from station_agent.planned import Cue
from station_agent.playout import step
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import (
    ArmAlarm,
    AudioUnfit,
    BeginCapture,
    CheckAudio,
    ClockStepped,
    Command,
    EndCapture,
    Event,
    JournalIncident,
    JournalIntent,
    JournalOutcome,
    JournalProgress,
    KeepDesk,
    KeepOwed,
    Play,
    Prepare,
    RelayOff,
    RelayOn,
    ReportNow,
    SetVolume,
    StopOutput,
    StreamBroke,
    TakeBack,
    Tick,
)
from station_agent.surface import Stream, Surface

RELAYS_WORD = (RelayState, RelayFault, BoardReady)
HEARD_FIRST = OutputEvent | RelayEvent | Tick
"""After a standstill: what sounded and switched meanwhile, before what somebody wants now."""


class Execution:
    """Playout's state, and its commands as they are executed. Used on one thread."""

    def __init__(self, state: PlayoutState, on: Surface) -> None:
        self.state = state
        self._on, self._clock, self._relay = on, on.clock, on.relay
        self._live: Stream | None = None
        self._audio = CheckedAudio(on, self._incident)
        self._reading: ClockReading = (on.clock.now(), on.clock.monotonic())
        self._beat_s = on.clock.monotonic()
        self._put_back: Event | None = None
        self._do: dict[type[Any], Callable[[Any], None]] = {
            CheckAudio: self._audio.check,
            RelayOn: self._relay_on,
            RelayOff: self._relay_off,
            Prepare: lambda command: on.output.prepare(self._request(command.cue, command)),
            Play: self._play,
            TakeBack: lambda command: on.output.take_back(command.item),
            StopOutput: self._stop_output,
            BeginCapture: lambda command: on.capture.begin(command.broadcast),
            EndCapture: lambda command: on.capture.end(command.broadcast),
            JournalIntent: lambda command: on.journal.intent(command.airing),
            JournalProgress: lambda command: on.journal.progress(command.airing),
            JournalOutcome: lambda command: self._outcome(command.airing),
            JournalIncident: self._incident,
            KeepOwed: lambda command: on.journal.keep_owed(command.owed),
            KeepDesk: lambda command: keep_desk(on.journal, command.desk),
            SetVolume: lambda command: on.output.set_volume(command.volume_percent),
            ReportNow: lambda _command: on.on_report(),
            ArmAlarm: lambda command: on.arm(command.at),
        }

    @property
    def is_over(self) -> bool:
        """Whether it was told to stop and has brought everything to its end."""
        return self.state.stopping and self.state.phase is Phase.IDLE

    def turn(self, event: Event) -> None:
        """Take one event, by the clock as it is now; then beat for the relays."""
        self._notice_a_step()
        stood_still = self._notice_a_standstill()
        if stood_still and not isinstance(event, HEARD_FIRST) and event is not self._put_back:
            self._put_back = event
            self._on.put(event)  # behind what was said meanwhile
        else:
            self._take(event)
        self._notice_a_standstill()  # it may have happened meanwhile
        if self._relay is not None:
            self._relay.beat()
        self._beat_s = self._clock.monotonic()

    def end(self) -> None:
        """Open every relay and let a stream go, whatever state this is in."""
        if self._relay is not None:
            self._relay.all_off()
        self._end_live()
        self._on.capture.close()

    def _take(self, event: Event) -> None:
        if isinstance(event, RELAYS_WORD):
            self._log_relay(event)
        self.state, commands = step(self.state, self._clock.now(), event)
        for command in commands:
            self._execute(command)

    def _execute(self, command: Command) -> None:
        kind = type(command)
        if kind is not JournalProgress and kind is not ArmAlarm:
            log.debug("command", command=command)
        self._do[kind](command)

    def _notice_a_step(self) -> None:
        """Did the wall clock jump? Asked before each event, so that none is judged by the other time."""
        self._reading, stepped = step_since(self._reading, self._clock)
        if stepped is not None:
            wall = self._reading[0]
            by_ms = int(stepped.total_seconds() * 1000)
            log.warning("clock_stepped", by_ms=by_ms)
            message = f"the clock jumped by {by_ms} ms"
            self._on.journal.incident("clock_stepped", "clock", message, wall)
            if self._stood_still_s() > 0:  # by the clock that its deadlines are of
                self.state = standstill.hear_first(self.state, wall - stepped)
            self._take(ClockStepped(by_ms))

    def _stood_still_s(self) -> float:
        """For how long more than the guard waits nothing was done here; negative while that is less."""
        return self._clock.monotonic() - self._beat_s - self._on.guard_deadline_s

    def _notice_a_standstill(self) -> bool:
        """Whether this process was stopped on the air until the guard opened the relays: that comes first."""
        run = self.state.run
        if run is None:
            return False
        over_s = self._stood_still_s()
        if over_s <= 0:
            return False
        at = self._clock.now() - timedelta(seconds=over_s)
        self._beat_s = self._clock.monotonic()
        log.warning("stood_still", for_s=round(over_s + self._on.guard_deadline_s, 3))
        if self.state.phase is Phase.WARMING:
            self.state = standstill.made_late(self.state, self._clock.now())
            self._take(ClockStepped(0))  # its instant has passed meanwhile: it is decided anew
        self.state = standstill.hear_first(self.state, self._clock.now())
        for channel in sorted({change.channel for change in run.relay_log if change.on}):
            self._take(RelayState(channel, False, False, at, RelayCause.HEARTBEAT_LOST))
        return True

    # -- commands ----------------------------------------------------------------------------------------

    def _request(self, cue: Cue, command: Play | Prepare) -> PlayRequest:
        return PlayRequest(
            key=cue.item.key,
            path=self._on.audio.path(cue.item.sha256 or ""),
            start_ms=cue.start_ms,
            volume_percent=command.volume_percent,
            not_before=command.at,
        )

    def _play(self, command: Play) -> None:
        if not self._audio.is_as_checked(command.cue.item):
            self._on.put(AudioUnfit(command.cue.item.key))
            return
        request = self._request(command.cue, command)
        self._end_live()
        if command.cue.item.url is not None:
            key, pipe = command.cue.item.key, self._on.audio.folder.parent / "live.pipe"
            self._live = self._on.open_stream(
                command.cue.item.url, pipe, lambda message: self._on.put(StreamBroke(key, message))
            )
            request = replace(request, path=self._live.pipe)
        self._on.output.play(request)

    def _stop_output(self, command: StopOutput) -> None:
        self._on.output.stop(command.fade_ms)
        self._end_live()

    def _end_live(self) -> None:
        if self._live is not None:
            self._live.close()
            self._live = None

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
        if self._on.capture.listens_to(airing):
            self._on.journal.progress(airing)  # what counts should nothing follow
            self._on.capture.note(airing)
            self._on.capture.weigh(airing, self._settle_weighed)
            return
        numbered = self._settle(airing)
        if numbered is not None:
            self._on.capture.note(numbered)

    def _settle_weighed(self, airing: Airing) -> None:
        """On the thread of the heard check; the journal takes entries from any."""
        if self._settle(airing) is not None:
            self._on.on_report()

    def _settle(self, airing: Airing) -> Airing | None:
        numbered = self._on.journal.outcome(airing)
        if numbered is not None:
            log.info(
                "airing",
                item=airing.item,
                outcome=airing.outcome,
                reason=airing.reason,
                evidence=airing.evidence,
                aired_ms=airing.aired_ms,
            )
        return numbered

    def _incident(self, command: JournalIncident) -> None:
        log.warning("incident", code=command.code, subject=command.subject, message=command.message)
        self._on.journal.incident(command.code, command.subject, command.message, self._clock.now())
        self._on.on_report()

    def _log_relay(self, event: RelayState | RelayFault | BoardReady) -> None:
        match event:
            case RelayState():
                log.info(
                    "relay",
                    channel=event.channel,
                    on=event.on,
                    confirmed=event.confirmed,
                    cause=event.cause,
                    switched_at=event.at,
                )
            case RelayFault():
                log.warning("relay_fault", code=event.code, message=event.message)
            case BoardReady():
                log.info("board_ready")
