"""The only wiring of the village PC. Starts in order, stops in reverse, whatever happens in between.

Broadcasts do not wait for the network: playout runs from the plan on disk before the province is asked.
"""

from __future__ import annotations

import queue
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from hardware.errors import HardwareError
from hardware.guard.client import GuardedRelays
from hardware.ports import Clock
from hardware.system_clock import SystemClock
from schedules.wire.base import format_instant
from schedules.wire.report import StationHealth
from station_agent import boot
from station_agent.alert_book import AlertBook
from station_agent.audio_check import beside_the_plan
from station_agent.audio_store import AudioStore
from station_agent.back_off import BackOff
from station_agent.clock import judge
from station_agent.config import Settings
from station_agent.end_signal import EndSignal
from station_agent.folder_lock import hold_folder
from station_agent.identity import load_identity, load_keyring
from station_agent.journal import Journal
from station_agent.journal_disk import JournalFolder
from station_agent.live_state import LiveFile, Surroundings, describe
from station_agent.local_ways import LocalWays
from station_agent.log import log
from station_agent.network import NetworkLoop
from station_agent.output_wiring import OutputHealth, open_capture, open_output
from station_agent.plan_cache import PlanCache
from station_agent.plan_swap import keep_what_is_owed
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import AudioArrived, ClockTrust, Event, PlanSwapped
from station_agent.reporting import Reporter, free_bytes, temperature_c
from station_agent.reserve import Reserve
from station_agent.runner import Runner
from station_agent.server_link import ServerLink
from station_agent.sync import Sync
from station_agent.time_keeping import TimeKeeping
from station_agent.watchdog import tell_systemd


