"""Guessing takes ever longer: after some wrong attempts the next waits until a growing pause ends.

Rule 1: counted by the account that was typed, whether somebody has it or not, and by where it came from.
Rule 2: an attempt is counted before it is looked at, so that a hundred at once are no more than one after
another; a right one is taken back.
Rule 3: a day without a wrong attempt forgets them; so does being let in, for the account.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from broadcaster.accounts.audit import record
from broadcaster.accounts.models import Person
from broadcaster.accounts.sessions import KEPT_FOR
from broadcaster.accounts.sign_in_models import PauseKind, SignInPause, SignInSession

FREE_ATTEMPTS = {PauseKind.ACCOUNT: 5, PauseKind.ADDRESS: 20}
"""An office behind one router shares an address."""
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Counted:
    """Whose attempts one attempt adds to."""

    kind: PauseKind
    key_hash: str
    from_address: str | None = None
    person_id: int | None = None


def pause_after(failures: int, kind: PauseKind) -> timedelta | None:
    """How long nobody is listened to after so many wrong attempts in a row: 1, 2, 4 … 30 minutes."""
    over = failures - FREE_ATTEMPTS[kind]
    if over < 0:
        return None
    doubled: int = 2 ** min(over, 10)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def counted_for(session: Session, account: str, from_address: str) -> tuple[Counted, Counted]:
    """What an attempt at an account from an address counts for."""
    typed = account.strip().casefold()[:255]
    person_id = session.scalar(select(Person.id).where(func.lower(Person.email) == typed))
    return (
        Counted(PauseKind.ACCOUNT, _hash("account", typed), person_id=person_id),
        Counted(PauseKind.ADDRESS, _hash("address", from_address), from_address=from_address[:45]),
    )


def attempt(session: Session, counted: Sequence[Counted], now: datetime) -> datetime | None:
    """Count an attempt and commit; None when it may be looked at, else until when nobody is listened to."""
    waits = [until for one in counted if (until := _paused_until(session, one, now)) is not None]
    if not waits:
        for one in counted:
            if not _count(session, one, now):
                session.rollback()
                waits.append(_paused_until(session, one, now) or now + FIRST_PAUSE)
                break
    if waits:
        return max(waits)
    session.commit()
    return None


def take_back(session: Session, counted: Sequence[Counted]) -> None:
    """The attempt was right."""
    session.execute(
        update(SignInPause)
        .where(SignInPause.key_hash.in_([one.key_hash for one in counted]), SignInPause.failures > 0)
        .values(failures=SignInPause.failures - 1, until=None)
    )


def forget(session: Session, person: Person) -> None:
    """Somebody is in: the wrong attempts at their account are forgotten."""
    key = _hash("account", person.email.casefold())
    session.execute(
        delete(SignInPause).where(or_(SignInPause.key_hash == key, SignInPause.person_id == person.id))
    )


def pauses(session: Session, now: datetime) -> Sequence[SignInPause]:
    """Who must wait at present, and where they come from."""
    return session.scalars(
        select(SignInPause).where(SignInPause.until > now).order_by(SignInPause.until.desc())
    ).all()


def lift(session: Session, pause: SignInPause, now: datetime, actor: Person | str | None = None) -> None:
    """Listen again at once."""
    subject = f"person:{pause.person_id}" if pause.person_id else "person:unknown"
    if pause.from_address:
        subject = f"address:{pause.from_address}"
    before = {"attempts": pause.failures}
    session.delete(pause)
    record(session, action="person.pause_lifted", subject=subject, before=before, actor=actor, now=now)


def forget_old(session: Session, _payload: dict[str, Any], now: datetime) -> None:
    """A chore: what is no longer held against anybody, and sign-ins that ran out a month ago, are removed."""
    session.execute(delete(SignInPause).where(SignInPause.last_at < now - FORGOTTEN_AFTER))
    session.execute(delete(SignInSession).where(SignInSession.expires_at < now - KEPT_FOR))


def _paused_until(session: Session, one: Counted, now: datetime) -> datetime | None:
    return session.scalar(
        select(SignInPause.until).where(SignInPause.key_hash == one.key_hash, SignInPause.until > now)
    )


def _count(session: Session, one: Counted, now: datetime) -> bool:
    """One more; False when a pause began meanwhile."""
    mine = SignInPause.key_hash == one.key_hash
    failures = session.scalar(
        update(SignInPause)
        .where(mine, or_(SignInPause.until.is_(None), SignInPause.until <= now))
        .values(
            failures=case((SignInPause.last_at < now - FORGOTTEN_AFTER, 1), else_=SignInPause.failures + 1),
            last_at=now,
            person_id=one.person_id,
        )
        .returning(SignInPause.failures)
    )
    if failures is None:
        if session.scalar(select(SignInPause.id).where(mine)) is not None:
            return False
        return _first(session, one, now)
    wait = pause_after(failures, one.kind)
    session.execute(update(SignInPause).where(mine).values(until=now + wait if wait else None))
    return True


def _first(session: Session, one: Counted, now: datetime) -> bool:
    try:
        with session.begin_nested():
            session.add(
                SignInPause(
                    key_hash=one.key_hash,
                    kind=one.kind,
                    person_id=one.person_id,
                    from_address=one.from_address,
                    failures=1,
                    last_at=now,
                )
            )
    except IntegrityError:  # another attempt was the first at the same moment
        return _count(session, one, now)
    return True


def _hash(kind: str, value: str) -> str:
    return hashlib.sha256(f"{kind}:{value}".encode()).hexdigest()
