"""How loud a broadcast plays: what the plan allows, and of it what the operator has set."""

from __future__ import annotations

from schedules.airing_origin import Origin
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState


def level_of(state: PlayoutState, planned: Planned) -> int:
    """Percent of full scale. An alert heeds no operator's share; of several zones the lowest holds."""
    limit = state.plan.limits.volume_percent if state.plan is not None else 100
    if planned.origin is Origin.ALERT or not state.desk.volumes:
        return limit
    return limit * min(state.desk.volumes.get(zone, 100) for zone in planned.broadcast.zones) // 100
