"""The announcement on the air soon: as soon as the villages, on this machine, can know of it in time."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

from broadcaster import clock
from broadcaster.demo.outcome import first_broadcasts
from broadcaster.demo.stage import Stage
from broadcaster.errors import NotPossible
from schedules.wire.plan import PlannedBroadcast

TIME_ENOUGH = timedelta(seconds=3)
"""A station that has plan and audio so long ahead closes its relays, and begins, at its leisure."""
LONGEST_LEAD_S = 300.0
LOOK_EVERY_S = 0.1


def on_air_soon(stage: Stage, lead_s: float) -> dict[str, PlannedBroadcast]:
    """Put the announcement on the air in `lead_s` seconds; each station's broadcast, once all have it ready.

    Where a busy machine takes longer than that, it is put off: planned anew with twice the time ahead.
    Raises `NotPossible` for a station that never comes to know of it.
    """
    while lead_s <= LONGEST_LEAD_S:
        planned = first_broadcasts(stage, stage.schedule(lead_s))
        if _is_ready_in_time(stage, planned):
            return planned
        lead_s *= 2
    raise NotPossible(
        f"the stations do not get their plan and its audio; the logs are in {stage.processes.folder}"
    )


def _is_ready_in_time(stage: Stage, planned: Mapping[str, PlannedBroadcast]) -> bool:
    until = min(one.planned_start for one in planned.values()) - TIME_ENOUGH
    while clock.system_clock() < until:
        stage.processes.check()
        if all(one.is_ready_for(planned[one.station].key) for one in stage.stations):
            return True
        time.sleep(LOOK_EVERY_S)
    return False
