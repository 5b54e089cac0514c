"""How far the wall clock can be trusted, and when it stepped. Pure: instants come as arguments.

Rules
1. A clock before the plan was issued (less a day), or before the last instant known here, is wrong.
2. A clock that is more than `MOST_OFFSET` away from the province's is wrong.
3. Where the province has told the time in agreement, an instant remembered from a wrong clock is forgotten.
4. Where it has not, a clock after the plan's end, or more than `MOST_JUMP` after the last instant known, is
   not trusted: nobody knows whether it is ahead.
5. A clock is settled, and may decide what can't be taken back, once the province agrees with it; without a
   network once it has gone on evenly for `STEADY_S`, at most `PLAUSIBLE_JUMP` after the last instant known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from station_agent.village_time import told

PLAN_MARGIN = timedelta(days=1)
MEMORY_MARGIN = timedelta(minutes=2)
MOST_OFFSET = timedelta(minutes=10)
LEAST_STEP = timedelta(milliseconds=500)
EVEN_S = 0.49
"""Below this it is no step, however the seconds were rounded."""
MOST_JUMP = timedelta(days=35)
PLAUSIBLE_JUMP = timedelta(hours=36)
STEADY_S = 120.0


@dataclass(frozen=True, slots=True)
class TimeVerdict:
    """Whether timed broadcasts may start by this clock; `why` is empty when they may."""

    trusted: bool
    why: str = ""


TRUSTED = TimeVerdict(True)


def judge(
    now: datetime,
    *,
    plan_issued_at: datetime | None,
    last_known: datetime | None,
    server_offset: timedelta | None,
    plan_not_after: datetime | None = None,
    zone: tzinfo = UTC,
) -> TimeVerdict:
    """`server_offset`: the province's time less ours, None while it was not heard since this start.
    `zone`: the village's, in which `why` tells instants."""
    if server_offset is not None and abs(server_offset) > MOST_OFFSET:
        return TimeVerdict(False, f"the clock is {_span(server_offset)} the province's time; set it")
    if plan_issued_at is not None and now < plan_issued_at - PLAN_MARGIN:
        return TimeVerdict(False, f"the clock says {told(now, zone)}, before the plan was issued; set it")
    if server_offset is None and last_known is not None and now < last_known - MEMORY_MARGIN:
        why = f"the clock says {told(now, zone)}, but it was {told(last_known, zone)} before; set it"
        return TimeVerdict(False, why)
    if server_offset is None and plan_not_after is not None and now > plan_not_after:
        why = f"the clock says {told(now, zone)}, after the plan's end; set it, or connect the network"
        return TimeVerdict(False, why)
    if server_offset is None and last_known is not None and now > last_known + MOST_JUMP:
        return TimeVerdict(
            False,
            f"the clock says {told(now, zone)}, {MOST_JUMP.days} days or more after the last known "
            f"{told(last_known, zone)}; connect the network, or set it",
        )
    return TRUSTED


def is_settled(
    verdict: TimeVerdict,
    now: datetime,
    *,
    steady_s: float,
    last_known: datetime | None,
    server_offset: timedelta | None,
) -> bool:
    """Rule 5. `steady_s`: for how long the clock has gone on without a step since this start."""
    if not verdict.trusted or server_offset is not None:
        return verdict.trusted
    return steady_s >= STEADY_S and last_known is not None and now - last_known <= PLAUSIBLE_JUMP


def _span(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    words = f"{seconds // 3600} h {seconds // 60 % 60} min"
    return f"{words} behind" if offset > timedelta(0) else f"{words} ahead of"


ClockReading = tuple[datetime, float]
"""Both clocks, read together: the wall's instant, and seconds of the one that never steps."""


def step_between(before: ClockReading, after: ClockReading) -> timedelta | None:
    """By how much the wall clock jumped between two readings; None when it went on as time does."""
    (wall_before, before_s), (wall, now_s) = before, after
    passed_s, shown = now_s - before_s, wall - wall_before
    if abs(shown.total_seconds() - passed_s) < EVEN_S:
        return None
    step = shown - timedelta(seconds=passed_s)
    return step if abs(step) >= LEAST_STEP else None
