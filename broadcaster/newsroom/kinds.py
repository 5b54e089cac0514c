"""What each kind of announcement asks for beside its title, as one table, and how an answer must look.

Rule 1: nothing here is needed before a voice can be recorded; what is `needed` and not there is pointed out.
Rule 2: what is not in the table is refused, so that a slip of a program's field name is not lost in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_babel import LazyString, lazy_gettext

from broadcaster.errors import BadInput
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.plain_text import one_line

LONGEST_DETAIL = 300
FIRST_YEAR, LAST_YEAR = 1900, 2199

DetailValue = str | int


class DetailType(StrEnum):
    """What can be written into a field."""

    TEXT = "text"
    NUMBER = "number"
    DAY = "day"


@dataclass(frozen=True)
class DetailField:
    """One field of a kind. Numbers lie from `least` to `most`; days are written as `2026-03-03`."""

    name: str
    type: DetailType
    label: LazyString
    needed: bool = False
    example: LazyString | str = ""
    least: int = 1
    most: int = 999


_T, _N, _D = DetailType.TEXT, DetailType.NUMBER, DetailType.DAY
_PLACE = lazy_gettext("Place")

FIELDS: dict[AnnouncementKind, tuple[DetailField, ...]] = {
    AnnouncementKind.ASSEMBLY_RESULT: (
        DetailField("legislature", _N, lazy_gettext("Legislature"), True, "9", most=99),
        DetailField("session_number", _N, lazy_gettext("Session number"), True, "6", most=99),
        DetailField("session_day", _D, lazy_gettext("Last day of the session")),
    ),
    AnnouncementKind.LAW_ORIENTATION: (
        DetailField(
            "law", _T, lazy_gettext("Name of the law"), True, lazy_gettext("Law on Local Administration")
        ),
        DetailField("law_number", _T, lazy_gettext("Number of the law"), False, "68/NA"),
        DetailField("year", _N, lazy_gettext("Year"), True, "2015", FIRST_YEAR, LAST_YEAR),
    ),
    AnnouncementKind.SEKONG_TODAY: (
        DetailField("issue", _N, lazy_gettext("Issue number"), True, "12", most=9999),
        DetailField("issue_day", _D, lazy_gettext("Day of the issue")),
    ),
    AnnouncementKind.HEALTH: (
        DetailField("topic", _T, lazy_gettext("Topic"), True, lazy_gettext("Vaccination of children")),
        DetailField("authority", _T, lazy_gettext("Who says so"), False, lazy_gettext("Health office")),
    ),
    AnnouncementKind.EMERGENCY: (
        DetailField("hazard", _T, lazy_gettext("Danger"), True, lazy_gettext("Flood")),
        DetailField("place", _T, _PLACE, True, lazy_gettext("Villages along the river")),
    ),
    AnnouncementKind.SCHOOL: (
        DetailField("school", _T, lazy_gettext("School"), False, lazy_gettext("Lower secondary school")),
        DetailField("day", _D, lazy_gettext("Day it is about")),
    ),
    AnnouncementKind.MARKET: (
        DetailField("place", _T, _PLACE, False, lazy_gettext("Market of the district")),
        DetailField("day", _D, lazy_gettext("Market day"), True),
    ),
    AnnouncementKind.WEATHER: (DetailField("day", _D, lazy_gettext("Weather of the day"), True),),
    AnnouncementKind.OTHER: (),
}


def clean_details(kind: AnnouncementKind, given: Mapping[str, Any]) -> dict[str, DetailValue]:
    """What was given for this kind, checked, without the empty fields; `BadInput` names a wrong one."""
    known = {field.name: field for field in FIELDS[kind]}
    for name in given:
        if name not in known:
            raise BadInput(
                f"{kind.value} has no field {name!r}; it has {', '.join(known) or 'none'}",
                field="details",
                code="unknown_detail",
            )
    cleaned = {name: _clean(field, given.get(name)) for name, field in known.items()}
    return {name: value for name, value in cleaned.items() if value is not None}


def fitting(kind: AnnouncementKind, values: Mapping[str, Any]) -> dict[str, Any]:
    """Of some values those that this kind has a field for: what stays when the kind changes."""
    return {field.name: values[field.name] for field in FIELDS[kind] if field.name in values}


def still_needed(kind: AnnouncementKind, values: Mapping[str, Any]) -> tuple[DetailField, ...]:
    """What this kind needs and nobody has written yet."""
    return tuple(field for field in FIELDS[kind] if field.needed and values.get(field.name) in (None, ""))


def _clean(field: DetailField, value: Any) -> DetailValue | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    match field.type:
        case DetailType.NUMBER:
            return _number(field, value)
        case DetailType.DAY:
            return _day(field, value)
        case DetailType.TEXT:
            return _text(field, value)


def _number(field: DetailField, value: Any) -> int:
    try:
        number = value if isinstance(value, int) and not isinstance(value, bool) else int(str(value).strip())
    except ValueError:
        number = field.least - 1
    if not field.least <= number <= field.most:
        raise BadInput(
            f"{field.name} is a number from {field.least} to {field.most}",
            field=f"detail_{field.name}",
            code="detail_number",
            least=field.least,
            most=field.most,
        )
    return number


def _day(field: DetailField, value: Any) -> str:
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value).strip())
    except ValueError:
        day = date.min
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise BadInput(
            f"{field.name} is a day, written as 2026-03-03", field=f"detail_{field.name}", code="detail_day"
        )
    return date(day.year, day.month, day.day).isoformat()


def _text(field: DetailField, value: Any) -> str:
    words = one_line(str(value))
    if len(words) > LONGEST_DETAIL:
        raise BadInput(
            f"{field.name} has {len(words)} characters; {LONGEST_DETAIL} are possible",
            field=f"detail_{field.name}",
            code="detail_too_long",
            longest=LONGEST_DETAIL,
        )
    return words
