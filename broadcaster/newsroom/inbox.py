"""What waits for a person, read from how things stand: to check, to approve, returned, failed, missing.

Nothing is put in and nothing must be taken out: what is done is no longer there. Only what was seen, and told
by mail, is kept (`Notice`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import Session, aliased, load_only, selectinload

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.config import Settings
from broadcaster.newsroom.authorship import by_the_hand_of
from broadcaster.newsroom.matrix import matrix
from broadcaster.newsroom.models import Announcement, Jingle, Recording
from broadcaster.newsroom.notice_models import Notice
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.steps import LanguageCheck
from broadcaster.newsroom.targets import target_villages

MOST = 200
MOST_OF_MISSING = 30
LOOKED_FOR = timedelta(days=90)
"""An announcement without a last day is looked at so long for languages it lacks."""

APPROVER = accounts.Role.APPROVER


class Waits(StrEnum):
    """What is to be done, most pressing first."""

    RETURNED = "returned"
    FAILED = "failed"
    APPROVE = "approve"
    CHECK = "check"
    NO_SPEAKER = "no_speaker"
    MISSING = "missing"


@dataclass(frozen=True)
class InboxItem:
    """One thing that waits since an instant. `subject` as in the trail; `announcement` None for a jingle."""

    waits: Waits
    subject: str
    title: str
    since: datetime
    announcement: int | None = None
    language: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    unread: bool = True

    @property
    def key(self) -> str:
        """The same as long as it is the same thing that waits."""
        more = ",".join(self.figures.get("languages", ()))
        return f"{self.waits.value}:{self.subject}:{more or int(self.since.timestamp())}"[:200]

    @property
    def number(self) -> int:
        """The number of the recording, jingle or announcement."""
        return int(self.subject.partition(":")[2])


def waiting_for(session: Session, person: Person, settings: Settings, now: datetime) -> tuple[InboxItem, ...]:
    """Everything that waits for this person, most pressing first, then what waits longest."""
    found = [
        *_returned(session, person),
        *_failed(session, person),
        *_to_decide(session, person, settings),
        *_to_check(session, person, settings),
        *_missing(session, person, now),
    ]
    order = list(Waits)
    return tuple(sorted(found, key=lambda one: (order.index(one.waits), one.since)))


def with_read(session: Session, person: Person, items: Iterable[InboxItem]) -> tuple[InboxItem, ...]:
    """The same, each with whether this person has not seen it yet."""
    rows = select(Notice.key).where(Notice.person_id == person.id, Notice.read_at.is_not(None))
    read = set(session.scalars(rows))
    return tuple(
        InboxItem(**{name: getattr(one, name) for name in _FIELDS}, unread=one.key not in read)
        for one in items
    )


def mark_read(session: Session, person: Person, items: Sequence[InboxItem], now: datetime) -> None:
    """This person has seen these."""
    known = notices(session, person, items)
    for one in items:
        row = known.get(one.key) or Notice(person_id=person.id, key=one.key, at=now)
        row.read_at = row.read_at or now
        session.add(row)


def notices(session: Session, person: Person, items: Sequence[InboxItem]) -> dict[str, Notice]:
    """What is kept of these items, by key."""
    keys = [one.key for one in items]
    rows = select(Notice).where(Notice.person_id == person.id, Notice.key.in_(keys))
    return {row.key: row for row in session.scalars(rows)}


def _returned(session: Session, person: Person) -> list[InboxItem]:
    """Theirs, returned, and no newer version brought since."""
    newer = aliased(Recording)
    replaced = exists().where(
        newer.announcement_id == Recording.announcement_id,
        newer.language == Recording.language,
        newer.version > Recording.version,
        newer.ingest != IngestState.FAILED,
    )
    wanted = _recordings(Recording.state == "returned", Recording.created_by_id == person.id, ~replaced)
    comments = _items(session, Waits.RETURNED, wanted.add_columns(Recording.comment))
    jingles = _jingles(session, Waits.RETURNED, Jingle.state == "returned", Jingle.created_by_id == person.id)
    return [*comments, *jingles]


def _failed(session: Session, person: Person) -> list[InboxItem]:
    own = (Recording.ingest == IngestState.FAILED, Recording.created_by_id == person.id)
    jingles = (Jingle.ingest == IngestState.FAILED, Jingle.created_by_id == person.id)
    return [
        *_items(session, Waits.FAILED, _recordings(*own)),
        *_jingles(session, Waits.FAILED, *jingles),
    ]


def _to_decide(session: Session, person: Person, settings: Settings) -> list[InboxItem]:
    """What an approver may approve now; and what nobody here can check though it must be."""
    if not person.may(APPROVER):
        return []
    reach = accounts.reach(person, APPROVER)
    required = LanguageCheck(settings.newsroom.language_check) is LanguageCheck.REQUIRED
    states = ("language_checked",) if required else ("submitted", "language_checked")
    others: list[ColumnElement[bool]] = []
    if not settings.province.author_may_approve:
        others = [~by_the_hand_of(person)]
    wanted = _recordings(Recording.state.in_(states), _within(reach), *others)
    found = _items(session, Waits.APPROVE, wanted)
    if reach.everywhere:
        theirs = (
            []
            if settings.province.author_may_approve
            else [or_(Jingle.created_by_id.is_(None), Jingle.created_by_id != person.id)]
        )
        found += _jingles(
            session, Waits.APPROVE, Jingle.state.in_(("submitted", "language_checked")), *theirs
        )
    if required:
        stuck = _recordings(Recording.state == "submitted", _within(reach))
        known = _spoken(session)
        found += [one for one in _items(session, Waits.NO_SPEAKER, stuck) if one.language not in known]
    return found


def _to_check(session: Session, person: Person, settings: Settings) -> list[InboxItem]:
    known = tuple(person.languages_known or ())
    if not known or LanguageCheck(settings.newsroom.language_check) is LanguageCheck.OFF:
        return []
    others: list[ColumnElement[bool]] = []
    if not settings.newsroom.author_may_check:
        others = [~by_the_hand_of(person)]
    if person.may(APPROVER) and LanguageCheck(settings.newsroom.language_check) is LanguageCheck.OFFERED:
        return []  # they decide on it, and see it once
    return _items(
        session,
        Waits.CHECK,
        _recordings(
            Recording.state == "submitted",
            Recording.language.in_(known),
            _within(accounts.reach(person)),
            *others,
        ),
    )


def _missing(session: Session, person: Person, now: datetime) -> list[InboxItem]:
    """Languages that villages need, of announcements this person began and has brought a voice for."""
    rows = session.scalars(
        select(Announcement)
        .where(
            Announcement.created_by_id == person.id,
            or_(Announcement.valid_until >= now, Announcement.valid_until.is_(None)),
            Announcement.created_at > now - LOOKED_FOR,
            exists().where(
                Recording.announcement_id == Announcement.id, Recording.ingest == IngestState.DONE
            ),
        )
        .options(
            selectinload(Announcement.recordings).options(
                load_only(
                    Recording.announcement_id,
                    Recording.language,
                    Recording.version,
                    Recording.state,
                    Recording.ingest,
                    Recording.sha256,
                    Recording.approved_sha256,
                )
            )
        )
        .order_by(Announcement.id.desc())
        .limit(MOST_OF_MISSING)
    ).all()
    if not rows:
        return []
    villages = target_villages(session, rows)
    found = []
    for one in rows:
        lacking = matrix(one, villages[one.id]).missing
        if lacking:
            figures = {
                "languages": [line.language for line in lacking],
                "villages": sum(line.need.villages for line in lacking if line.need),
                "people": sum(line.need.people for line in lacking if line.need),
            }
            subject = f"announcement:{one.id}"
            item = InboxItem(Waits.MISSING, subject, one.title, one.created_at, one.id, figures=figures)
            found.append(item)
    return found


def _recordings(*conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    columns = (
        Recording.id,
        Recording.announcement_id,
        Announcement.title,
        Recording.language,
        Recording.state_since,
        Recording.created_at,
    )
    chosen: Select[*tuple[Any, ...]] = select(*columns)
    joined = chosen.join(Announcement, Announcement.id == Recording.announcement_id)
    return joined.where(*conditions).order_by(Recording.id.desc()).limit(MOST)


def _items(session: Session, waits: Waits, wanted: Select[*tuple[Any, ...]]) -> list[InboxItem]:
    return [
        InboxItem(
            waits,
            f"recording:{row.id}",
            row.title,
            row.state_since or row.created_at,
            row.announcement_id,
            row.language,
            {"comment": row.comment} if "comment" in row._fields and row.comment else {},
        )
        for row in session.execute(wanted)
    ]


def _jingles(session: Session, waits: Waits, *conditions: ColumnElement[bool]) -> list[InboxItem]:
    rows = session.execute(
        select(Jingle.id, Jingle.title, Jingle.state_since, Jingle.created_at).where(*conditions).limit(MOST)
    )
    return [
        InboxItem(waits, f"jingle:{row.id}", row.title, row.state_since or row.created_at) for row in rows
    ]


def _within(reach: accounts.Reach) -> ColumnElement[bool]:
    return true() if reach.everywhere else Announcement.place_code.in_(reach.inside)


def _spoken(session: Session) -> set[str]:
    """Languages that somebody who can sign in understands."""
    rows = session.scalars(select(Person.languages_known).where(Person.active))
    return {tag for languages in rows for tag in languages or ()}


_FIELDS = ("waits", "subject", "title", "since", "announcement", "language", "figures")
