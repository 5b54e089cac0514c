"""A broadcast as playout looks at it in every step; what follows from it is found once, for it is frozen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from schedules.airing_origin import Origin, origin_of
from schedules.wire.plan import PlanItem, PlannedBroadcast


@dataclass(frozen=True, slots=True)
class Cue:
    """An item to be aired. `planned_start` is its own nominal instant; `start_ms` skips into it.

    `given_ms`: what a pause gives back of a delay before it.
    """

    item: PlanItem
    planned_start: datetime
    start_ms: int = 0
    given_ms: int = 0

    @property
    def length_ms(self) -> int:
        """What is to be heard of it."""
        return self.item.duration_ms - self.start_ms - self.given_ms


@dataclass(frozen=True)
class Planned:
    """A broadcast and the plan it comes from; what the plan does not hold has the serial current then.

    Frozen, and looked at in every step: what follows from it is found once.
    """

    broadcast: PlannedBroadcast
    serial: int

    @cached_property
    def origin(self) -> Origin:
        """Who wants it: the plan, an alert or a test of one, the operator."""
        return origin_of(self.broadcast.key)

    @cached_property
    def rank(self) -> int:
        """What it may cut: its message class, and above all an alert; a test is never more than priority."""
        return 4 if self.origin is Origin.ALERT else self.broadcast.message_class.rank

    @cached_property
    def at_once(self) -> bool:
        """Whether it begins as soon as it can, and not at an instant."""
        return self.origin is not Origin.PLAN

    @cached_property
    def hashes(self) -> frozenset[str]:
        """The audio it needs."""
        return frozenset(item.sha256 for item in self.broadcast.items if item.sha256 is not None)

    @cached_property
    def cues(self) -> tuple[Cue, ...]:
        """Its items with their own nominal instants, end to end."""
        return tuple(cues_of(self.broadcast))


def cues_of(broadcast: PlannedBroadcast) -> Iterator[Cue]:
    """Its items with their own nominal instants, end to end."""
    at, begins = broadcast.planned_start, dict[str, datetime]()
    for item in broadcast.items:
        yield Cue(item, begins.get(item.instead_of or "", at))
        if item.instead_of is None:  # what stands in for a stream takes that one's time
            begins[item.key] = at
            at += timedelta(milliseconds=item.duration_ms)
