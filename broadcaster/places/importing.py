"""Villages from a CSV file: all or nothing, every problem named with its line."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts.service import Person, record
from broadcaster.errors import BadInput
from broadcaster.places.models import Place, PlaceKind
from schedules.errors import InvalidInput
from schedules.languages import known_tag

MAX_SIZE_BYTES = 8 * 2**20
REQUIRED = ("code", "name", "district_code", "languages")
OPTIONAL = ("name_lo", "aliases", "kumban", "latitude", "longitude", "households", "population")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,38}")


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or with `dry_run` would do."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    dry_run: bool


@dataclass
class _Reading:
    """One pass over the file: the rows that are right, and what is wrong with the others."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def import_villages(
    session: Session,
    file: Path,
    now: datetime,
    dry_run: bool = False,
    *,
    illustrative: bool = False,
    actor: Person | str | None = None,
) -> ImportResult:
    """Add or update villages by their code.

    Columns: code, name, district_code, languages (tags, the first one first, between semicolons); and, where
    known, name_lo, aliases (between semicolons), kumban, latitude, longitude (WGS 84 degrees), households,
    population. `BadInput` names every wrong line; then nothing is changed.
    """
    reading = _read(session, file)
    if reading.problems:
        shown = reading.problems[:20]
        more = len(reading.problems) - len(shown)
        raise BadInput(
            "; ".join(shown) + (f"; and {more} more" if more else ""),
            field="file",
            code="bad_village_file",
            problems="; ".join(shown),
        )
    added, changed, unchanged = [], [], 0
    for row in reading.rows:
        outcome = _save(session, {**row, "illustrative": illustrative}, dry_run)
        if outcome == "added":
            added.append(row["code"])
        elif outcome == "changed":
            changed.append(row["code"])
        else:
            unchanged += 1
    result = ImportResult(tuple(added), tuple(changed), unchanged, dry_run)
    if not dry_run and (added or changed):
        session.flush()
        after = {"added": added, "changed": changed}
        record(session, action="place.import", subject="places", after=after, actor=actor, now=now)
        jobs.ask(session, "publish_plans", now)
    return result


def _read(session: Session, file: Path) -> _Reading:
    reading = _Reading()
    table = csv.DictReader(io.StringIO(_text(file)))
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


def _save(session: Session, row: dict[str, Any], dry_run: bool) -> str:
    values = {name: value for name, value in row.items() if name not in ("district_code", "kumban", "code")}
    values["parent_code"] = _kumban(session, row, dry_run)
    village = session.get(Place, row["code"])
    if village is None:
        if not dry_run:
            session.add(Place(code=row["code"], kind=PlaceKind.VILLAGE, **values))
        return "added"
    if all(getattr(village, name) == value for name, value in values.items()):
        return "unchanged"
    if not dry_run:
        for name, value in values.items():
            setattr(village, name, value)
    return "changed"


def _kumban(session: Session, row: dict[str, Any], dry_run: bool) -> str:
    """The code of the village's parent: its kumban, made when it is new, else its district."""
    district, name = row["district_code"], row["kumban"]
    if not name:
        return str(district)
    slug = "-".join(re.findall(r"\w+", name.casefold()))[:30]
    code = f"{district}-{slug}"
    if not dry_run and session.get(Place, code) is None:
        session.add(Place(code=code, kind=PlaceKind.KUMBAN, name=name, parent_code=district))
        session.flush()
    return code
