"""Pages: what is attached to an announcement — bring it, fetch it, take it off and back again."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, redirect, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import attachments, service
from broadcaster.newsroom.attachment_types import TYPES
from broadcaster.newsroom.models import Attachment
from broadcaster.web.mishaps import say
from broadcaster.web.toasts import tell

blueprint = APIBlueprint(
    "attachments", __name__, url_prefix="/announcements/<int:announcement_id>", enable_openapi=False
)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
LOCKED = "default-src 'none'; sandbox"


@blueprint.post("/attachments")
@accounts.requires(EDITOR, APPROVER)
def add(announcement_id: int) -> BaseResponse:
    """Each file of the form; what cannot be kept is told with its name, the others stay."""
    announcement = service.announcement(db.session, announcement_id)
    person, now = accounts.current_person(), clock.now()
    files = [file for file in request.files.getlist("file") if file.filename]
    if not files:
        tell(_("Choose a file."), "fail")
    for file in files:
        try:
            kept = attachments.attach(db.session, announcement, file.stream, file.filename or "", person, now)
        except BroadcasterError as error:
            db.session.rollback()
            tell(f"{file.filename}: {say(error)}", "fail")
        else:
            db.session.commit()
            tell(_("%(name)s is attached.", name=kept.name))
    return _back(announcement_id)


@blueprint.get("/attachments/<int:attachment_id>")
def fetch(announcement_id: int, attachment_id: int) -> Response:
    """The file, to keep and not to open here."""
    return file_answer(attachments.attachment(db.session, announcement_id, attachment_id))


@blueprint.post("/attachments/<int:attachment_id>/remove")
@accounts.requires(EDITOR, APPROVER)
def remove(announcement_id: int, attachment_id: int) -> BaseResponse:
    """Take it off; the page offers to undo that."""
    found = attachments.attachment(db.session, announcement_id, attachment_id)
    attachments.remove(db.session, found, accounts.current_person(), clock.now())
    db.session.commit()
    undo = url_for("attachments.restore", announcement_id=announcement_id, attachment_id=attachment_id)
    tell(_("%(name)s is taken off.", name=found.name), undo=undo)
    return _back(announcement_id)


@blueprint.post("/attachments/<int:attachment_id>/restore")
@accounts.requires(EDITOR, APPROVER)
def restore(announcement_id: int, attachment_id: int) -> BaseResponse:
    """Back again."""
    found = attachments.attachment(db.session, announcement_id, attachment_id)
    try:
        attachments.restore(db.session, found, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        tell(say(error), "fail")
    else:
        db.session.commit()
        tell(_("%(name)s is attached.", name=found.name))
    return _back(announcement_id)


def file_answer(attachment: Attachment) -> Response:
    """Its bytes as a download that no browser opens as a page of ours, whatever is in it."""
    kind = TYPES[attachment.media_type]
    answer = send_file(
        attachments.file_of(attachment),
        mimetype=attachment.media_type,
        as_attachment=True,
        download_name=kind.download_name(attachment.name),
        etag=attachment.sha256,
        last_modified=attachment.created_at,
        max_age=0,
    )
    answer.headers["Content-Security-Policy"] = LOCKED
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _back(announcement_id: int) -> BaseResponse:
    here = url_for("newsroom.show_announcement", announcement_id=announcement_id, _anchor="attachments")
    return redirect(here, 303)
