"""Quiet hours: the time of day in which a village is left in peace."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from schedules.wire.plan import QuietHours


def is_quiet(quiet: QuietHours | None, zone: ZoneInfo, instant: datetime) -> bool:
    """Whether an aware instant falls into quiet hours, by the local clock of `zone`.

    The start is quiet, the end is not. A span whose end is before its start crosses midnight; None and equal
    ends mean that there are no quiet hours.
    """
    if quiet is None or quiet.start_minute == quiet.end_minute:
        return False
    local = instant.astimezone(zone)
    minute = local.hour * 60 + local.minute
    if quiet.start_minute < quiet.end_minute:
        return quiet.start_minute <= minute < quiet.end_minute
    return minute >= quiet.start_minute or minute < quiet.end_minute
