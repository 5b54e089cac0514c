"""What one row of an import table asks for, read and judged by itself: languages, kinds, days, details."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from broadcaster.errors import BadInput
from broadcaster.newsroom import tags
from broadcaster.newsroom.announcements import clean_title
from broadcaster.newsroom.import_table import DETAILS, TableRow
from broadcaster.newsroom.kinds import FIELDS, clean_details
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.plain_text import one_line, passage
from broadcaster.newsroom.search import fold
from broadcaster.newsroom.search_index import kind_words
from schedules.languages import LANGUAGES

Mistakes = list[tuple[str, str]]
"""Column and words of each."""
Value = TypeVar("Value")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True)
class WantedRow:
    """A recording to bring. Rows of the same `group` belong to one announcement."""

    number: int
    file: str
    title: str = ""
    language: str = ""
    kind: str = AnnouncementKind.OTHER
    announcement: int | None = None
    tags: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    transcript: str | None = None
    transcript_lo: str | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    details: dict[str, Any] = field(default_factory=dict)
    path: Path = Path()
    sha256: str = ""
    size_bytes: int = 0

    @property
    def group(self) -> tuple[str, str]:
        """What makes rows one announcement: the same title and kind."""
        return fold(self.title), self.kind

    def of_file(self, path: Path, sha256: str) -> WantedRow:
        """The row with the file it was found to name."""
        return replace(self, path=path, sha256=sha256, size_bytes=path.stat().st_size)


def known_rows(row: TableRow, zone: tzinfo) -> tuple[WantedRow, Mistakes]:
    """What the row asks for, and every mistake in it; where there are any, the rest of it is still judged."""
    mistakes: Mistakes = []

    def read(column: str, reading: Callable[[str], Value], default: Value) -> Value:
        try:
            return reading(row[column]) if row[column] else default
        except BadInput as error:
            mistakes.append((column, str(error)))
            return default

    number = read("announcement", _number, None)
    if not row["title"] and number is None:
        mistakes.append(("title", "a title is needed, or the number of an announcement"))
    if not row["language"]:
        mistakes.append(("language", "a language is needed"))
    kind = read("kind", _kind, AnnouncementKind.OTHER)
    begins, ends = read("valid_from", _day, None), read("valid_until", _day, None)
    if begins and ends and ends < begins:
        mistakes.append(("valid_until", "the last day comes before the first"))
    given = {name: value for name, value in row.values.items() if name in DETAILS}
    details: dict[str, Any] = {}
    try:
        details = dict(clean_details(kind, given))
    except BadInput as error:
        known = ", ".join(one.name for one in FIELDS[kind]) or "none"
        mistakes.append((error.field or "details", f"{error} (a {kind} has: {known})"))
    return WantedRow(
        number=row.number,
        file=row["file"],
        title=read("title", clean_title, ""),
        language=read("language", _language, ""),
        kind=kind,
        announcement=number,
        tags=read("tags", tags.split_tags, ()),
        speakers=tuple(name for part in re.split("[,;،]", row["speakers"]) if (name := one_line(part))),
        transcript=passage(row["transcript"]) or None,
        transcript_lo=passage(row["transcript_lo"]) or None,
        valid_from=None if begins is None else datetime.combine(begins, time(), tzinfo=zone),
        valid_until=None if ends is None else _end_of(ends, zone),
        details=details,
    ), mistakes


def _end_of(day: date, zone: tzinfo) -> datetime:
    """The last millisecond of a local day, since a plan's bounds include their end."""
    return datetime.combine(day, time(), tzinfo=zone) + timedelta(days=1) - timedelta(milliseconds=1)


@cache
def _languages() -> dict[str, str]:
    names = {fold(one.tag): one.tag for one in LANGUAGES.values()}
    for one in LANGUAGES.values():
        names |= {fold(one.name): one.tag, fold(one.name_lo): one.tag}
    return names


def _language(written: str) -> str:
    found = _languages().get(fold(written))
    if found is None:
        raise BadInput(f"unknown language {written!r}; known are {', '.join(LANGUAGES)}")
    return found


def _kind(written: str) -> AnnouncementKind:
    for kind in AnnouncementKind:
        if fold(written) in {fold(word) for word in (kind.value, *kind_words(kind))}:
            return kind
    raise BadInput(f"unknown kind {written!r}; known are {', '.join(AnnouncementKind)}")


def _day(written: str) -> date | None:
    plain = fold_digits(written)
    found = _DAY.fullmatch(plain)
    try:
        day = date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(plain)
    except ValueError:
        day = date.min
    if not 2000 <= day.year <= 2199:
        raise BadInput(f"{written!r} is not a day; write 2026-03-31 or 31/3/2026")
    return day


def _number(written: str) -> int | None:
    plain = fold_digits(written)
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        raise BadInput(f"{written!r} is not the number of an announcement")
    return int(plain)


def fold_digits(written: str) -> str:
    """Lao digits as 0 to 9, everything else as it is."""
    return "".join(str(ord(sign) - 0x0ED0) if "\u0ed0" <= sign <= "\u0ed9" else sign for sign in written)
