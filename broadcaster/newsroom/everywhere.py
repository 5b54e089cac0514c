"""The search over everything: each room says what it finds; rooms above this one bring their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from broadcaster.accounts.reach import Reach
from broadcaster.newsroom import library
from broadcaster.newsroom.found_words import Piece, excerpt, marked
from broadcaster.newsroom.library_question import Wanted
from broadcaster.newsroom.search import Question
from broadcaster.places import service as places
from broadcaster.web.wording import language_name

SHOWN = 8


@dataclass(frozen=True)
class Hit:
    """One thing found: its name in pieces, where it is, and what says more."""

    pieces: tuple[Piece, ...]
    url: str
    more: str = ""
    said: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Hits:
    """What one room found. `all_url` leads to its own list with the same question, where it has one."""

    label: str
    hits: Sequence[Hit]
    all_url: str | None = None


@dataclass(frozen=True)
class Seeker:
    """Who searches for what."""

    question: Question
    around: library.Around

    @property
    def reach(self) -> Reach:
        """How far they see."""
        return self.around.reach


Search = Callable[[Session, Seeker], Hits]
_searches: list[Search] = []


def add_search(search: Search) -> None:
    """Let a room's things be found from every page. Registering twice changes nothing."""
    if search not in _searches:
        _searches.append(search)


def search_everywhere(session: Session, seeker: Seeker) -> list[Hits]:
    """What every room found, rooms without any left out."""
    rooms = (_announcements, _recordings, _places, *_searches)
    return [found for room in rooms if (found := room(session, seeker)).hits]


def _announcements(session: Session, seeker: Seeker) -> Hits:
    asked = seeker.question.asked
    part = library.announcements(session, Wanted(search=asked), seeker.around, SHOWN)
    hits = [
        Hit(
            marked(one.title, seeker.question),
            url_for("newsroom.show_announcement", announcement_id=one.id),
            ", ".join(one.tags),
        )
        for one in part.rows
    ]
    return Hits(_("Announcements"), hits, url_for("newsroom.announcements", search=asked))


def _recordings(session: Session, seeker: Seeker) -> Hits:
    asked = seeker.question.asked
    part = library.recordings(session, Wanted(search=asked), seeker.around, SHOWN)
    words = library.words_of(session, part.rows)
    hits = [
        Hit(
            marked(one.announcement.title, seeker.question),
            url_for("newsroom.show_announcement", announcement_id=one.announcement_id),
            language_name(one.language),
            next(filter(None, (excerpt(text, seeker.question) for text in words.get(one.id, ()))), ()),
        )
        for one in part.rows
    ]
    return Hits(_("Recordings"), hits, url_for("library.recordings", search=asked))


def _places(session: Session, seeker: Seeker) -> Hits:
    fitting = [
        one
        for one in places.villages(session, reach=seeker.reach)
        if seeker.question.fits(one.name, one.name_lo or "", one.code, *(one.aliases or ()))
    ]
    hits = [
        Hit(marked(one.name, seeker.question), url_for("places.one", code=one.code), one.name_lo or one.code)
        for one in fitting[:SHOWN]
    ]
    return Hits(_("Villages"), hits)
