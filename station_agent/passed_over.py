"""Which cues are passed over when their turn comes: past their validity, or not needed.

What stands in for a live stream is heard only where that stream failed in this broadcast, and only until the
instant to which the stream was to be heard.
"""

from __future__ import annotations

from datetime import datetime

from schedules.wire.plan import ItemKind
from station_agent.playout_state import Run


def why_not_heard(run: Run, soonest: datetime, nominal: datetime) -> str | None:
    """The reason, or None: it is heard. A sound begins at `soonest`, a pause at its `nominal`."""
    item = run.cue.item
    when = nominal if item.kind is ItemKind.PAUSE else soonest
    if item.valid_until is not None and when > item.valid_until:
        return "expired"
    if item.instead_of is None:
        return None
    until = run.failed_live.get(item.instead_of)
    if until is None:
        return "not_needed"
    return "time_over" if when >= until else None
