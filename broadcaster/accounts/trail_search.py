"""Finding in the trail: newest first page by page, or all of it in the order it was written.

Pages are cut by the last line shown, never by counting, so the millionth line costs what the first does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from broadcaster.accounts.audit import folded
from broadcaster.accounts.models import AuditEntry
from broadcaster.accounts.origin import Via
from broadcaster.database import UtcDateTime
from broadcaster.errors import BadInput
from schedules.wire.base import format_instant

PAGE = 50
AT_ONCE = 1000
MOST_WORDS = 8


@dataclass(frozen=True)
class TrailFilter:
    """Which lines; what is empty or None asks for nothing. `until` is not included.

    `words` must all be found in who acted, the thing's name in the trail, or the values before and after.
    """

    person: int | None = None
    actor: str = ""
    action: str = ""
    subject: str = ""
    words: str = ""
    via: Via | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class TrailPage:
    """Some lines, newest first; `older` continues after them, None at the end."""

    entries: Sequence[AuditEntry]
    older: int | None


def page(session: Session, wanted: TrailFilter, after: int | None = None, most: int = PAGE) -> TrailPage:
    """The newest lines, or those older than the line numbered `after`."""
    query = _found(wanted).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(most + 1)
    if after is not None:
        last = session.get(AuditEntry, after)
        if last is None:
            raise BadInput(f"the trail has no line {after}; begin anew", field="after", code="no_such_line")
        query = query.where(_place() < _place_of(last))
    entries = session.scalars(query).all()
    more = len(entries) > most
    return TrailPage(entries[:most], entries[most - 1].id if more else None)


def stream(open_session: Callable[[], Session], wanted: TrailFilter) -> Iterator[AuditEntry]:
    """Every line, oldest first, some at a time: no transaction stays open while a slow reader takes them."""
    last: AuditEntry | None = None
    while True:
        query = _found(wanted).order_by(AuditEntry.at, AuditEntry.id).limit(AT_ONCE)
        if last is not None:
            query = query.where(_place() > _place_of(last))
        with open_session() as session:
            found = session.scalars(query).all()
            session.expunge_all()
        yield from found
        if len(found) < AT_ONCE:
            return
        last = found[-1]


def facts(entry: AuditEntry) -> dict[str, Any]:
    """One line for programs."""
    return {
        "line": entry.id,
        "at": format_instant(entry.at),
        "actor": entry.actor,
        "person": entry.actor_id,
        "action": entry.action,
        "subject": entry.subject,
        "via": entry.via,
        "from": entry.from_address,
        "before": entry.before,
        "after": entry.after,
    }


def _found(wanted: TrailFilter) -> Select[AuditEntry]:
    query = select(AuditEntry)
    equal = {
        AuditEntry.actor_id: wanted.person,
        AuditEntry.actor: wanted.actor or None,
        AuditEntry.action: wanted.action or None,
        AuditEntry.subject: wanted.subject or None,
        AuditEntry.via: wanted.via,
    }
    query = query.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return query.where(*(_has(word) for word in wanted.words.split()[:MOST_WORDS] if folded(word)))


def _has(word: str) -> ColumnElement[bool]:
    """The word anywhere in what was kept to search; in lines from before that was kept, in their JSON."""
    composed = unicodedata.normalize("NFC", word).lower()
    written = json.dumps(composed)[1:-1]
    in_json = (
        func.lower(cast(column, String)).contains(written, autoescape=True)
        for column in (AuditEntry.before, AuditEntry.after)
    )
    old = and_(
        AuditEntry.words.is_(None),
        or_(func.lower(AuditEntry.actor).contains(composed, autoescape=True), *in_json),
    )
    return or_(AuditEntry.words.contains(folded(word), autoescape=True), old)


def _place() -> Any:
    return tuple_(AuditEntry.at, AuditEntry.id)


def _place_of(entry: AuditEntry) -> Any:
    return tuple_(literal(entry.at, UtcDateTime()), literal(entry.id))
