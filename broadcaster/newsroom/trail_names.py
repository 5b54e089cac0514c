"""The newsroom's things as the trail calls them."""

from __future__ import annotations

from collections.abc import Collection

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.accounts.service import NamedSubject, numbers
from broadcaster.newsroom.models import Announcement, Jingle, Recording
from broadcaster.web.wording import language_name


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


def _page(announcement_id: int) -> str:
    return url_for("newsroom.show_announcement", announcement_id=announcement_id)