class Station:
    """One running agent, put together from its data folder. `run` returns the process's exit code."""

    def __init__(self, data: Path, settings: Settings, clock: Clock | None = None) -> None:
        self._data, self._settings, self._wiring = data, settings, settings.wiring
        self._clock: Clock = clock or SystemClock()
        self._inbox: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self._end = EndSignal()
        self._stopping = self._end.told
        self._live = LiveFile(data)
        self._heard = OutputHealth(self._tell, self._wake_reporter)
        self._board: tuple[bool, str | None] = (False, None)
        self._runner: Runner | None = None
        self._reporter: Reporter | None = None
        self._network: NetworkLoop | None = None
        self._ways: LocalWays | None = None

    def run(self) -> int:
        """Until SIGTERM or SIGINT: 0; or until playout fails: 1."""
        with ExitStack() as stack:
            stack.enter_context(hold_folder(self._data))
            self._open_books(stack)
            self._open_hardware(stack)
            self._open_link(stack)
            runner = self._start_playout(stack)
            self._open_local_ways(stack, runner)
            self._start_network(stack)
            tell_systemd("READY=1")
            log.info("station_runs", station=self._identity.station, plan=self._plan_serial())
            self._end.wait()
            tell_systemd("STOPPING=1")
        failed = runner.failure is not None
        if not failed:
            now = self._clock.now()
            self._live.write({"running": False, "at": format_instant(now)}, now)
        log.info("station_ended", station=self._identity.station, failed=failed)
        return 1 if failed else 0

    # -- in the order of starting --------------------------------------------------------------------------

    def _open_books(self, stack: ExitStack) -> None:
        now = self._clock.now()
        self._identity = load_identity(self._data)
        self._keyring = load_keyring(self._data)
        self._reserve = Reserve(self._data / "journal.reserve")
        self._journal = Journal(JournalFolder(self._data, self._reserve), now)
        stack.callback(self._journal.close)
        self._start = boot.note_start(self._journal, now, boot.boot_id())
        stack.callback(self._end_books)
        last_known = self._start.last_known
        self._time = TimeKeeping(self._clock, last_known)
        early = judge(now, plan_issued_at=None, last_known=last_known, server_offset=None)
        self._audio = AudioStore(self._data / "audio")
        self._plans = PlanCache(
            self._data / "plans", self._keyring, self._identity.station, now, clock_trusted=early.trusted
        )
        for line in self._plans.refused:
            self._tell("plan_refused", "plan on disk", f"{line}; it is fetched again")
        self._plans.swap_if_ready(now, self._audio.has, partial(keep_what_is_owed, self._journal))
        folder, station = self._data / "alerts", self._identity.station
        self._alerts = AlertBook(folder, self._keyring, station, self._clock, self._tell)
        self._alerts.clock_trusted = early.trusted

    def _end_books(self) -> None:
        if self._runner is not None and self._runner.failure is None:
            boot.note_end(self._journal)

    def _open_hardware(self, stack: ExitStack) -> None:
        self._output = open_output(
            self._settings.output, self._inbox.put, self._tell, self._clock, self._heard
        )
        stack.callback(self._output.close)
        try:
            self._output.warm_up()
        except HardwareError as error:
            self._heard.line(str(error))
        duty = self._wiring.duty
        self._relay: GuardedRelays | None = None
        if duty is not None:
            self._relay = GuardedRelays(duty, self._inbox.put, self._clock)
            stack.callback(self._relay.close)

    def _open_link(self, stack: ExitStack) -> None:
        self._link = ServerLink(self._settings.server.url, self._clock, self._identity)
        stack.callback(self._link.close)
        self._sync = Sync(
            self._data,
            self._link,
            self._keyring,
            self._plans,
            self._audio,
            self._clock,
            on_swap=lambda plan: self._inbox.put(PlanSwapped(plan)),
            on_audio=lambda sha256: self._inbox.put(AudioArrived(sha256)),
            tell=self._tell,
            urgent_audio=self._alerts.wanted_audio,
            in_use=self._audio_in_use,
            before_swap=partial(keep_what_is_owed, self._journal),
        )

    def _start_playout(self, stack: ExitStack) -> Runner:
        now = self._clock.now()
        has_board = self._relay is not None
        self._judge_clock(now)
        state = boot.recall(
            self._journal,
            self._start,
            now,
            self._wiring,
            has_board=has_board,
            clock_trusted=self._time.verdict.trusted,
        )
        self._capture = open_capture(self._settings, self._output, self._data, self._tell, self._clock)
        self._runner = runner = Runner(
            state,
            clock=self._clock,
            journal=self._journal,
            audio=self._audio,
            output=self._output,
            relay=self._relay,
            inbox=self._inbox,
            capture=self._capture,
            on_report=self._wake_reporter,
            on_second=self._look,
            on_end=self._end.tell,
            guard_deadline_s=self._wiring.limits.deadline_ms / 1000,
        )
        if self._plans.current is not None:  # before anything else: what is owed keeps its quiet hours
            self._inbox.put(PlanSwapped(self._plans.current))
        stack.callback(runner.stop)
        runner.start()
        return runner

    def _open_local_ways(self, stack: ExitStack, runner: Runner) -> None:
        ways = LocalWays(
            self._data,
            self._clock,
            lambda: runner.state,
            self._inbox.put,
            self._audio,
            self._alerts,
            self._sync,
        )
        stack.callback(ways.close)
        self._ways = ways
        ways.start()

    def _start_network(self, stack: ExitStack) -> None:
        back_off = BackOff(self._data / "back-off.json", self._clock, self._stopping)
        reports = self._settings.reports
        network = NetworkLoop(self._sync, self._link, back_off, self._clock, reports.sync_every_s)
        network.start(self._stopping)
        self._network = network
        stack.callback(network.join)
        reporter = Reporter(
            self._identity,
            self._link,
            self._journal,
            self._clock,
            self._health,
            self._plan_serial,
            reports.every_s,
        )
        reporter.start()
        self._reporter = reporter
        stack.callback(reporter.stop)
        stack.callback(self._stopping.set)

    # -- while it runs -------------------------------------------------------------------------------------

    def _look(self, state: PlayoutState, now: datetime) -> None:
        """Once a second, on the playout thread."""
        stepped = self._time.step()
        if stepped is not None:
            self._link.clock_stepped(stepped)
        self._judge_clock(now)
        found = (self._time.verdict.trusted, self._time.settled)
        if found != (state.clock_trusted, state.clock_settled):
            self._inbox.put(ClockTrust(*found))
        if stepped is not None and self._ways is not None:
            self._ways.tell_what_is_in_force()
        certain = self._time.to_remember(now, self._link.offset)
        if certain is not None:
            boot.note_alive(self._journal, certain)
        if (full := self._reserve.news()) is not None:
            self._tell("disk_full", "journal", full)
        self._board = (state.board_ready, state.board_fault)
        around = self._surroundings()
        self._live.write(describe(state, around, now), now)

    def _judge_clock(self, now: datetime) -> None:
        before = self._time.verdict.trusted
        self._time.judge(now, self._plans.newest, self._link.offset)
        verdict = self._time.verdict
        if verdict.trusted != before:
            self._tell(
                "clock_trusted" if verdict.trusted else "clock_untrusted", "clock", verdict.why or "set"
            )
        self._sync.clock_trusted = self._alerts.clock_trusted = verdict.trusted
        self._alerts.last_known = self._time.last_known

    def _surroundings(self) -> Surroundings:
        boards, network = self._wiring.boards, self._network
        return Surroundings(
            station=self._identity.station,
            village=self._identity.village,
            board=", ".join(board.kind for board in boards) or None,
            port=", ".join(board.port for board in boards) or None,
            relays=self._relay.states() if self._relay is not None else {},
            time=self._time.verdict,
            clock_offset_ms=self._offset_ms(),
            network_ok=network.ok if network is not None else False,
            network_message=network.message if network is not None else "starting",
            last_contact=network.last_contact if network is not None else None,
            audio_missing=self._sync.missing(),
            unreported=self._journal.number - self._journal.acknowledged,
            heard=self._capture.heard_words,
        )

    def _health(self) -> StationHealth:
        ready, fault = self._board
        return StationHealth(
            disk_free_bytes=free_bytes(self._data),
            relay_ok=None if self._relay is None else ready,
            relay_message=None if self._relay is None or not fault else fault[:500],
            output_ok=self._heard.ok,
            clock_trusted=self._time.verdict.trusted,
            clock_offset_ms=self._offset_ms(),
            temperature_c=temperature_c(),
            power_cuts=self._start.power_cuts,
            audio_missing=self._sync.missing(),
        )

    def _offset_ms(self) -> int | None:
        offset = self._link.offset
        return None if offset is None else int(offset / timedelta(milliseconds=1))

    def _audio_in_use(self) -> frozenset[str]:
        return frozenset() if self._runner is None else beside_the_plan(self._runner.state)

    def _plan_serial(self) -> int:
        return self._plans.current.serial if self._plans.current is not None else 0

    def _tell(self, code: str, subject: str, message: str) -> None:
        log.warning("incident", code=code, subject=subject, message=message)
        self._journal.incident(code, subject, message, self._clock.now())
        self._wake_reporter()

    def _wake_reporter(self) -> None:
        if self._reporter is not None:
            self._reporter.wake()
