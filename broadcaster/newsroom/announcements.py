"""Announcements: make one, find them, and see which languages the province's villages still lack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import BadInput
from broadcaster.newsroom import tags as tagging
from broadcaster.newsroom.belonging import not_there, owning_place, visible
from broadcaster.newsroom.kinds import clean_details
from broadcaster.newsroom.local_days import refuse_far_year
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Recording
from broadcaster.newsroom.plain_text import one_line
from broadcaster.places.models import Place
from schedules.errors import InvalidInput
from schedules.languages import known_tag

LONGEST_TITLE = 300


@dataclass(frozen=True)
class LanguageNeed:
    """A language that villages speak first: how many villages, and how many people live there."""

    language: str
    villages: int
    people: int


def create_announcement(
    session: Session,
    title: str,
    kind: AnnouncementKind | str,
    author: Person | None,
    now: datetime,
    *,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    details: Mapping[str, Any] | None = None,
    tags: Iterable[str] = (),
    place_code: str | None = None,
) -> Announcement:
    """A new announcement without recordings. `author` None is the command line. `BadInput` for a field.

    It belongs to the place named, else to the province, else to the author's only place (`owning_place`).
    """
    refuse_reversed(valid_from, valid_until)
    announcement = Announcement(
        title=clean_title(title),
        kind=known_kind(kind),
        place_code=owning_place(session, author, place_code),
        valid_from=valid_from,
        valid_until=valid_until,
        created_by=author,
        created_at=now,
    )
    keep_details(announcement, clean_details(announcement.kind, details or {}))
    tagging.put_tags(announcement, tagging.clean_tags(tags))
    session.add(announcement)
    session.flush()
    accounts.record(
        session,
        action="announcement.created",
        subject=f"announcement:{announcement.id}",
        after={
            "title": announcement.title,
            "kind": announcement.kind.value,
            "place": announcement.place_code,
        },
        actor=author,
        now=now,
    )
    return announcement


def refuse_reversed(valid_from: datetime | None, valid_until: datetime | None) -> None:
    """`BadInput` when an announcement would end before it begins, or in no year a calendar has here."""
    for field, instant in (("valid_from", valid_from), ("valid_until", valid_until)):
        if instant is not None:
            refuse_far_year(instant, field)
    if valid_from is not None and valid_until is not None and valid_until <= valid_from:
        raise BadInput(
            "the last day must come after the first day; change one of them",
            field="valid_until",
            code="ends_before_it_begins",
        )


def keep_details(announcement: Announcement, details: Mapping[str, Any]) -> None:
    """Note checked details, an assembly's figures in their own columns too."""
    announcement.details = dict(details)
    announcement.legislature = details.get("legislature")
    announcement.session_number = details.get("session_number")


def clean_title(title: str) -> str:
    """The title as it is shown: one line, NFC, no control characters; `BadInput` when nothing is left."""
    words = one_line(title)
    if not words:
        raise BadInput(
            "a title is needed: say in a few words what it is about", field="title", code="title_missing"
        )
    if len(words) > LONGEST_TITLE:
        raise BadInput(
            f"the title has {len(words)} characters; {LONGEST_TITLE} are possible, so shorten it",
            field="title",
            code="title_too_long",
            longest=LONGEST_TITLE,
        )
    return words


def known_kind(kind: AnnouncementKind | str) -> AnnouncementKind:
    """The kind of that name, or `BadInput` that lists the known ones."""
    try:
        return AnnouncementKind(kind)
    except ValueError as error:
        raise BadInput(
            f"unknown kind {kind!r}; known are {', '.join(AnnouncementKind)}",
            field="kind",
            code="unknown_kind",
        ) from error


def known_language(tag: str) -> str:
    """The language's tag, or `BadInput` that lists the known ones."""
    try:
        return known_tag(tag)
    except InvalidInput as error:
        raise BadInput(str(error), field="language", code="unknown_language") from error


def announcement(session: Session, announcement_id: int) -> Announcement:
    """One announcement; `NotThere` if it does not exist."""
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise not_there(announcement_id)
    return found


def announcements(
    session: Session,
    *,
    search: str = "",
    kind: str = "",
    state: str = "",
    most: int = 200,
    reach: accounts.Reach = accounts.EVERYWHERE,
) -> list[Announcement]:
    """Newest first, those that concern the reach.

    `search` is a part of the title; `state` keeps those with a recording in that state.
    """
    wanted = (
        select(Announcement)
        .options(
            selectinload(Announcement.recordings),
            selectinload(Announcement.tag_rows),
            selectinload(Announcement.attachments),
        )
        .where(visible(reach))
        .order_by(Announcement.created_at.desc(), Announcement.id.desc())
        .limit(most)
    )
    if search.strip():
        wanted = wanted.where(Announcement.title.icontains(search.strip(), autoescape=True))
    if kind:
        wanted = wanted.where(Announcement.kind == known_kind(kind))
    if state:
        wanted = wanted.where(Announcement.recordings.any(Recording.state == state))
    return list(session.scalars(wanted))


def language_needs(villages: Iterable[Place]) -> tuple[LanguageNeed, ...]:
    """The first languages of these villages, the one most villages speak first of all."""
    counted: dict[str, list[int]] = {}
    for village in villages:
        if village.languages:
            figures = counted.setdefault(village.languages[0], [0, 0])
            figures[0] += 1
            figures[1] += village.population or 0
    needs = (LanguageNeed(tag, figures[0], figures[1]) for tag, figures in counted.items())
    return tuple(sorted(needs, key=lambda need: (-need.villages, need.language)))
