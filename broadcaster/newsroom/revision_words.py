"""The fields of announcements and recordings in the reader's words, to show and to compare them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster.newsroom.kinds import FIELDS, DetailField, DetailType
from broadcaster.newsroom.models import Announcement, AnnouncementKind
from broadcaster.newsroom.wording import kind_label
from broadcaster.web.wording import local_day

_DETAIL = "detail_"

LABELS: dict[str, LazyString] = {
    "title": lazy_gettext("Title"),
    "kind": lazy_gettext("Kind"),
    "valid_from": lazy_gettext("May be heard from"),
    "valid_until": lazy_gettext("May be heard until"),
    "tags": lazy_gettext("Tags"),
    "transcript": lazy_gettext("What is said"),
    "transcript_lo": lazy_gettext("The same in Lao"),
    "speakers": lazy_gettext("Who speaks"),
}


def field_label(field: str) -> str:
    """How the form calls a field."""
    if field.startswith(_DETAIL):
        name = field.removeprefix(_DETAIL)
        known = next((one for fields in FIELDS.values() for one in fields if one.name == name), None)
        return str(known.label) if known else name
    return str(LABELS.get(field, field))


def value_words(field: str, value: Any) -> str:
    """A field's value; empty for none."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):  # another kind, with its fields
        parts = [
            value_words("kind", value["kind"]),
            *(value_words(name, one) for name, one in value.items() if name.startswith(_DETAIL)),
        ]
        return " · ".join(parts)
    if field == "kind":
        return kind_label(AnnouncementKind(value))
    if field in ("valid_from", "valid_until"):
        return local_day(datetime.fromisoformat(value))
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value)
    if field.startswith(_DETAIL):
        return _detail_words(field.removeprefix(_DETAIL), value)
    return str(value)


def detail_lines(announcement: Announcement) -> list[tuple[str, str]]:
    """What its kind asks for and is known, as label and words."""
    values = announcement.detail_values
    return [
        (str(one.label), _words(one, values[one.name]))
        for one in FIELDS[announcement.kind]
        if one.name in values
    ]


def _detail_words(name: str, value: Any) -> str:
    known = next((one for fields in FIELDS.values() for one in fields if one.name == name), None)
    return _words(known, value) if known else str(value)


def _words(detail: DetailField, value: Any) -> str:
    if detail.type is not DetailType.DAY:
        return str(value)
    try:
        return local_day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value)


def nothing() -> str:
    """The word for a field without a value."""
    return str(_("nothing"))
