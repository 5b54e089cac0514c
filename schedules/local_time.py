"""Local wall time against UTC: the one place that knows what a clock change does to a planned time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schedules.errors import InvalidInput


@lru_cache(maxsize=64)
def zone_named(name: str) -> ZoneInfo:
    """The time zone of an IANA name such as `Asia/Vientiane`; `InvalidInput` where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InvalidInput(
            f"unknown time zone {name[:80]!r}; use an IANA name such as Asia/Vientiane"
        ) from error


def airing_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a naive local time airs.

    A local time that does not exist (the clock jumps over it) airs at the first instant after the gap. One
    that comes twice (the clock is set back) airs once, at the first.
    """
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    return _end_of_gap(local, zone)


def _end_of_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Bisect, to the second, between the readings of `local` with the offset after and before the jump."""
    before = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after
