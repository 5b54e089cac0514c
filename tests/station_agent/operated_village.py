"""A village somebody stands at: it remembers what it was told to do."""

from __future__ import annotations

from datetime import timedelta

from schedules.wire.plan import MissedPolicy, MissedRule, PlannedBroadcast, Zone
from station_agent.playout_values import (
    Command,
)
from tests.station_agent.documents import NOON, plan_of
from tests.station_agent.village_simulator import Village

LATER = NOON + timedelta(hours=2)


LATE = MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(hours=1))


TWO_ZONES = (Zone(key="horns", name="Horns", channel=1), Zone(key="fm", name="FM", channel=None))


class Attentive(Village):
    """Remembers every command."""

    def _execute(self, command: object) -> None:
        self.__dict__.setdefault("commands", []).append(command)
        super()._execute(command)

    def given(self, kind: type[Command]) -> list[Command]:
        return [one for one in self.__dict__.get("commands", []) if isinstance(one, kind)]


def a_village(*broadcasts: PlannedBroadcast) -> Attentive:
    village = Attentive()
    village.swap(plan_of(*broadcasts, zones=TWO_ZONES))
    return village
