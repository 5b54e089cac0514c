"""Enrolment: a one-time code makes a village PC a station, by its own public key.

Rules: a code has 60 random bits, lives seven days, works once; only its hash is kept; a newer code of the
same station closes the older ones. Of two PCs that use it at once, one gets in.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from broadcaster import jobs
from broadcaster.accounts.service import Person, record
from broadcaster.errors import NotPossible
from broadcaster.fleet.errors import CodeRefused
from broadcaster.fleet.models import EnrolmentCode, PublishedPlan, Station, StationState
from schedules.wire.station_access import EnrolmentRequest

CODE_LIFETIME = timedelta(days=7)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})
_LENGTH = 12


def new_code(session: Session, station: Station, now: datetime, actor: Person | str | None = None) -> str:
    """A fresh one-time code, as people read it: `7K3M-9PQR-2TVW`. Older ones of the station are closed."""
    if station.state is StationState.RETIRED:
        raise NotPossible(
            f"{station.id} is retired; add a new station for the village",
            code="station_retired",
            station=station.id,
        )
    close_codes(session, station, now)
    plain = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
    session.add(EnrolmentCode(station_id=station.id, code_hash=_hash(plain), expires_at=now + CODE_LIFETIME))
    record(session, action="station.code", subject=station.subject, actor=actor, now=now)
    session.flush()
    return "-".join(plain[i : i + 4] for i in range(0, _LENGTH, 4))


def close_codes(session: Session, station: Station, now: datetime) -> None:
    """The station's open codes work no more."""
    session.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.station_id == station.id, EnrolmentCode.used_at.is_(None))
        .values(used_at=now)
    )


def enrol(session: Session, request: EnrolmentRequest, now: datetime) -> Station:
    """The station the code belongs to, now known by this public key. `CodeRefused` without saying why.

    Its first plan is published at once, in place of what was made to be looked at. A key other than before
    begins a new journal: the entries of the new PC are numbered from 1 again.
    """
    wanted = _hash(request.code)
    code = session.scalar(select(EnrolmentCode).where(EnrolmentCode.code_hash == wanted))
    if code is None or not hmac.compare_digest(code.code_hash, wanted):
        raise CodeRefused
    taken = session.execute(
        update(EnrolmentCode)
        .where(EnrolmentCode.id == code.id, EnrolmentCode.used_at.is_(None), EnrolmentCode.expires_at > now)
        .values(used_at=now)
    )
    station = session.get(Station, code.station_id, populate_existing=True)
    if taken.rowcount != 1 or station is None or station.state is StationState.RETIRED:  # type: ignore[attr-defined]  # an UPDATE's result has it
        raise CodeRefused
    before = {"state": station.state, "public_key": station.public_key}
    if station.state is StationState.WAITING:
        session.execute(delete(PublishedPlan).where(PublishedPlan.station_id == station.id))
    if station.public_key != request.public_key:
        station.journal += 1
        station.confirmed_serial = 0
    station.public_key = request.public_key
    station.state = StationState.ACTIVE
    station.enrolled_at = now
    station.last_seen_at = now
    station.software = request.software
    after = {"state": station.state, "public_key": station.public_key}
    record(
        session,
        action="station.enrol",
        subject=station.subject,
        before=before,
        after=after,
        actor=station.subject,
        now=now,
    )
    jobs.ask(session, "publish_plans", now)
    return station


def _hash(code: str) -> str:
    """What is kept of a code: blanks, dashes and look-alike letters make no difference."""
    plain = "".join(code.upper().split()).replace("-", "").translate(_ALIKE)
    return hashlib.sha256(b"sekong-enrolment:" + plain.encode()).hexdigest()
