"""One change of many announcements: each answers for itself, and the whole act can be taken back.

Rule 1: what holds for one announcement holds for each of them (`revisions`, `belonging`). One that refuses
        keeps all it had and stops none of the others.
Rule 2: taking back restores what the trail says the act changed, and only where that is still as the act
        left it: nobody's later work is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.models import AuditEntry, Person
from broadcaster.errors import BroadcasterError, NotPossible
from broadcaster.newsroom import belonging, service
from broadcaster.newsroom.models import Announcement, AnnouncementKind
from broadcaster.newsroom.plain_text import folded
from broadcaster.newsroom.revisions import EditedMeanwhile, revise_announcement
from broadcaster.newsroom.texts import AnnouncementTexts

MOST_AT_ONCE = 200
_ACTS = ("announcement.edited", "announcement.given")


class Stays(Enum):
    """A field that the change leaves as it is; None there would take its value away."""

    STAYS = "stays"


STAYS = Stays.STAYS


@dataclass(frozen=True)
class Change:
    """What to change. Instants are the first and the last, UTC; `place` None is the whole province."""

    kind: AnnouncementKind | None = None
    valid_from: datetime | Stays | None = STAYS
    valid_until: datetime | Stays | None = STAYS
    add_tags: tuple[str, ...] = ()
    take_tags: tuple[str, ...] = ()
    place: str | Stays | None = STAYS

    @property
    def is_nothing(self) -> bool:
        """Whether it would leave everything as it is."""
        return self == Change()

    def of(self, texts: AnnouncementTexts) -> AnnouncementTexts:
        """The texts with the change made; details stay unless the kind becomes another one."""
        away = {folded(tag) for tag in self.take_tags}
        kept = tuple(tag for tag in texts.tags if folded(tag) not in away)
        days = {
            name: value
            for name, value in (("valid_from", self.valid_from), ("valid_until", self.valid_until))
            if not isinstance(value, Stays)
        }
        return texts.changed({"kind": self.kind, "tags": (*kept, *self.add_tags), **days})


@dataclass(frozen=True)
class Answer:
    """What became of one announcement: changed, as it was already, or refused with its reason."""

    announcement_id: int
    title: str
    changed: bool
    refusal: BroadcasterError | None = None


def change_each(
    session: Session, chosen: Iterable[int], change: Change, person: Person | None, now: datetime
) -> tuple[Answer, ...]:
    """Change every chosen announcement that can be, in the order given and each once; the caller commits.

    `person` None is the administrator at the command line. Everyone else must reach it as an editor.
    """

    def act(announcement: Announcement) -> bool:
        wanted, before = change.of(AnnouncementTexts.of(announcement)), announcement.place_code
        edition = announcement.edition
        revise_announcement(session, announcement, wanted, person, now, edition=edition)
        if not isinstance(change.place, Stays):
            belonging.give_to(session, announcement, change.place, person, now)
        return announcement.edition != edition or announcement.place_code != before

    return _each(session, chosen, person, act)


def take_back(
    session: Session, chosen: Iterable[int], done_at: datetime, person: Person, now: datetime
) -> tuple[Answer, ...]:
    """Undo what the person changed at that instant; refused where any of it was changed again since."""

    def act(announcement: Announcement) -> bool:
        entries = session.scalars(
            select(AuditEntry).where(
                AuditEntry.subject == f"announcement:{announcement.id}",
                AuditEntry.at == done_at,
                AuditEntry.actor_id == person.id,
                AuditEntry.action.in_(_ACTS),
            )
        ).all()
        if not entries:
            raise NotPossible(
                f"nothing of announcement {announcement.id} was changed then; look at its history",
                code="nothing_to_take_back",
            )
        for entry in entries:
            if entry.action == "announcement.given":
                _give_back(session, announcement, entry, person, now)
            else:
                _restore(session, announcement, entry, person, now)
        return True

    return _each(session, chosen, person, act)


def _each(
    session: Session, chosen: Iterable[int], person: Person | None, act: Callable[[Announcement], bool]
) -> tuple[Answer, ...]:
    answers = []
    for number in list(dict.fromkeys(chosen))[:MOST_AT_ONCE]:
        answer = Answer(number, "", changed=False)
        try:
            with session.begin_nested():
                belonging.refuse_unseen(session, number, person)
                announcement = service.announcement(session, number)
                answer = replace(answer, title=announcement.title)
                belonging.refuse_foreign(session, announcement, person, belonging.EDITOR)
                answer = replace(answer, changed=act(announcement))
        except BroadcasterError as error:
            answer = replace(answer, refusal=error)
        answers.append(answer)
    return tuple(answers)


def _restore(
    session: Session, announcement: Announcement, entry: AuditEntry, person: Person, now: datetime
) -> None:
    before, after = entry.before or {}, entry.after or {}
    values = AnnouncementTexts.of(announcement).as_fields()
    if any(values.get(name) != value for name, value in after.items()):
        raise EditedMeanwhile("announcement")
    wanted = AnnouncementTexts.from_fields(values | before)
    revise_announcement(session, announcement, wanted, person, now, edition=announcement.edition)


def _give_back(
    session: Session, announcement: Announcement, entry: AuditEntry, person: Person, now: datetime
) -> None:
    before, after = entry.before or {}, entry.after or {}
    if announcement.place_code != after.get("place"):
        raise EditedMeanwhile("announcement")
    belonging.give_to(session, announcement, before.get("place"), person, now)
