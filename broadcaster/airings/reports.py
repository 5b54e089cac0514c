"""Taking a station's report: in any order, as often as it comes, each entry once.

Rules: the first word of a number stays; another content under a number already taken is kept out and noted as
an incident; so is an airing that cannot have happened.
Acknowledged is the highest number below which nothing is missing. Health and the confirmed plan
follow the newest report, not one that was long on its way.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.airings.models import AiringEntry, IncidentEntry, JournalEntry, JournalMark
from broadcaster.airings.plausibility import doubt
from broadcaster.errors import BadInput
from broadcaster.fleet.service import Station
from schedules.wire.report import Airing, Entry, Incident, StationReport

CONTRADICTION = "report_contradiction"
UNKNOWN_PLAN = "unknown_plan"
IMPLAUSIBLE = "implausible_airing"
LARGEST_NUMBER = 2**53
SERIALS_LOST_AT_MOST = 10_000
"""A database restored from a backup may be behind its stations by this many plans, hardly by more."""


def accept_report(session: Session, station: Station, report: StationReport, now: datetime) -> int:
    """Take what is new of a verified report; the number through which everything is here. Does not commit."""
    if report.station != station.id:
        raise BadInput(f"a report of {report.station} was handed in for {station.id}", code="wrong_station")
    _refuse_unstorable(report)
    mark = _mark(session, station, report)
    known = _known(session, station, [entry.number for entry in report.entries])
    for entry in report.entries:
        digest = _digest(entry)
        digests = known.get(entry.number, {})
        if digest in digests.values():
            if station.journal not in digests:
                session.add(_journal_entry(station, entry.number, digest))
        elif station.journal in digests:
            _note_contradiction(session, station, entry, now)
        else:
            session.add(_journal_entry(station, entry.number, digest))
            _take(session, station, entry, now)
    session.flush()
    mark.acknowledged = _contiguous(session, station, mark.acknowledged)
    _update_station(session, station, mark, report, now)
    return mark.acknowledged


def acknowledged(session: Session, station: Station) -> int:
    """The number through which everything of the station's present journal is here."""
    mark = session.get(JournalMark, (station.id, station.journal))
    return mark.acknowledged if mark else 0


def _mark(session: Session, station: Station, report: StationReport) -> JournalMark:
    """The journal's mark, locked so that two reports of a station are taken one after the other."""
    mark = session.get(JournalMark, (station.id, station.journal), with_for_update=True)
    if mark is None:
        base = 0
        if station.journal > 1:
            base = report.entries[0].number - 1 if report.entries else report.number
        mark = JournalMark(
            station_id=station.id, journal=station.journal, base=base, acknowledged=base, newest_report=0
        )
        session.add(mark)
        session.flush()
    return mark


def _known(session: Session, station: Station, numbers: Sequence[int]) -> dict[int, dict[int, str]]:
    """What was received under these numbers: by number, then by journal, the digest."""
    known: dict[int, dict[int, str]] = {}
    if not numbers:
        return known
    rows = session.execute(
        select(JournalEntry.number, JournalEntry.journal, JournalEntry.digest).where(
            JournalEntry.station_id == station.id,
            JournalEntry.number.between(min(numbers), max(numbers)),
        )
    )
    for number, journal, digest in rows:
        known.setdefault(number, {})[journal] = digest
    return known


def _contiguous(session: Session, station: Station, through: int) -> int:
    numbers = session.scalars(
        select(JournalEntry.number)
        .where(
            JournalEntry.station_id == station.id,
            JournalEntry.journal == station.journal,
            JournalEntry.number > through,
        )
        .order_by(JournalEntry.number)
    )
    for number in numbers:
        if number != through + 1:
            break
        through = number
    return through


def _update_station(
    session: Session, station: Station, mark: JournalMark, report: StationReport, now: datetime
) -> None:
    if report.number < mark.newest_report:
        return
    mark.newest_report = report.number
    station.software = report.software
    station.health = report.health.model_dump(mode="json")
    station.health_at = now
    if report.plan_serial <= station.published_serial + SERIALS_LOST_AT_MOST:
        station.confirmed_serial = report.plan_serial
    else:
        message = "the station says it follows a plan this server never published; look who signs plans"
        _note(session, station, UNKNOWN_PLAN, f"plan {report.plan_serial}", message, now)


def _refuse_unstorable(report: StationReport) -> None:
    serials = [entry.plan_serial for entry in report.entries if isinstance(entry, Airing)]
    if max(report.number, report.plan_serial, *serials) > LARGEST_NUMBER:
        raise BadInput(f"numbers in a report end at {LARGEST_NUMBER}", code="bad_number")
    if "\\u0000" in report.model_dump_json():
        raise BadInput("a text in the report holds a NUL character", code="bad_text")


def _digest(entry: Entry) -> str:
    plain = json.dumps(entry.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _journal_entry(station: Station, number: int, digest: str) -> JournalEntry:
    return JournalEntry(station_id=station.id, journal=station.journal, number=number, digest=digest)


def _take(session: Session, station: Station, entry: Entry, now: datetime) -> None:
    """Keep the entry; an airing that cannot have happened only as an incident, so that nothing counts it."""
    why = doubt(entry) if isinstance(entry, Airing) else None
    if why is None:
        session.add(_row(station, entry, now))
        return
    said = f"the station says of {entry.item} what cannot be: {why}" if isinstance(entry, Airing) else why
    message = f"{said}; look at its clock, and who has access to it"
    _note(session, station, IMPLAUSIBLE, f"entry {entry.number}", message, now)


def _row(station: Station, entry: Entry, now: datetime) -> AiringEntry | IncidentEntry:
    values = entry.model_dump(mode="json", exclude={"entry"})
    values |= {"station_id": station.id, "journal": station.journal, "received_at": now}
    if isinstance(entry, Incident):
        return IncidentEntry(**(values | {"at": entry.at}))
    instants = {name: getattr(entry, name) for name in ("planned_start", "started_at", "ended_at")}
    return AiringEntry(**(values | instants))


def _note_contradiction(session: Session, station: Station, entry: Entry, now: datetime) -> None:
    said = entry.item if isinstance(entry, Airing) else entry.code
    message = f"a second report says something else under this number ({said}); the first word stays"
    _note(session, station, CONTRADICTION, f"entry {entry.number}", message, now)


def _note(session: Session, station: Station, code: str, subject: str, message: str, now: datetime) -> None:
    """An incident of the province's own; once a subject, so that a station that repeats it fills no list."""
    noted = session.scalar(
        select(IncidentEntry.id).where(
            IncidentEntry.station_id == station.id,
            IncidentEntry.journal == station.journal,
            IncidentEntry.code == code,
            IncidentEntry.subject == subject,
        )
    )
    if noted is not None:
        return
    session.add(
        IncidentEntry(
            station_id=station.id,
            journal=station.journal,
            number=None,
            at=now,
            code=code,
            subject=subject,
            message=message,
            received_at=now,
        )
    )
    session.flush()
