"""Where an announcement airs: its slots with their places and next instants, on the announcement's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import current_app, render_template
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import NotThere
from broadcaster.newsroom.service import Announcement, AnnouncementPanel
from broadcaster.places import service as places
from broadcaster.programming.models import ProgrammeItem, Slot
from broadcaster.programming.occurrences import next_instants
from broadcaster.web.language import page_language

MOST_PLACES = 4
NEXT = 2


@dataclass(frozen=True)
class SlotLine:
    """One slot of the announcement: the names of its first places, how many more, and when it airs next."""

    slot: Slot
    places: tuple[str, ...]
    more_places: int
    following: tuple[datetime, ...]


def slots_of(session: Session, announcement: Announcement) -> list[Slot]:
    """The slots in force whose programme holds it, in the order they were made."""
    holding = select(ProgrammeItem.programme_id).where(ProgrammeItem.announcement_id == announcement.id)
    wanted = (
        select(Slot)
        .where(Slot.programme_id.in_(holding), Slot.removed_at.is_(None))
        .options(joinedload(Slot.programme))
        .order_by(Slot.id)
    )
    return list(session.scalars(wanted))


def where_it_airs(announcement: Announcement, now: datetime) -> AnnouncementPanel:
    """The panel "Where it airs"."""
    settings: Settings = current_app.config["SETTINGS"]
    lines = [
        SlotLine(
            slot,
            tuple(_name(code) for code in slot.targets[:MOST_PLACES]),
            max(0, len(slot.targets) - MOST_PLACES),
            next_instants(slot.recurrence, settings.zone, now, NEXT),
        )
        for slot in slots_of(db.session, announcement)
    ]
    may_edit = accounts.current_person().may(accounts.Role.EDITOR)
    words = render_template(
        "programming/where_it_airs.html", lines=lines, announcement=announcement, may_edit=may_edit
    )
    body = Markup(words)  # noqa: S704 - a template made it, and templates escape
    return AnnouncementPanel("airs", _("Where it airs"), body, len(lines))


def _name(code: str) -> str:
    try:
        return places.place(db.session, code).name_in(page_language())
    except NotThere:
        return code
