"""What goes wrong in a simulated village, and when: decided before it begins, so that a seed tells all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from schedules.wire.plan import PlannedBroadcast
from station_agent.simulation.clock import MICROSECOND, SECOND_US


class FaultKind(StrEnum):
    """What goes wrong. `Fault.amount` is in the unit named here."""

    POWER_CUT = "power_cut"  # s without power
    POWER_CUT_EMPTY_BATTERY = "power_cut_empty_battery"  # s without power; the clock begins in 2000
    POWER_CUT_DAMAGED_JOURNAL = "power_cut_damaged_journal"  # s without power
    KILL = "kill"  # s until it is started again
    RESTART = "restart"  # s until it is started again; ends in order
    STANDSTILL = "standstill"  # s
    CLOCK_STEP = "clock_step"  # s, either way
    CLOCK_RESET = "clock_reset"  # to 2000-01-01
    NETWORK_OFF = "network_off"  # s
    UNPLUG = "unplug"  # s
    DISK_FULL = "disk_full"  # s
    OUTPUT_HANGS = "output_hangs"  # s
    OUTPUT_REFUSES = "output_refuses"  # s
    OUTPUT_DIES = "output_dies"
    AUDIO_ABSENT = "audio_absent"  # s until sync brings it
    AUDIO_ALTERED = "audio_altered"  # s until sync brings it
    ALERT = "alert"
    ALERT_TEST = "alert_test"
    ALERT_CANCELLED = "alert_cancelled"
    OPERATOR_STOPS = "operator_stops"
    OPERATOR_HOLDS = "operator_holds"  # s
    OPERATOR_PLAYS = "operator_plays"
    OPERATOR_SPEAKS = "operator_speaks"  # s
    OPERATOR_SETS_VOLUME = "operator_sets_volume"
    OPERATOR_ORDERS = "operator_orders"
    URGENT_PLAN = "urgent_plan"  # s until the emergency it brings
    WITHDRAWAL = "withdrawal"
    OTHER_PLAN = "other_plan"  # what is far ahead is planned otherwise
    INCIDENT = "incident"  # another thread of the agent has something to journal
    WORKER_DIES = "worker_dies"  # s until another sound worker is ready
    WORKER_HANGS = "worker_hangs"  # s until another sound worker is ready
    AUDIO_GOES = "audio_goes"  # s until sync brings it: audio of what is on its way, gone or altered
    GUARD_DIES = "guard_dies"  # s until another guard is there
    GUARD_HANGS = "guard_hangs"  # s until another guard is there, once that was noticed
    LINE_BREAKS = "line_breaks"  # s; the board keeps its power, and its relays as they are
    BOARD_SILENT = "board_silent"  # s without reading back
    BOARD_REFUSES = "board_refuses"  # s in which one of its relays does not close


@dataclass(frozen=True, slots=True)
class Fault:
    """`at_us`: true time since the village's beginning. `choice`: for whatever else is left to chance."""

    at_us: int
    kind: FaultKind
    amount: float
    choice: int


