"""What people and programs type: times, days and weekdays as text, turned into the rules' values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time

from broadcaster.errors import BadInput
from schedules.errors import InvalidInput
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import LanguageRule, MissedChoice
from schedules.wire.plan import MissedRule

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE_MS = 60_000
# As people write times: 7:00, 07:00, 17.30, 05:30:15, and the same in Lao digits.
_TYPED = re.compile(r"(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?")


def wall_times(texts: Sequence[str]) -> tuple[time, ...]:
    """Local times from `05:30`, `5:30`, `17.30` or `05:30:15`, several by commas or in several texts.

    Sorted, each once; `BadInput` for anything else.
    """
    found: set[time] = set()
    for text in ",".join(texts).split(","):
        if not text.strip():
            continue
        try:
            wall = _wall_time(text.strip())
        except ValueError as error:
            raise _bad_time(text) from error
        if wall.tzinfo is not None or wall.microsecond:
            raise _bad_time(text)
        found.add(wall)
    if not found:
        raise BadInput("a time is needed, such as 05:30", field="times", code="time_missing")
    return tuple(sorted(found))


def day(text: str, field: str) -> date:
    """A day from `2026-11-24`."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadInput(
            f"{text!r} is not a day; write it as 2026-11-24", field=field, code="bad_day", text=text
        ) from error


def weekdays(text: str) -> frozenset[int]:
    """Weekdays from `mon,thu`; 0 is Monday."""
    names = [name.strip().lower()[:3] for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in WEEKDAYS]
    if unknown or not names:
        raise BadInput(
            f"{text!r} are no weekdays; write for example mon,thu", field="weekdays", code="bad_weekdays"
        )
    return frozenset(WEEKDAYS.index(name) for name in names)


def recurrence(
    frequency: Frequency,
    times: tuple[time, ...],
    start: date,
    *,
    on: frozenset[int] = frozenset(),
    until: date | None = None,
) -> Recurrence:
    """The rule; `BadInput` with the field that breaks it."""
    if frequency is Frequency.WEEKLY and not on:
        raise BadInput("choose at least one weekday", field="weekdays", code="weekday_missing")
    if until is not None and until < start and frequency is not Frequency.ONCE:
        raise BadInput(
            "the last day is before the first; change one of them",
            field="until",
            code="ends_before_it_begins",
        )
    try:
        return Recurrence(
            frequency,
            times,
            start=start,
            weekdays=on if frequency is Frequency.WEEKLY else frozenset(),
            until=None if frequency is Frequency.ONCE else until,
        )
    except InvalidInput as error:
        raise BadInput(str(error), field="times", code="bad_recurrence", reason=str(error)) from error


def missed_choice(rule: str, late_by_minutes: int | None) -> MissedChoice:
    """The missed-policy from its word and, for `late`, the minutes it may be late (30 unless said)."""
    try:
        wanted = MissedRule(rule)
    except ValueError as error:
        raise _unknown("missed", rule, MissedRule) from error
    if wanted is not MissedRule.LATE:
        return MissedChoice(wanted)
    try:
        return MissedChoice(wanted, (30 if late_by_minutes is None else late_by_minutes) * MINUTE_MS)
    except InvalidInput as error:
        raise BadInput(
            "it may start 1 minute to 24 hours late", field="late_by", code="bad_late_by"
        ) from error


def message_class(text: str) -> MessageClass:
    """The message class of that name."""
    try:
        return MessageClass(text)
    except ValueError as error:
        raise _unknown("message_class", text, MessageClass) from error


def language_rule(text: str) -> LanguageRule:
    """The language rule of that name."""
    try:
        return LanguageRule(text)
    except ValueError as error:
        raise _unknown("languages", text, LanguageRule) from error


def _wall_time(text: str) -> time:
    typed = _TYPED.fullmatch(text)
    if typed is None:
        return time.fromisoformat(text)
    hour, minute, second = (int(part) for part in typed.groups(default="0"))
    return time(hour, minute, second)


def _bad_time(text: str) -> BadInput:
    return BadInput(
        f"{text.strip()!r} is not a time; write it as 05:30 or 05:30:15",
        field="times",
        code="bad_time",
        text=text.strip(),
    )


def _unknown(field: str, text: str, known: type[MissedRule | MessageClass | LanguageRule]) -> BadInput:
    return BadInput(
        f"{text!r} is unknown here; known are {', '.join(known)}", field=field, code="unknown_word", text=text
    )
