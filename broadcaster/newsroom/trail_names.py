"""The newsroom's things as the trail calls them."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from flask_babel import LazyString, lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import NamedSubject, numbers
from broadcaster.newsroom.models import Announcement, AnnouncementKind, Jingle, Recording
from broadcaster.newsroom.telling import AT_ONCE, DAILY, NEVER
from broadcaster.newsroom.wording import KINDS
from broadcaster.web.wording import language_name

MAIL_WISHES: dict[str, LazyString] = {
    AT_ONCE: lazy_gettext("At once"),
    DAILY: lazy_gettext("Once a day, in the morning"),
    NEVER: lazy_gettext("Never"),
}


def name_announcements(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """By title."""
    rows = session.execute(
        select(Announcement.id, Announcement.title).where(Announcement.id.in_(numbers(keys)))
    )
    return {str(number): NamedSubject(title, _page(number)) for number, title in rows}


def name_recordings(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """By title and language."""
    rows = session.execute(
        select(Recording.id, Recording.language, Announcement.id, Announcement.title)
        .join(Announcement)
        .where(Recording.id.in_(numbers(keys)))
    )
    return {
        str(number): NamedSubject(
            f"{title} ({language_name(language)})", f"{_page(announcement)}#recording-{number}"
        )
        for number, language, announcement, title in rows
    }


def name_jingles(session: Session, keys: Collection[str]) -> dict[str, NamedSubject]:
    """By title."""
    rows = session.execute(select(Jingle.id, Jingle.title).where(Jingle.id.in_(numbers(keys))))
    return {str(number): NamedSubject(title, url_for("jingles.jingles")) for number, title in rows}


def kind_words(kind: object) -> str:
    """A kind of announcement in the reader's words."""
    known = {one.value for one in AnnouncementKind}
    return str(KINDS[AnnouncementKind(str(kind))]) if kind in known else str(kind)


def mail_words(wish: object) -> str:
    """How often letters come, in the reader's words."""
    return str(MAIL_WISHES.get(str(wish), wish))


def _page(announcement_id: int) -> str:
    return url_for("newsroom.show_announcement", announcement_id=announcement_id)
