"""Whether a broadcast may begin by the time: quiet hours, and a clock that can't be right."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.airing_origin import Origin, origin_of
from schedules.quiet_hours import is_quiet
from schedules.wire.plan import Plan, PlannedBroadcast, QuietRule
from station_agent.simulation.accounts import FAR_OFF
from station_agent.simulation.clock import VirtualClock

NOTICED_WITHIN_US = 200_000
"""The agent looks at both clocks several times a second."""
JUDGED_WITHIN_US = 1_200_000
"""The clock is judged once a second, after the province has told the time too."""
BEFORE_PLAN = timedelta(days=1)


def out_of_time(
    broadcast: PlannedBroadcast,
    start: datetime,
    plan: Plan | None,
    clock: VirtualClock,
    *,
    stepped_us: int,
    told_time_us: int | None,
) -> str | None:
    """What is wrong with a broadcast that begins now, its first sample at `start`; None if nothing is.

    `stepped_us`: when the clock stepped last; `told_time_us`: since when the agent knows the province's time.
    """
    origin = origin_of(broadcast.key)
    if origin is Origin.ALERT or plan is None:
        return None  # at any hour, on any clock; before the first plan nobody has said when it is quiet
    is_held = broadcast.quiet is QuietRule.HOLD
    if is_held and is_quiet(plan.limits.quiet_hours, ZoneInfo(plan.time_zone), start):
        return f"{broadcast.key} begins in quiet hours"
    is_asked_for = origin in (Origin.LOCAL, Origin.MICROPHONE)  # by somebody who is there
    if is_asked_for or clock.us - stepped_us <= NOTICED_WITHIN_US:
        return None
    if clock.now() < plan.issued_at - BEFORE_PLAN:
        return f"{broadcast.key} begins on a clock that stands before its plan"
    is_told = told_time_us is not None and clock.us - told_time_us > JUDGED_WITHIN_US
    if is_told and abs(clock.now() - clock.true()) > FAR_OFF:
        return f"{broadcast.key} begins on a clock the province knows to be wrong"
    return None
