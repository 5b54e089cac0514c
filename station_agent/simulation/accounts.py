"""Which items must end in an accounted state, by what the agent was given and what its disk has kept."""

from __future__ import annotations

from datetime import timedelta

from schedules.wire.plan import Plan, PlanItem, PlannedBroadcast
from station_agent.planned import Planned
from station_agent.simulation.clock import VirtualClock
from station_agent.simulation.truth import Known

FAR_OFF = timedelta(minutes=10)
"""A clock that is further from the province's is known to be wrong."""


class Accounts:
    """`known`: every item the agent was ever given, by its key. `owed`: those still to be accounted for."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.known: dict[str, Known] = {}
        self.owed: set[str] = set()
        self.journal_was_lost = False

    def given(self, plan: Plan) -> None:
        """The agent is told of this plan."""
        self.current(plan)
        for broadcast in plan.broadcasts:
            for item in broadcast.items:
                self._is_known(item, broadcast)
                self._is_owed(item)

    def current(self, plan: Plan) -> None:
        """It is the plan on the disk: what it no longer holds and whose time had not come is not owed, though
        the agent may die before it is told.

        On a clock that is wrong the station knows no more of the time than when the plan was issued.
        """
        listed = {one.key for one in plan.broadcasts}
        now = max(plan.issued_at, self._clock.now())
        for key in list(self.owed):
            broadcast = self.known[key].broadcast
            if broadcast.planned_start > now and broadcast.key not in listed:
                self.owed.discard(key)

    def wanted(self, owed: tuple[Planned, ...]) -> None:
        """Alerts and the operator's own: what no plan holds is known from when it is about to be kept."""
        for planned in owed:
            for item in planned.broadcast.items if planned.at_once else ():
                self._is_known(item, planned.broadcast)

    def kept(self, owed: tuple[Planned, ...]) -> None:
        """Only what the disk has kept is owed: the power may fail while it is written."""
        for planned in owed:
            for item in planned.broadcast.items if planned.at_once else ():
                self._is_owed(item)

    def journal_lost(self, plan: Plan | None) -> None:
        """What only the journal knew to be owed, and no plan on the disk, is lost with it and reported."""
        self.journal_was_lost = True
        listed = {one.key for one in plan.broadcasts} if plan is not None else set()
        self.owed = {key for key in self.owed if self.known[key].broadcast.key in listed}

    def has_begun(self, known: Known) -> bool:
        """Whether anything else of its broadcast was heard, or silent as planned, before."""
        others = (self.known[item.key] for item in known.broadcast.items if item.key != known.item.key)
        return any(one.sounds or one.airing is not None for one in others)

    def _is_known(self, item: PlanItem, broadcast: PlannedBroadcast) -> None:
        if item.key not in self.known:
            self.known[item.key] = Known(item, broadcast)

    def _is_owed(self, item: PlanItem) -> None:
        if self.known[item.key].airing is None:
            self.owed.add(item.key)
