"""Whether an airing can have happened as the station says. Clocks err by seconds and minutes, not by hours.

What cannot have happened is never counted as heard; it is noted, so that somebody looks at the station.
"""

from __future__ import annotations

from datetime import timedelta

from schedules.wire.report import Airing

LONGER_AT_MOST = timedelta(minutes=2)
"""So much longer than planned, or than between first and last sample, may the sound have lasted."""


def doubt(airing: Airing) -> str | None:
    """Why it cannot have happened so, in words; None when it can."""
    aired = timedelta(milliseconds=airing.aired_ms)
    if aired > timedelta(milliseconds=airing.planned_ms) + LONGER_AT_MOST:
        return "it lasted longer than the item is"
    if airing.started_at is not None and airing.ended_at is not None:
        if airing.ended_at < airing.started_at:
            return "it ended before it began"
        if aired > airing.ended_at - airing.started_at + LONGER_AT_MOST:
            return "it lasted longer than from its beginning to its end"
    return None
