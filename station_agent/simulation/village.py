"""One simulated village: its days pass, things go wrong, and every promise is looked at after every step."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from station_agent.plan_swap import keep_what_is_owed
from station_agent.playout_values import Tick
from station_agent.simulation import mishaps, people
from station_agent.simulation.agent import LOOK_EVERY_US, Agent
from station_agent.simulation.clock import SECOND_US
from station_agent.simulation.faults import DAY, some_faults, with_more_faults
from station_agent.simulation.fuse import Death, Ending
from station_agent.simulation.machine import Machine
from station_agent.simulation.premises import some_wiring, what_it_lacks
from station_agent.simulation.programme import a_community, a_plan, some_days
from station_agent.simulation.province import Province
from station_agent.simulation.violation import Violation
from station_agent.wiring import Wiring

DAY_US = int(DAY) * SECOND_US
FIRST_CONTACT_S = 5
CONTACT_EVERY_US = 6 * 3600 * SECOND_US
RESTART_AFTER_US = 2 * SECOND_US
CUT_AT_THE_LATEST_US = 10 * SECOND_US
MOST_ROUNDS = 1000
JUST_BEFORE_US = 50_000
AFTERWARDS_US = (60, 3600, DAY, 3 * DAY, 8.5 * DAY)
"""Looks after the last day, in seconds: what may be made up is given up after seven days, and it may have
been planned for up to a day after the last."""


@dataclass(frozen=True, slots=True)
class Lived:
    """What became of a village. `digest`: of all its events, where it was asked for."""

    seed: int
    days: int
    digest: str | None
    events: int
    items: int
    deaths: int
    faults: int


class Village:
    """`live` lets its days pass. Everything is drawn from the seed."""

    def __init__(self, seed: int, days: int) -> None:
        random = Random(seed)  # noqa: S311 - a seeded village, not a secret
        self.seed, self.days, self.random = seed, days, random
        self.community = a_community(random, what_it_lacks(seed))
        self.broadcasts = some_days(random, self.community, days)
        faults = some_faults(random, self.community.begin, self.broadcasts, days)
        self.faults = with_more_faults(seed, faults, self.community.begin, self.broadcasts, days)
        board = random.choice(("answers", "answers", "silent", "none"))
        self.machine = Machine(
            self.community,
            Wiring() if board == "none" else some_wiring(seed, answers=board == "answers"),
            board_answers=board == "answers",
            start_after_ms=random.choice((0, 0, 15)),
        )
        self.province = Province(random)
        self.agent: Agent | None = None
        self.is_online = True
        self.withdrawn: frozenset[str] = frozenset()
        self.serial = 0
        self.deaths = 0
        self.starts_us: int | None = 0
        self.still_since_us: int | None = None
        self.dies_by_us: int | None = None
        self.dies_how = Ending.POWER
        self.after_death: mishaps.Mend = mishaps.restart
        self._mends: list[tuple[int, mishaps.Mend]] = []
        self._next_fault = 0
        self.publish()

    # -- life ----------------------------------------------------------------------------------------------

    def live(self, *, digested: bool) -> Lived:
        """All its days, and then some to come to rest. Raises `Violation`."""
        trace = self.machine.trace
        if not digested:
            trace.keep_the_last_only()
        self._until(self.days * DAY_US)
        self._heal()
        for seconds in AFTERWARDS_US:
            self._until(self.days * DAY_US + int(seconds) * SECOND_US)
        self.machine.promises.all_accounted()
        if not self.faults:
            self.machine.promises.all_on_time()
        items = len(self.machine.promises.accounts.known)
        return Lived(self.seed, self.days, trace.digest, trace.events, items, self.deaths, len(self.faults))

    def _heal(self) -> None:
        """Nothing goes wrong any more, and everything is there."""
        self.machine.trace.note("HEALED")
        self.machine.fuse.put_out()
        self.dies_by_us = None
        for _, mend in self._mends:
            mend(self)
        self._mends = []
        if self.agent is None:
            self.starts_us = self.machine.clock.us
        self.publish()

    def _until(self, until_us: int) -> None:
        clock, rounds, at_us = self.machine.clock, 0, -1
        while clock.us < until_us:
            rounds, at_us = (rounds + 1 if at_us == clock.us else 0), clock.us
            if rounds > MOST_ROUNDS:
                raise Violation("the agent goes round without end while no time passes")
            next_us = self._next_us()
            if next_us > clock.us:
                clock.us = next_us if next_us < until_us else until_us
            self._pass_time()
            self._go_wrong()
            self._work()

    def _next_us(self) -> int:
        """When something happens next."""
        machine, now_us = self.machine, self.machine.clock.us
        moments = [at_us for at_us, _ in self._mends] if self._mends else []
        if self._next_fault < len(self.faults):
            at_us = self.faults[self._next_fault].at_us
            moments.append(at_us if at_us - JUST_BEFORE_US <= now_us else at_us - JUST_BEFORE_US)
        if self.starts_us is not None:
            moments.append(self.starts_us)
        if self.dies_by_us is not None and self.agent is not None:
            moments.append(self.dies_by_us)
        if machine.board is not None and (due_us := machine.board.due_us()) is not None:
            moments.append(due_us)
        if machine.loudspeaker is not None and (due_us := machine.loudspeaker.due_us()) is not None:
            moments.append(due_us)
        if self.agent is not None and self.still_since_us is None:
            moments.append(self.agent.due_us())
            if self.is_online:
                moments.append(machine.contact_us)
        return min(moments, default=now_us + DAY_US)

    def _pass_time(self) -> None:
        machine, goes_on = self.machine, self.still_since_us is None
        if self.agent is not None and goes_on:
            self.agent.beat_on()
        if machine.board is not None:
            machine.board.is_beaten = goes_on
            machine.board.pass_time()
        if machine.loudspeaker is not None:
            machine.loudspeaker.is_watched = goes_on
            machine.loudspeaker.look()
        machine.promises.time_passed(
            stands_still_since_us=self.still_since_us, is_up=self.agent is not None, is_well=machine.is_well
        )

    def _go_wrong(self) -> None:
        machine, now_us = self.machine, self.machine.clock.us
        due = [mend for at_us, mend in self._mends if at_us <= now_us] if self._mends else []
        if due:
            for mend in due:
                mend(self)
            self._mends = [one for one in self._mends if one[0] > now_us]
        while self._next_fault < len(self.faults) and self.faults[self._next_fault].at_us <= now_us:
            fault = self.faults[self._next_fault]
            self._next_fault += 1
            self.machine.trace.note(f"FAULT {fault.kind.value}", f"{fault.amount:.1f}")
            machine.promises.something_happens()
            mishaps.DO[fault.kind](self, fault)

    def _work(self) -> None:
        machine = self.machine
        try:
            if self.starts_us is not None and self.starts_us <= machine.clock.us:
                self.starts_us = None
                machine.trace.note("START")
                self.agent = Agent(machine)
                machine.contact_us = machine.clock.us + FIRST_CONTACT_S * SECOND_US
                self.later(FIRST_CONTACT_S, people.bring_alerts)
            if self.agent is not None and self.dies_by_us is not None and self.dies_by_us <= machine.clock.us:
                self.die(self.dies_how)
            if self.agent is None or self.still_since_us is not None:
                return
            if self.agent.is_due() or self._a_fault_is_near():
                self.agent.work()
            if self.is_online and machine.contact_us <= machine.clock.us:
                self._contact(self.agent)
            if self.agent.is_over:
                self._ended_in_order(self.agent)
        except Death as death:
            self.die(death.how)
        except (OSError, sqlite3.OperationalError) as error:
            self._fell_over(error)
        except (AssertionError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Violation(f"the agent fell over: {type(error).__name__}: {error}") from error

    def _a_fault_is_near(self) -> bool:
        """Several ticks come in each second: one of them just before whatever goes wrong."""
        faults, index = self.faults, self._next_fault
        return index < len(faults) and faults[index].at_us - JUST_BEFORE_US == self.machine.clock.us

    def _contact(self, agent: Agent) -> None:
        """The network: the time, the newest plan, a report."""
        machine = self.machine
        machine.contact_us = machine.clock.us + CONTACT_EVERY_US
        agent.offset = machine.clock.true() - machine.clock.now()
        agent.arrivals.put(Tick(), LOOK_EVERY_US)  # it looks at its clocks each second
        if machine.promises.told_time_us is None:
            machine.promises.told_time_us = machine.clock.us
        if machine.plan is None or machine.plan.serial < self.serial:
            if machine.plan is not None:
                keep_what_is_owed(agent.journal, machine.plan, self._signed, machine.clock.now())
            machine.plan = self._signed
            machine.promises.accounts.current(self._signed)
            agent.swap(self._signed)
        self.province.hear(agent.journal)

    # -- what mishaps use ----------------------------------------------------------------------------------

    def publish(self) -> None:
        """The province signs a new plan."""
        self.serial += 1
        self._signed = a_plan(
            self.community,
            self.broadcasts,
            serial=self.serial,
            issued_at=self.machine.clock.true() - timedelta(minutes=1),
            withdrawn=self.withdrawn,
        )
        self.machine.contact_us = min(self.machine.contact_us, self.machine.clock.us)

    def later(self, after_s: float, mend: mishaps.Mend) -> None:
        """Do this then."""
        self._mends.append((self.machine.clock.us + max(1, int(after_s * SECOND_US)), mend))

    def die_soon(self, boundaries: int, how: Ending) -> None:
        """At one of the next boundaries, or in ten seconds."""
        self.machine.fuse.light(boundaries, how)
        self.dies_how = how
        self.dies_by_us = self.machine.clock.us + CUT_AT_THE_LATEST_US

    def die(self, how: Ending) -> None:
        """The process is gone, without a word."""
        machine = self.machine
        machine.trace.note("DEATH", how.value)
        self.deaths += 1
        self.dies_by_us = None
        machine.fuse.put_out()
        machine.disk.die(how)
        self._gone(at_once=how is Ending.POWER)
        self.after_death(self)
        self.after_death = mishaps.restart

    def _gone(self, *, at_once: bool) -> None:
        machine = self.machine
        self.agent, self.still_since_us = None, None
        machine.promises.something_happens()
        machine.promises.told_time_us = None
        if machine.loudspeaker is not None:
            machine.loudspeaker.fall_silent()
            machine.loudspeaker = None
        if machine.board is not None:
            machine.board.leave(at_once=at_once)

    def _fell_over(self, error: Exception) -> None:
        """An error of the disk: the process ends and is started again."""
        self.machine.trace.note("FELL OVER", str(error))
        if self.agent is not None:
            self.agent.end()
        self.machine.disk.die(Ending.KILL)
        self._gone(at_once=False)
        self.starts_us = self.machine.clock.us + RESTART_AFTER_US

    def _ended_in_order(self, agent: Agent) -> None:
        self.dies_by_us = None  # should the power be about to fail, it fails on nobody
        self.machine.fuse.put_out()
        agent.end()
        agent.end_in_order()
        self._gone(at_once=False)
        self.after_death(self)
        self.after_death = mishaps.restart
