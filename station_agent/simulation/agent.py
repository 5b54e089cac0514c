"""One life of the station agent in virtual time: real journal, real playout, real execution of its commands.

What `bootstrap.Station` does with threads, sockets and the machine's clock is done here in order and at once.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from schedules.wire.plan import Plan
from schedules.wire.report import Airing
from station_agent import boot
from station_agent.capture import Capture
from station_agent.execution import Execution
from station_agent.journal import Journal
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import (
    AlertCame,
    ClockTrust,
    Command,
    Event,
    JournalIntent,
    KeepOwed,
    PlanSwapped,
    Tick,
)
from station_agent.simulation.arrivals import Arrivals, Errand
from station_agent.simulation.clock import SECOND_US
from station_agent.simulation.recordings import FOLDER, SimulatedStream
from station_agent.surface import Surface
from station_agent.time_keeping import TimeKeeping

if TYPE_CHECKING:
    from station_agent.simulation.machine import Machine

BOOT_US = 1_200_000
"""From the start of the process until the board is ready; playout runs already."""
CHECK_US = 40_000
"""So long the reading of a broadcast's audio takes."""
LOOK_EVERY_US = SECOND_US
IDLE_TICK_US = 24 * 3600 * SECOND_US
BUSY_TICK_US = 600 * SECOND_US
"""Besides the alarm, and just before each fault. That more ticks change nothing is tried by `test_ticks`.

The agent marks what was heard each second. That matters to who dies; see `Machine.in_danger`."""
MARK_US = SECOND_US
TICK = Tick()
BEAT_US, REST_US = 150_000, 900_000
"""How often the runner looks by itself: with something on its way, and at rest."""
SETTLED_US = 125 * SECOND_US
"""A steady clock is believed by then."""


