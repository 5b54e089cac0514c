"""When the plan at hand wants quiet in its village, by the village's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from schedules.quiet_hours import is_quiet
from schedules.wire.plan import Plan, QuietRule
from station_agent.playout_state import Run


def quiet_of(plan: Plan | None) -> Callable[[datetime], bool]:
    """Whether an instant lies in its quiet hours; before the first plan nobody has said when they are."""
    if plan is None:
        return lambda _at: False
    return partial(is_quiet, plan.limits.quiet_hours, ZoneInfo(plan.time_zone))


def is_hushed(plan: Plan | None, run: Run, at: datetime) -> bool:
    """Whether its first sound, which was to begin before quiet hours, would now begin inside them."""
    is_held = run.planned.broadcast.quiet is QuietRule.HOLD and run.late is None
    return is_held and quiet_of(plan)(at)
