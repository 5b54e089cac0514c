"""The next instants of a rule, however far away its first day is."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.recurrence import Recurrence, occurrences

# One after the other until enough is found; none can exceed what the rules let anybody ask for at once.
_WINDOWS = (timedelta(days=9), timedelta(days=70), timedelta(days=400))


def next_instants(recurrence: Recurrence, zone: ZoneInfo, now: datetime, most: int) -> tuple[datetime, ...]:
    """At most `most` coming instants, UTC, sorted; empty when the rule is over."""
    first_day = datetime.combine(recurrence.start, time.min, tzinfo=UTC) - timedelta(days=2)
    begin = max(now, first_day)
    found: tuple[datetime, ...] = ()
    for window in _WINDOWS:
        found = occurrences(recurrence, zone, begin, begin + window)
        if len(found) >= most:
            break
    return found[:most]
