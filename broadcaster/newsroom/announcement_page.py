"""One announcement's page: what it shows, put together from this room and from panels of higher ones."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template, request
from sqlalchemy import select

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.newsroom import attachments, belonging, removal, service
from broadcaster.newsroom.announcement_panels import panels
from broadcaster.newsroom.forms import ReasonForm, RecordingForm, language_choices
from broadcaster.newsroom.matrix import language_lines
from broadcaster.newsroom.twins import twins_of
from broadcaster.places import service as places
from schedules.languages import LANGUAGES

EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
MOST_ENTRIES = 100


def announcement_page(announcement_id: int, form: RecordingForm) -> str:
    """The page with `form` as its way to add a recording."""
    announcement = service.announcement(db.session, announcement_id)
    person = accounts.current_person()
    needed_by = places.villages(db.session, reach=accounts.in_view(person))
    lines = language_lines(announcement, service.language_needs(needed_by))
    form.language.choices = language_choices([line.language for line in lines if line.is_missing])
    if request.method == "GET" and request.args.get("language") in LANGUAGES:
        form.language.data = request.args["language"]
    may_edit = belonging.may_touch(announcement, person, EDITOR)
    return render_template(
        "newsroom/announcement.html",
        announcement=announcement,
        lines=lines,
        form=form,
        reason_form=ReasonForm(),
        history=_history(announcement),
        attached=attachments.in_use(announcement),
        twins=twins_of(db.session, announcement.recordings, accounts.in_view(person)) if may_edit else {},
        removed=removal.removed_of(db.session, announcement, clock.now()) if may_edit else (),
        panels=panels(announcement, clock.now()),
        may_edit=may_edit,
        may_decide=belonging.may_touch(announcement, person, APPROVER),
        may_write=belonging.may_touch(announcement, person, EDITOR, APPROVER),
        person=person,
        may=service.may,
        may_remove=may_edit and service.may_be_removed(announcement),
    )


def _history(announcement: service.Announcement) -> Sequence[accounts.AuditEntry]:
    """What the trail has of it and of its recordings, newest first."""
    subjects = [f"announcement:{announcement.id}", *(one.subject for one in announcement.recordings)]
    entry = accounts.AuditEntry
    wanted = select(entry).where(entry.subject.in_(subjects)).order_by(entry.id.desc()).limit(MOST_ENTRIES)
    return db.session.scalars(wanted).all()