WEIGHTS = {
    FaultKind.POWER_CUT: 10,
    FaultKind.POWER_CUT_EMPTY_BATTERY: 2,
    FaultKind.POWER_CUT_DAMAGED_JOURNAL: 1,
    FaultKind.KILL: 4,
    FaultKind.RESTART: 2,
    FaultKind.STANDSTILL: 3,
    FaultKind.CLOCK_STEP: 3,
    FaultKind.CLOCK_RESET: 1,
    FaultKind.NETWORK_OFF: 3,
    FaultKind.UNPLUG: 4,
    FaultKind.DISK_FULL: 2,
    FaultKind.OUTPUT_HANGS: 2,
    FaultKind.OUTPUT_REFUSES: 2,
    FaultKind.OUTPUT_DIES: 3,
    FaultKind.AUDIO_ABSENT: 2,
    FaultKind.AUDIO_ALTERED: 2,
    FaultKind.ALERT: 6,
    FaultKind.ALERT_TEST: 2,
    FaultKind.ALERT_CANCELLED: 3,
    FaultKind.OPERATOR_STOPS: 2,
    FaultKind.OPERATOR_HOLDS: 2,
    FaultKind.OPERATOR_PLAYS: 2,
    FaultKind.OPERATOR_SPEAKS: 2,
    FaultKind.OPERATOR_SETS_VOLUME: 1,
    FaultKind.OPERATOR_ORDERS: 1,
    FaultKind.URGENT_PLAN: 5,
    FaultKind.WITHDRAWAL: 3,
    FaultKind.OTHER_PLAN: 2,
    FaultKind.INCIDENT: 2,
}
MORE = (FaultKind.WORKER_DIES, FaultKind.WORKER_HANGS, FaultKind.AUDIO_GOES)
"""Drawn apart from the others, which stay what they are."""
OF_THE_GUARD = (
    FaultKind.GUARD_DIES,
    FaultKind.GUARD_HANGS,
    FaultKind.LINE_BREAKS,
    FaultKind.BOARD_SILENT,
    FaultKind.BOARD_REFUSES,
)
"""Drawn apart too, for every other village."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
SPANS: dict[FaultKind, tuple[float, ...]] = {
    FaultKind.POWER_CUT: (4, 20, 5 * MINUTE, HOUR, 10 * HOUR, 2 * DAY),
    FaultKind.POWER_CUT_EMPTY_BATTERY: (20, HOUR, 10 * HOUR),
    FaultKind.POWER_CUT_DAMAGED_JOURNAL: (20, HOUR),
    FaultKind.STANDSTILL: (0.4, 0.9, 1.5, 4, 30, 5 * MINUTE),
    FaultKind.CLOCK_STEP: (0.3, 1, 30, 5 * MINUTE, HOUR, 3 * DAY, 400 * DAY),
    FaultKind.NETWORK_OFF: (HOUR, DAY, 5 * DAY, 20 * DAY),
    FaultKind.UNPLUG: (1, 4, 20, HOUR),
    FaultKind.DISK_FULL: (5, MINUTE),
    FaultKind.OUTPUT_HANGS: (3, 20, 5 * MINUTE),
    FaultKind.OUTPUT_REFUSES: (3, 20, 5 * MINUTE),
    FaultKind.AUDIO_ABSENT: (10, 5 * MINUTE, HOUR, 2 * DAY),
    FaultKind.AUDIO_ALTERED: (10, 5 * MINUTE, HOUR),
    FaultKind.OPERATOR_HOLDS: (20, 10 * MINUTE, 3 * HOUR),
    FaultKind.OPERATOR_SPEAKS: (10, MINUTE, 10 * MINUTE),
    FaultKind.URGENT_PLAN: (-5, 0, 1, 3, 20),
    FaultKind.WORKER_DIES: (0.5, 1.8),
    FaultKind.WORKER_HANGS: (0.5, 1.8),
    FaultKind.AUDIO_GOES: (2, 30, 5 * MINUTE),
    FaultKind.GUARD_DIES: (0.6, 0.6, 1.5, 20),
    FaultKind.GUARD_HANGS: (0.6, 0.6, 1.5, 20),
    FaultKind.LINE_BREAKS: (1, 4, 20, HOUR),
    FaultKind.BOARD_SILENT: (4, 20, HOUR),
    FaultKind.BOARD_REFUSES: (4, 20, HOUR),
}
"""The longest of each kind's lengths; how long one lasts is drawn below one of them."""
RESTART_S = (2.0, 4.0)


def some_faults(
    random: Random, begin: datetime, broadcasts: tuple[PlannedBroadcast, ...], days: int
) -> tuple[Fault, ...]:
    """One village in eight is spared; the others have up to three a day, most of them while it matters."""
    a_day = 0.0 if random.random() < 0.125 else random.choice((0.3, 0.7, 1.0, 1.5, 3.0))
    kinds, weights = list(WEIGHTS), list(WEIGHTS.values())
    found = [
        Fault(
            at_us=_an_instant(random, begin, broadcasts, days),
            kind=(kind := random.choices(kinds, weights)[0]),
            amount=_an_amount(random, kind),
            choice=random.getrandbits(32),
        )
        for _ in range(round(a_day * days))
    ]
    return tuple(sorted(found, key=lambda one: one.at_us))


def with_more_faults(
    seed: int,
    faults: tuple[Fault, ...],
    begin: datetime,
    broadcasts: tuple[PlannedBroadcast, ...],
    days: int,
) -> tuple[Fault, ...]:
    """Besides these, up to half as many of other kinds; who is spared is spared of them too."""

    def some_more(random: Random, kinds: tuple[FaultKind, ...]) -> list[Fault]:
        return [
            Fault(
                at_us=_an_instant(random, begin, broadcasts, days),
                kind=(kind := random.choice(kinds)),
                amount=_an_amount(random, kind),
                choice=random.getrandbits(32),
            )
            for _ in range(random.randrange(len(faults) // 2 + 2) if faults else 0)
        ]

    more = some_more(Random(f"{seed}:more"), MORE)  # noqa: S311 - a seeded village, not a secret
    of_the_guard = Random(f"{seed}:guard")  # noqa: S311 - the same
    if of_the_guard.random() < 0.5:
        more += some_more(of_the_guard, OF_THE_GUARD)
    return tuple(sorted((*faults, *more), key=lambda one: one.at_us))


def _an_instant(random: Random, begin: datetime, broadcasts: tuple[PlannedBroadcast, ...], days: int) -> int:
    if random.random() < 0.3:
        return random.randrange(1, int(days * DAY) * SECOND_US)
    broadcast = random.choice(broadcasts)
    long_ms = broadcast.duration_ms + 3000
    near = timedelta(milliseconds=random.choice((random.randrange(-6000, 600), random.randrange(long_ms))))
    return max(1, (broadcast.planned_start + near - begin) // MICROSECOND)


def _an_amount(random: Random, kind: FaultKind) -> float:
    if kind in (FaultKind.KILL, FaultKind.RESTART):
        return random.uniform(*RESTART_S)
    longest = random.choice(SPANS.get(kind, (0.0,)))
    if kind is FaultKind.URGENT_PLAN:
        return longest
    amount = random.uniform(0.2, 1.0) * longest
    return -amount if kind is FaultKind.CLOCK_STEP and random.random() < 0.5 else amount