class _Journal(Journal):
    """The real one; who keeps the promises hears of every outcome, also when death follows the commit."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        super().__init__(machine.disk, machine.clock.now())

    def outcome(self, airing: Airing) -> Airing | None:
        try:
            numbered = super().outcome(airing)
        except BaseException:
            if self._machine.disk.holds("entries", airing.item):
                self._machine.promises.journalled(airing)
            raise
        if numbered is None:
            self._machine.promises.journalled_twice(airing)
        else:
            self._machine.promises.journalled(numbered)
        return numbered


class _Execution(Execution):
    """The real one, with a boundary before every command."""

    def __init__(self, machine: Machine, state: PlayoutState, on: Surface) -> None:
        super().__init__(state, on)
        self._machine = machine

    def beat_on(self) -> None:
        """It has gone round all the while: only what it did nothing in was left out."""
        self._beat_s = self._clock.monotonic()

    def _take(self, event: Event) -> None:
        self._machine.trace.took(event)
        super()._take(event)

    def _execute(self, command: Command) -> None:
        machine = self._machine
        if machine.fuse.is_lit:
            machine.fuse.boundary()
        machine.trace.commanded(command)
        kind = type(command)
        if kind is KeepOwed or kind is JournalIntent:
            self._keep(command)
        else:
            super()._execute(command)

    def _keep(self, command: Command) -> None:
        """What the promises hang on is told to who keeps them, just before and once it is kept."""
        promises = self._machine.promises
        if isinstance(command, JournalIntent):
            promises.intends(command.airing.item, self.state)
        elif isinstance(command, KeepOwed):
            promises.accounts.wanted(command.owed)
        super()._execute(command)
        if isinstance(command, KeepOwed):
            promises.accounts.kept(command.owed)


class Agent:
    """Made on a machine that is up; any statement of its start may be its last."""

    def __init__(self, machine: Machine) -> None:
        self._machine, clock = machine, machine.clock
        self.arrivals = Arrivals(clock)
        self.offset: timedelta | None = None
        self.alarm_us: int | None = None
        self._look_at_us = 0
        self._turned_us = clock.us
        now = clock.now()
        self.journal = _Journal(machine)
        start = boot.note_start(self.journal, now, machine.boot_id)
        self._time = TimeKeeping(clock, start.last_known)
        relays = None
        if machine.board is not None:
            relays = machine.board.serve(self._put)
            self.arrivals.put(machine.board.begin, BOOT_US)
        self._time.judge(now, machine.plan, None)
        trusted = self._time.verdict.trusted
        state = boot.recall(
            self.journal, start, now, machine.wiring, has_board=relays is not None, clock_trusted=trusted
        )
        output = machine.new_loudspeaker(self._put)
        surface = Surface(
            clock=clock,
            journal=self.journal,
            audio=machine.audio,
            output=output,
            relay=relays,
            capture=Capture(output, FOLDER),
            put=self._put,
            arm=self._arm,
            aside=lambda act: self.arrivals.put(act, CHECK_US),
            on_report=machine.wants_contact,
            open_stream=SimulatedStream,
        )
        self._execution = _Execution(machine, state, surface)
        self.arrivals.put(Tick(), SETTLED_US)
        if machine.plan is not None:
            self._put(PlanSwapped(machine.plan))
        self._tell_what_is_in_force()

    @property
    def state(self) -> PlayoutState:
        """What playout knows."""
        return self._execution.state

    @property
    def is_over(self) -> bool:
        """Whether it was told to stop and has."""
        return self._execution.is_over

    def due_us(self) -> int:
        """When it next has something to do."""
        due_us, now_us = self._turned_us + self._ticks_every_us(), self._machine.clock.us
        if self.alarm_us is not None and self.alarm_us < due_us:
            due_us = self.alarm_us if self.alarm_us > now_us else min(due_us, now_us)
        arrives_us = self.arrivals.next_us()
        return due_us if arrives_us is None or due_us < arrives_us else arrives_us

    def is_due(self) -> bool:
        """Whether that is now."""
        now_us, arrives_us = self._machine.clock.us, self.arrivals.next_us()
        if arrives_us is not None and arrives_us <= now_us:
            return True
        if self.alarm_us is not None and self.alarm_us <= now_us:
            return True
        return self._turned_us + self._ticks_every_us() <= now_us

    def _ticks_every_us(self) -> int:
        run = self._execution.state.run
        if run is None:
            return IDLE_TICK_US
        if run.deadline is not None and run.deadline <= self._machine.clock.now():
            return BEAT_US
        return MARK_US if self._machine.in_danger else BUSY_TICK_US

    def beat_on(self) -> None:
        """Time has passed, and it has not stood still."""
        self._execution.beat_on()

    def work(self) -> None:
        """Take everything that has arrived by now, or a look at the time."""
        event: Event = TICK
        while (arrived := self.arrivals.take()) is not None:
            if callable(arrived):
                self._run_errand(arrived)
            elif not isinstance(arrived, Tick):
                self.turn(arrived)
                event = arrived
        if isinstance(event, Tick):
            self.turn(event)

    def _run_errand(self, errand: Errand) -> None:
        try:
            errand()
        except (OSError, sqlite3.OperationalError) as error:
            self._machine.trace.note("errand failed", str(error))  # as a thread pool does: nobody hears of it

    def turn(self, event: Event) -> None:
        """One event, and once a second a look around."""
        machine, now_us = self._machine, self._machine.clock.us
        if isinstance(event, PlanSwapped):
            machine.promises.given(event.plan)
        elif isinstance(event, AlertCame):
            machine.promises.alert_comes(event, self.state, is_well=machine.is_well)
        if self.alarm_us is not None and self.alarm_us <= now_us:
            self.alarm_us = None
        self._turned_us = now_us
        self._execution.turn(event)
        state = self._execution.state
        if self.alarm_us is None and state.alarm is not None:
            self.alarm_us = now_us + REST_US  # it rang, and the clock had just gone back a little
        machine.promises.turned(state)
        if now_us >= self._look_at_us:
            self._look_at_us = now_us + LOOK_EVERY_US
            self._look()

    def swap(self, plan: Plan) -> None:
        """The plan cache has made it current."""
        self._put(PlanSwapped(plan))

    def end(self) -> None:
        """What the runner does whatever ends it."""
        self._execution.end()

    def end_in_order(self) -> None:
        """The books are closed."""
        boot.note_end(self.journal)

    def _put(self, event: Event, after_us: int = 0) -> None:
        self.arrivals.put(event, after_us)

    def _arm(self, at: datetime | None) -> None:
        self.alarm_us = None if at is None else self._machine.clock.us_when(at)

    def _look(self) -> None:
        now = self._machine.clock.now()
        stepped = self._time.step()
        if stepped is not None and self.offset is not None:
            self.offset -= stepped
        self._judge_clock(now)
        if stepped is not None:
            self._tell_what_is_in_force()
        certain = self._time.to_remember(now, self.offset)
        if certain is not None:
            boot.note_alive(self.journal, certain)

    def _tell_what_is_in_force(self) -> None:
        for alert in self._machine.alerts_in_force(self._time.verdict.trusted, self._time.last_known):
            self._put(AlertCame(alert, from_book=True))

    def _judge_clock(self, now: datetime) -> None:
        self._time.judge(now, self._machine.plan, self.offset)
        trusted, settled = self._time.verdict.trusted, self._time.settled
        state = self._execution.state
        if trusted is not state.clock_trusted or settled is not state.clock_settled:
            self._put(ClockTrust(trusted, settled))
