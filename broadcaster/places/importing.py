"""Villages from a CSV file: all or nothing, every problem named with its line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts.service import Person, record
from broadcaster.errors import BadInput
from broadcaster.places.models import Place, PlaceKind
from broadcaster.places.village_file import read_villages


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or with `dry_run` would do."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    dry_run: bool


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
    reading = read_villages(session, file)
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
