"""The table of villages as a file: CSV in, checked rows out, every problem named with its line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from broadcaster.errors import BadInput
from broadcaster.places.models import Place, PlaceKind
from schedules.errors import InvalidInput
from schedules.languages import known_tag

MAX_SIZE_BYTES = 8 * 2**20
REQUIRED = ("code", "name", "district_code", "languages")
OPTIONAL = ("name_lo", "aliases", "kumban", "latitude", "longitude", "households", "population")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}")


_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and marks that turn the direction of writing: they make one name look like another.

Zero-width space and joiners are not among them: Lao is written with them.
"""


@dataclass
class VillageFile:
    """One pass over the file: the rows that are right, and what is wrong with the others."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def read_villages(session: Session, file: Path) -> VillageFile:
    """Read and check every line against the places there are; `BadInput` for a file that cannot be read."""
    text = _text(file)
    try:
        return _read(session, text)
    except csv.Error as error:  # a quotation mark that is never closed makes one value of half the file
        message = f"{file.name}: not a CSV table ({error}); look for a quotation mark that is not closed"
        raise BadInput(message, field="file", code="unreadable") from error


def _read(session: Session, text: str) -> VillageFile:
    reading = VillageFile()
    table = csv.DictReader(io.StringIO(text))
    columns = [name.strip() for name in table.fieldnames or []]
    missing = [name for name in REQUIRED if name not in columns]
    unknown = [name for name in columns if name not in REQUIRED + OPTIONAL]
    if missing or unknown:
        reading.problems += [f"column {name!r} is missing" for name in missing]
        reading.problems += [f"column {name!r} is unknown; remove it" for name in unknown]
        return reading
    seen: dict[str, int] = {}
    for line, raw in enumerate(table, start=2):
        row, problems = _row(session, {key.strip(): value for key, value in raw.items() if key is not None})
        if None in raw:
            problems.append("more values than columns; quote values that hold a comma")
        if row["code"] in seen:
            problems.append(f"code {row['code']} stands already in line {seen[row['code']]}")
        seen.setdefault(row["code"], line)
        reading.problems += [f"line {line}: {problem}" for problem in problems]
        reading.rows.append(row)
    if not reading.rows and not reading.problems:
        reading.problems.append("the file has no villages")
    return reading


def _text(file: Path) -> str:
    try:
        if file.exists() and not file.is_file():
            raise BadInput(f"{file}: cannot be read: not a file", field="file", code="unreadable")
        if file.stat().st_size > MAX_SIZE_BYTES:
            raise BadInput(
                f"{file.name}: larger than {MAX_SIZE_BYTES // 2**20} MiB", field="file", code="file_too_large"
            )
        content = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"{file.name}: not UTF-8 text; save the table as CSV UTF-8"
        raise BadInput(message, field="file", code="not_utf8") from error
    except OSError as error:
        raise BadInput(
            f"{file}: cannot be read: {error.strerror}", field="file", code="unreadable"
        ) from error
    return unicodedata.normalize("NFC", content)


def _row(session: Session, raw: Mapping[str, str | None]) -> tuple[dict[str, Any], list[str]]:
    problems: list[str] = []
    text = {name: (raw.get(name) or "").strip() for name in REQUIRED + OPTIONAL}

    def number(name: str, kind: Callable[[str], float], least: float, most: float) -> Any:
        if not text[name]:
            return None
        try:
            value = kind(text[name])
        except ValueError:
            problems.append(f"{name} {text[name]!r} is not a number")
            return None
        if not least <= value <= most:
            problems.append(f"{name} {text[name]} lies outside {least} to {most}")
        return value

    problems += [
        f"{name} holds a character that cannot be seen (U+{ord(found[0]):04X}); type it again"
        for name, value in text.items()
        if (found := _HIDDEN.search(value))
    ]
    if not _CODE.fullmatch(text["code"]):
        problems.append(f"code {text['code']!r} is not a code; use letters, digits, '.', '_' and '-'")
    if not 1 <= len(text["name"]) <= 120:
        problems.append("the name is missing or longer than 120 characters")
    district = session.get(Place, text["district_code"])
    if district is None or district.kind != PlaceKind.DISTRICT:
        problems.append(f"there is no district {text['district_code']!r}")
    taken = session.get(Place, text["code"])
    if taken is not None and taken.kind != PlaceKind.VILLAGE:
        problems.append(f"code {text['code']} is the {taken.kind} {taken.name}")
    row = {
        "code": text["code"],
        "name": text["name"],
        "name_lo": text["name_lo"] or None,
        "aliases": _parts(text["aliases"]),
        "district_code": text["district_code"],
        "kumban": text["kumban"],
        "languages": _languages(text["languages"], problems),
        "latitude": number("latitude", float, -90, 90),
        "longitude": number("longitude", float, -180, 180),
        "households": number("households", int, 0, 1_000_000),
        "population": number("population", int, 0, 10_000_000),
    }
    return row, problems


def _languages(text: str, problems: list[str]) -> list[str]:
    tags: list[str] = []
    for part in _parts(text):
        try:
            tags.append(known_tag(part))
        except InvalidInput as error:
            problems.append(str(error))
    if not tags and not problems:
        problems.append("no language; write the tags between semicolons, the first one first")
    return list(dict.fromkeys(tags))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(";") if part.strip()]
