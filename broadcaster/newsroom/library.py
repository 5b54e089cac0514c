"""The library: announcements and recordings, filtered, ordered, a part at a time.

The number of queries does not depend on how much there is. A part begins after the last row of the one before
(by its value and its id), so that nothing is shown twice or left out when something new arrives meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, aliased, joinedload, lazyload, load_only, selectinload

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.newsroom import search
from broadcaster.newsroom.belonging import visible
from broadcaster.newsroom.finding import FEW, few, fits
from broadcaster.newsroom.library_models import LibraryText
from broadcaster.newsroom.library_question import Wanted
from broadcaster.newsroom.models import Announcement, AnnouncementTag, Recording
from broadcaster.newsroom.plain_text import folded
from broadcaster.newsroom.sound import IngestState

Row = TypeVar("Row")

PART = 50
MOST_COUNTED = 10_000
MOST_COUNTED_OF_A_SEARCH = FEW
SOON = timedelta(days=7)
_BEFORE_ALL, _AFTER_ALL = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)

RECORDING_COLUMNS = (
    Recording.id, Recording.announcement_id, Recording.language, Recording.version, Recording.state,
    Recording.ingest, Recording.step, Recording.progress, Recording.error_code, Recording.error,
    Recording.error_figures, Recording.verdict, Recording.verdict_figures, Recording.duration_ms,
    Recording.size_bytes, Recording.sha256, Recording.approved_sha256, Recording.approved_at,
    Recording.original_name, Recording.created_at, Recording.created_by_id, Recording.media_type,
    Recording.loudness_lufs, Recording.comment, Recording.withdrawn_at,
)  # fmt: skip
"""What a list shows of a recording: neither its waveform nor its words, which weigh most."""


@dataclass(frozen=True)
class Part(Generic[Row]):
    """Rows in order; `after` asks for the next ones, None at the end. `count` are all that fit, or more."""

    rows: Sequence[Row]
    count: int
    or_more: bool
    after: int | None


@dataclass(frozen=True)
class Around:
    """What a question is answered from: who asks, when, and where days begin."""

    reach: accounts.Reach
    now: datetime
    zone: tzinfo


def recordings(session: Session, wanted: Wanted, around: Around, most: int = PART) -> Part[Recording]:
    """Every recording, each version of its own, with its announcement, tags and who brought it."""
    narrowed, many = _of_recordings(session, wanted, around)
    rows = (
        select(Recording)
        .join(Recording.announcement)
        .options(
            load_only(*RECORDING_COLUMNS),
            joinedload(Recording.announcement).selectinload(Announcement.tag_rows),
            joinedload(Recording.created_by).options(load_only(Person.name), lazyload(Person.roles)),
        )
    )
    key = {
        "title": Announcement.title,
        "kind": Announcement.kind,
        "language": Recording.language,
        "state": Recording.state,
        "duration": func.coalesce(Recording.duration_ms, -1),
        "approved": func.coalesce(Recording.approved_at, literal(_BEFORE_ALL, Recording.approved_at.type)),
        "name": Recording.original_name,
    }.get(wanted.sort.removeprefix("-"), Recording.created_at)
    base = select(Recording.id).join(Recording.announcement)
    return _part(
        session,
        rows.where(*narrowed),
        base,
        narrowed,
        key,
        Recording.id,
        wanted,
        most,
        many and around.reach.everywhere,
    )


def announcements(session: Session, wanted: Wanted, around: Around, most: int = PART) -> Part[Announcement]:
    """Announcements with all their recordings; a recording's filter keeps those that have one that fits."""
    narrowed, many = _of_announcements(session, wanted, around)
    rows = select(Announcement).options(
        selectinload(Announcement.recordings).options(
            load_only(*RECORDING_COLUMNS), lazyload(Recording.created_by)
        ),
        selectinload(Announcement.tag_rows),
        joinedload(Announcement.created_by).options(load_only(Person.name), lazyload(Person.roles)),
    )
    key = {
        "title": Announcement.title,
        "kind": Announcement.kind,
        "until": func.coalesce(Announcement.valid_until, literal(_AFTER_ALL, Announcement.valid_until.type)),
    }.get(wanted.sort.removeprefix("-"), Announcement.created_at)
    base = select(Announcement.id)
    return _part(
        session,
        rows.where(*narrowed),
        base,
        narrowed,
        key,
        Announcement.id,
        wanted,
        most,
        many and around.reach.everywhere,
    )


def words_of(session: Session, recordings: Sequence[Recording]) -> dict[int, tuple[str, ...]]:
    """What is written down of some recordings, for showing where a word was found; one query."""
    columns = (Recording.id, Recording.transcript, Recording.transcript_lo)
    found = session.execute(select(*columns).where(Recording.id.in_([one.id for one in recordings])))
    return {row.id: tuple(text for text in (row.transcript, row.transcript_lo) if text) for row in found}


