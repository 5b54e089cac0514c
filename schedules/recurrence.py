"""When a slot comes round: daily, weekly or once, in the village's local time.

Days are expanded in naive local time with dateutil's rrule, started at the window and not at the first day
ever (rrule walks from its start). The zone is attached afterwards: see `local_time.airing_instant` for what
a clock change does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from dateutil import rrule

from schedules.errors import InvalidInput
from schedules.local_time import airing_instant

MAX_TIMES_A_DAY = 48
MAX_EXCEPT_DATES = 1000
MAX_WINDOW_DAYS = 3700
MAX_OCCURRENCES = 20_000
# Far enough on both sides that no date arithmetic leaves what datetime can hold.
_FIRST_YEAR, _LAST_YEAR = 1970, 2200
# A whole day can be missing from a local calendar (a move over the date line), so look that far around.
_MARGIN = timedelta(days=2)


class Frequency(StrEnum):
    """How often: each day, on named weekdays, or on one day only."""

    DAILY = "daily"
    WEEKLY = "weekly"
    ONCE = "once"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule in local time.

    `times` are wall times to the second; `weekdays` count from 0 = Monday and belong to `weekly` only;
    `start` and `until` are local days, both included; nothing airs on `except_dates`. `once` airs on `start`.
    A value that breaks this is refused with `InvalidInput`.
    """

    frequency: Frequency
    times: tuple[time, ...]
    _: KW_ONLY
    start: date
    weekdays: frozenset[int] = frozenset()
    until: date | None = None
    except_dates: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if not 1 <= len(self.times) <= MAX_TIMES_A_DAY:
            raise InvalidInput(f"a slot airs at 1 to {MAX_TIMES_A_DAY} times a day, not {len(self.times)}")
        for wall in self.times:
            if wall.tzinfo is not None or wall.microsecond:
                raise InvalidInput(f"{wall} must be a local time without zone, in whole seconds")
        if (self.frequency is Frequency.WEEKLY) != bool(self.weekdays):
            raise InvalidInput("a weekly slot needs weekdays, and only a weekly slot has them")
        if not self.weekdays <= frozenset(range(7)):
            raise InvalidInput("weekdays count from 0 (Monday) to 6 (Sunday)")
        if not _FIRST_YEAR <= self.start.year <= _LAST_YEAR:
            raise InvalidInput(f"the first day {self.start} must be in {_FIRST_YEAR}–{_LAST_YEAR}")
        if self.until is not None and self.until < self.start:
            raise InvalidInput(f"the last day {self.until} is before the first day {self.start}")
        if len(self.except_dates) > MAX_EXCEPT_DATES:
            raise InvalidInput(
                f"at most {MAX_EXCEPT_DATES} days can be left out, not {len(self.except_dates)}"
            )


def occurrences(
    recurrence: Recurrence, zone: ZoneInfo, from_utc: datetime, to_utc: datetime
) -> tuple[datetime, ...]:
    """The instants in [from_utc, to_utc) at which the rule airs: UTC, sorted, each once.

    A local time that does not exist airs at the first instant after the gap; an ambiguous one airs once, at
    the first; two times that meet at the end of one gap air once. `InvalidInput` for naive or very distant
    bounds, for a window of more than 3,700 days and for more than 20,000 instants.
    """
    first, last = _local_bounds(recurrence, zone, from_utc, to_utc)
    found: set[datetime] = set()
    for day in _days(recurrence, first, last):
        for wall in recurrence.times:
            instant = airing_instant(datetime.combine(day, wall), zone)
            if from_utc <= instant < to_utc:
                found.add(instant)
        if len(found) > MAX_OCCURRENCES:
            raise InvalidInput(f"more than {MAX_OCCURRENCES} occurrences; ask for a shorter time")
    return tuple(sorted(found))


def _local_bounds(
    recurrence: Recurrence, zone: ZoneInfo, from_utc: datetime, to_utc: datetime
) -> tuple[date, date]:
    """The local days to look at, the rule's own bounds included. The last may be before the first."""
    for bound in (from_utc, to_utc):
        if bound.tzinfo is None:
            raise InvalidInput("occurrences are asked for between aware instants, not naive times")
        if not _FIRST_YEAR <= bound.year <= _LAST_YEAR:
            raise InvalidInput(f"{bound.date()} is out of range: {_FIRST_YEAR}–{_LAST_YEAR}")
    first = max(from_utc.astimezone(zone).date() - _MARGIN, recurrence.start)
    last = to_utc.astimezone(zone).date() + _MARGIN
    if recurrence.frequency is Frequency.ONCE:
        last = min(last, recurrence.start)
    if recurrence.until is not None:
        last = min(last, recurrence.until)
    if (last - first).days > MAX_WINDOW_DAYS:
        raise InvalidInput(f"occurrences are asked for over {(last - first).days} days; at most 3,700")
    return first, last


def _days(recurrence: Recurrence, first: date, last: date) -> Iterator[date]:
    if last < first:
        return
    # With an interval of one, a weekly rule may start at any day: nothing depends on its first week.
    rule = rrule.rrule(
        rrule.DAILY,
        dtstart=datetime.combine(first, time.min),
        until=datetime.combine(last, time.min),
        byweekday=sorted(recurrence.weekdays) or None,
    )
    for moment in rule:
        if moment.date() not in recurrence.except_dates:
            yield moment.date()


def in_utc(instant: datetime) -> datetime:
    """An aware instant in UTC, to the millisecond, as documents write it; naive is `InvalidInput`."""
    if instant.tzinfo is None:
        raise InvalidInput(f"{instant} has no time zone; instants are aware")
    utc = instant.astimezone(UTC)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)
