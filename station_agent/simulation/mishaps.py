"""How each kind of fault strikes a simulated village, and how it passes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from schedules.message_class import MessageClass
from station_agent.playout_values import Stopping, Tick
from station_agent.simulation import people, relay_mishaps, sound_mishaps
from station_agent.simulation.clock import MICROSECOND, SECOND_US
from station_agent.simulation.faults import Fault, FaultKind
from station_agent.simulation.fuse import Ending
from station_agent.simulation.programme import a_broadcast

if TYPE_CHECKING:
    from station_agent.simulation.village import Village

Mend = Callable[["Village"], None]

MOST_BOUNDARIES = 40
AGENT_SILENT_S = 1.2
"""After so long without a word from its agent the worker ends every sound (`hardware.sound.worker`)."""
CLOCK_SET_AFTER_S = 300.0
"""A network sets a wrong clock within so long, mostly sooner."""
FAR_AHEAD = timedelta(minutes=10)
FAR_OFF_S = 600.0
JUMPS_AFTER_S = 20.0
AHEAD_US = 3 * 86_400 * SECOND_US


def restart(village: Village) -> None:
    """What died by its own hand is started again in a moment."""
    village.starts_us = village.machine.clock.us + 2 * SECOND_US


def _power_cut(village: Village, fault: Fault, *, forget: bool = False, damage: bool = False) -> None:
    if village.agent is None:
        return

    def come_back(village: Village) -> None:
        machine = village.machine
        machine.boots += 1
        village.starts_us = machine.clock.us + int(fault.amount * SECOND_US)
        if damage and machine.disk.has_database():
            machine.disk.is_damaged = True
            machine.promises.accounts.journal_lost(machine.plan)
        if forget:
            machine.clock.forget()
            machine.promises.stepped_us = machine.clock.us
            _set_the_clock(village, fault)

    village.after_death = come_back
    village.die_soon(fault.choice % MOST_BOUNDARIES, Ending.POWER)


def _kill(village: Village, fault: Fault) -> None:
    if village.agent is not None:
        village.after_death = restart
        village.die_soon(fault.choice % MOST_BOUNDARIES, Ending.KILL)


def _stop_in_order(village: Village, _fault: Fault) -> None:
    if village.agent is not None:
        village.agent.arrivals.put(Stopping())


def _stand_still(village: Village, fault: Fault) -> None:
    if village.agent is None or village.still_since_us is not None:
        return
    village.still_since_us = since_us = village.machine.clock.us
    agent = village.agent

    def go_on(village: Village) -> None:
        if village.agent is agent:
            village.still_since_us = None
            agent.arrivals.put(Tick())  # it takes several a second, and notices with the next

    def sound_ends(village: Village) -> None:
        loudspeaker = village.machine.loudspeaker
        if loudspeaker is not None and village.agent is agent and village.still_since_us == since_us:
            loudspeaker.give_up()

    village.later(AGENT_SILENT_S, sound_ends)
    village.later(fault.amount, go_on)


def _step_clock(village: Village, fault: Fault) -> None:
    clock = village.machine.clock
    wrong_us = clock.wrong_us + int(fault.amount * SECOND_US)
    if abs(fault.amount) > FAR_OFF_S and fault.choice % 2:
        wrong_us = _as_if_about_to_begin(village, fault)
    _wrong_by(village, wrong_us)
    _set_the_clock(village, fault)


def _as_if_about_to_begin(village: Village, fault: Fault) -> int:
    """How wrong a clock is worst: it says that some broadcast's time comes in a moment."""
    broadcast = village.broadcasts[fault.choice // 2 % len(village.broadcasts)]
    near = timedelta(seconds=fault.choice % 12 - 2)
    return (broadcast.planned_start - near - village.machine.clock.true()) // MICROSECOND


def _reset_clock(village: Village, fault: Fault) -> None:
    clock = village.machine.clock
    before = clock.wrong_us
    clock.forget()
    after, clock.wrong_us = clock.wrong_us, before
    _wrong_by(village, after)
    _set_the_clock(village, fault)


def _wrong_by(village: Village, wrong_us: int) -> None:
    village.machine.clock.wrong_us = wrong_us
    village.machine.promises.stepped_us = village.machine.clock.us
    if village.agent is not None:
        for after_us in (150_000, 1_100_000, 125 * SECOND_US):  # seen at once, judged, and judged for good
            village.agent.arrivals.put(Tick(), after_us)


def _set_the_clock(village: Village, fault: Fault) -> None:
    """Where there is a network it sets half of the clocks soon; else somebody does, some time or other.

    Before such a one is set a new plan comes.
    """
    is_soon = village.is_online and fault.choice % 2 > 0
    share = (fault.choice % 1000) / 1000
    after_s = share * (CLOCK_SET_AFTER_S if is_soon else 86_400.0)
    if not is_soon:
        village.later(after_s * 0.7, lambda village: village.publish())
    village.later(after_s, _set_it)


def _set_it(village: Village) -> None:
    if village.machine.clock.wrong_us:
        village.machine.trace.note("CLOCK SET")
        _wrong_by(village, 0)


def _alert(village: Village, fault: Fault) -> None:
    """Now and then the clock jumps days ahead while it lasts."""
    people.DO[FaultKind.ALERT](village, fault)
    if fault.choice % 3 == 0:

        def jump(village: Village) -> None:
            village.machine.trace.note("CLOCK JUMPS")
            village.machine.promises.something_happens()
            _wrong_by(village, AHEAD_US)
            village.later((fault.choice % 1000) / 1000 * CLOCK_SET_AFTER_S, _set_it)

        village.later(JUMPS_AFTER_S, jump)


def _network_off(village: Village, fault: Fault) -> None:
    village.is_online = False

    def come_back(village: Village) -> None:
        village.is_online = True
        village.machine.contact_us = village.machine.clock.us

    village.later(fault.amount, come_back)


def _fill_disk(village: Village, fault: Fault) -> None:
    disk = village.machine.disk
    disk.is_full, disk.full_at_commit = True, fault.choice % 2 == 0
    village.later(fault.amount, lambda _village: setattr(disk, "is_full", False))


def _urgent_plan(village: Village, fault: Fault) -> None:
    at = village.machine.clock.true() + timedelta(seconds=fault.amount)
    random = Random(fault.choice)  # noqa: S311 - a seeded village, not a secret
    urgent = a_broadcast(random, village.community, f"urgent-{village.serial}", at, MessageClass.EMERGENCY)
    village.broadcasts = tuple(sorted((*village.broadcasts, urgent), key=lambda one: one.planned_start))
    village.publish()


def _withdraw(village: Village, fault: Fault) -> None:
    """Half of the time what is on the air, else any."""
    run = village.agent.state.run if village.agent is not None else None
    shas = [one.sha256 for one in village.community.recordings]
    on_air = [cue.item.sha256 for cue in run.cues if cue.item.sha256] if run is not None else []
    choices = on_air if on_air and fault.choice % 2 else shas
    village.withdrawn |= {choices[fault.choice // 2 % len(choices)]}
    village.publish()


def _plan_otherwise(village: Village, fault: Fault) -> None:
    """One broadcast that is far ahead falls away, another comes."""
    now = village.machine.clock.true()
    random = Random(fault.choice)  # noqa: S311 - a seeded village, not a secret
    ahead = [one for one in village.broadcasts if one.planned_start > now + FAR_AHEAD]
    gone = random.choice(ahead).key if ahead else ""
    at = now + timedelta(seconds=random.randrange(20, 40_000))
    fresh = a_broadcast(random, village.community, f"new-{village.serial}", at)
    kept = [one for one in village.broadcasts if one.key != gone]
    village.broadcasts = tuple(sorted((*kept, fresh), key=lambda one: one.planned_start))
    village.publish()


def _incident(village: Village, _fault: Fault) -> None:
    if village.agent is not None:
        machine, journal = village.machine, village.agent.journal

        def tell() -> None:
            journal.incident("test_incident", "station", "another thread tells", machine.clock.now())

        village.agent.arrivals.put(tell)


DO: dict[FaultKind, Callable[[Village, Fault], None]] = {
    FaultKind.POWER_CUT: _power_cut,
    FaultKind.POWER_CUT_EMPTY_BATTERY: partial(_power_cut, forget=True),
    FaultKind.POWER_CUT_DAMAGED_JOURNAL: partial(_power_cut, damage=True),
    FaultKind.KILL: _kill,
    FaultKind.RESTART: _stop_in_order,
    FaultKind.STANDSTILL: _stand_still,
    FaultKind.CLOCK_STEP: _step_clock,
    FaultKind.CLOCK_RESET: _reset_clock,
    FaultKind.NETWORK_OFF: _network_off,
    FaultKind.DISK_FULL: _fill_disk,
    FaultKind.URGENT_PLAN: _urgent_plan,
    FaultKind.WITHDRAWAL: _withdraw,
    FaultKind.OTHER_PLAN: _plan_otherwise,
    FaultKind.INCIDENT: _incident,
    **people.DO,
    **sound_mishaps.DO,
    **relay_mishaps.DO,
    FaultKind.ALERT: _alert,
}