def _part(
    session: Session,
    rows: Select[Any],
    base: Select[int],
    narrowed: list[ColumnElement[bool]],
    key: Any,
    number: Any,
    wanted: Wanted,
    most: int,
    many: bool,
) -> Part[Any]:
    """`many`: more texts fit what is searched for than are counted, whoever asks."""
    cap = MOST_COUNTED_OF_A_SEARCH if wanted.search else MOST_COUNTED
    if many and wanted.only_searches:
        count = cap + 1
    else:
        counted = base.where(*narrowed).limit(cap + 1).subquery()
        count = session.scalar(select(func.count()).select_from(counted)) or 0
    down = wanted.sort.startswith("-")
    if wanted.after is not None:
        last = session.execute(base.with_only_columns(key).where(number == wanted.after)).one_or_none()
        if last is not None:
            here, there = tuple_(key, number), tuple_(literal(last[0], key.type), wanted.after)
            rows = rows.where(here < there if down else here > there)
    order = (key.desc(), number.desc()) if down else (key, number)
    found = session.scalars(rows.order_by(*order).limit(most + 1)).unique().all()
    after = found[most - 1].id if len(found) > most else None
    return Part(found[:most], min(count, cap), count > cap, after)


def _of_recordings(
    session: Session, wanted: Wanted, around: Around
) -> tuple[list[ColumnElement[bool]], bool]:
    asked, many = search.question(wanted.search), False
    conditions = [visible(around.reach), *_about(wanted, around), *_sounding(wanted, Recording)]
    if wanted.who is not None:
        conditions.append(Recording.created_by_id == wanted.who)
    conditions += _between(Recording.created_at, wanted, around.zone)
    if asked:
        found = few(session, asked, LibraryText.recording_id)
        many = found is None
        fitting = select(LibraryText.id).where(LibraryText.recording_id == Recording.id)
        conditions.append(
            fitting.where(*fits(session, asked)).exists() if found is None else Recording.id.in_(found)
        )
    return conditions, many


def _of_announcements(
    session: Session, wanted: Wanted, around: Around
) -> tuple[list[ColumnElement[bool]], bool]:
    asked, many = search.question(wanted.search), False
    conditions = [visible(around.reach), *_about(wanted, around)]
    of_recordings = _sounding(wanted, Recording)
    if of_recordings:
        conditions.append(Announcement.recordings.any(and_(*of_recordings)))
    if wanted.who is not None:
        brought = Announcement.recordings.any(Recording.created_by_id == wanted.who)
        conditions.append(or_(Announcement.created_by_id == wanted.who, brought))
    conditions += _between(Announcement.created_at, wanted, around.zone)
    if asked:
        found = few(session, asked, LibraryText.announcement_id)
        many = found is None
        fitting = select(LibraryText.id).where(LibraryText.announcement_id == Announcement.id)
        conditions.append(
            fitting.where(*fits(session, asked)).exists() if found is None else Announcement.id.in_(found)
        )
    return conditions, many


def _about(wanted: Wanted, around: Around) -> list[ColumnElement[bool]]:
    """Filters that speak of the announcement."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.kind:
        conditions.append(Announcement.kind.in_(wanted.kind))
    if wanted.missing:
        other = aliased(Recording)
        has = select(other.id).where(
            other.announcement_id == Announcement.id,
            other.language == wanted.missing,
            other.state.not_in(("withdrawn", "expired")),
            other.ingest != IngestState.FAILED,
        )
        conditions.append(~has.exists())
    if wanted.tag:
        tagged = select(AnnouncementTag.announcement_id).where(
            AnnouncementTag.announcement_id == Announcement.id, AnnouncementTag.folded == folded(wanted.tag)
        )
        conditions.append(tagged.exists())
    begins, ends, now = Announcement.valid_from, Announcement.valid_until, around.now
    match wanted.validity:
        case "now":
            conditions += [or_(begins.is_(None), begins <= now), or_(ends.is_(None), ends >= now)]
        case "soon":
            conditions += [begins > now, begins <= now + SOON]
        case "expired":
            conditions.append(ends < now)
        case "open":
            conditions.append(ends.is_(None))
    return conditions


def _sounding(wanted: Wanted, of: type[Recording]) -> list[ColumnElement[bool]]:
    """Filters that speak of a recording and its sound."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.language:
        conditions.append(of.language.in_(wanted.language))
    if wanted.state:
        conditions += [of.state.in_(wanted.state), of.ingest == IngestState.DONE]
    if wanted.verdict:
        conditions.append(of.verdict.in_(wanted.verdict))
    if wanted.shortest is not None:
        conditions.append(of.duration_ms >= wanted.shortest * 1000)
    if wanted.longest is not None:
        conditions.append(of.duration_ms <= wanted.longest * 1000)
    match wanted.sound:
        case "preparing":
            conditions.append(of.ingest.in_((IngestState.WAITING, IngestState.WORKING)))
        case "failed":
            conditions.append(of.ingest == IngestState.FAILED)
        case "twice":
            twin = aliased(Recording)
            twins = select(twin.id).where(twin.sha256 == of.sha256, twin.id != of.id)
            conditions.append(twins.exists())
        case "none":
            conditions.append(of.transcript.is_(None))
    return conditions


def _between(instant: Any, wanted: Wanted, zone: tzinfo) -> list[ColumnElement[bool]]:
    def start_of(day: date) -> datetime:
        return datetime.combine(day, time(), tzinfo=zone)

    conditions: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        conditions.append(instant >= start_of(wanted.since))
    if wanted.until is not None:
        conditions.append(instant < start_of(wanted.until + timedelta(days=1)))
    return conditions
