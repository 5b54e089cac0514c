"""Where people are signed in, as rows: a cookie alone opens nothing once its row has ended.

Rule 1: a row ends by signing out, by a new password, by a lock, or by time. Ended, it stays so.
Rule 2: the browser holds a random word, the row its hash.
Rule 3: a row ends twelve hours after it was last seen; with "stay signed in" two weeks after it began.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from broadcaster.accounts.models import Person
from broadcaster.accounts.sign_in_models import SignInSession

UNSEEN_FOR = timedelta(hours=12)
REMEMBERED_FOR = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=5)
FRESH_FOR = timedelta(minutes=15)
KEPT_FOR = timedelta(days=30)


def begin(
    session: Session,
    person: Person,
    now: datetime,
    *,
    from_address: str = "",
    browser: str = "",
    remembered: bool = False,
) -> tuple[SignInSession, str]:
    """Somebody signed in: their row, and the word for the browser's cookie, which is kept nowhere else."""
    session.flush()
    word = secrets.token_urlsafe(32)
    row = SignInSession(
        token_hash=hash_of(word),
        person_id=person.id,
        started_at=now,
        seen_at=now,
        fresh_at=now,
        expires_at=now + (REMEMBERED_FOR if remembered else UNSEEN_FOR),
        remembered=remembered,
        from_address=from_address[:45],
        browser=browser[:300],
    )
    session.add(row)
    session.flush()
    return row, word


def find(session: Session, word: str, now: datetime) -> SignInSession | None:
    """The row this word opens, unless it has ended."""
    row = session.scalar(select(SignInSession).where(SignInSession.token_hash == hash_of(word)))
    return row if row is not None and is_live(row, now) else None


def is_live(row: SignInSession, now: datetime) -> bool:
    """Whether it has neither been ended nor run out."""
    return row.ended_at is None and now < row.expires_at


def is_fresh(row: SignInSession, now: datetime) -> bool:
    """Whether the person proved who they are within the last quarter of an hour."""
    return now - row.fresh_at <= FRESH_FOR


def was_seen(row: SignInSession, now: datetime, from_address: str) -> bool:
    """Note that it is in use, at most every five minutes; True when something was noted."""
    if now - row.seen_at < SEEN_EVERY:
        return False
    row.seen_at = now
    row.from_address = from_address[:45]
    if not row.remembered:
        row.expires_at = now + UNSEEN_FOR
    return True


def live(session: Session, person: Person, now: datetime) -> Sequence[SignInSession]:
    """Where the person is signed in, what was used last first."""
    query = select(SignInSession).where(
        SignInSession.person_id == person.id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
    )
    return session.scalars(query.order_by(SignInSession.seen_at.desc(), SignInSession.id.desc())).all()


def end(row: SignInSession, now: datetime) -> None:
    """It opens nothing any more."""
    if row.ended_at is None:
        row.ended_at = now


def end_all(session: Session, person: Person, now: datetime, keep: SignInSession | None = None) -> int:
    """End every live one but `keep`; how many there were."""
    ended = update(SignInSession).where(
        SignInSession.person_id == person.id,
        SignInSession.ended_at.is_(None),
        SignInSession.expires_at > now,
    )
    if keep is not None:
        ended = ended.where(SignInSession.id != keep.id)
    return int(session.execute(ended.values(ended_at=now)).rowcount)  # type: ignore[attr-defined]  # an UPDATE has it


def hash_of(word: str) -> str:
    """What the database keeps of a random word; too long to be guessed, so it needs no salt."""
    return hashlib.sha256(word.encode()).hexdigest()
