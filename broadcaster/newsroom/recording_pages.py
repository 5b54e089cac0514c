"""Pages: one recording — its sound, how far its preparation is, and the steps of approval."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from apiflask import APIBlueprint
from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BroadcasterError, NotThere
from broadcaster.newsroom import belonging, removal, service, step_rules
from broadcaster.newsroom.originals import has_original, originals_store
from broadcaster.newsroom.playback import audio_answer
from broadcaster.newsroom.sound import IngestState
from broadcaster.web import toasts
from broadcaster.web.mishaps import say

blueprint = APIBlueprint(
    "recordings", __name__, template_folder="templates", url_prefix="/recordings", enable_openapi=False
)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
Step = Callable[[Session, service.Recording, accounts.Person, datetime], object]


@blueprint.get("/<int:recording_id>/audio")
def audio(recording_id: int) -> Response:
    """The broadcast-ready audio, in ranges for the player."""
    return audio_answer(service.recording(db.session, recording_id), current_app.extensions["audio_store"])


@blueprint.get("/<int:recording_id>/original")
@accounts.requires(EDITOR)
def original(recording_id: int) -> Response:
    """The file as it was brought, to save under its own name; for who may change the recording."""
    recording = service.recording(db.session, recording_id)
    belonging.refuse_foreign(db.session, recording.announcement, accounts.current_person(), EDITOR)
    if not has_original(recording):
        raise NotThere("the file as it was brought is not kept here", code="original_gone")
    pieces = originals_store().iter_chunks(recording.source_sha256 or "")
    answer = Response(pieces, mimetype="application/octet-stream")
    name = quote(recording.original_name, safe="")  # names are in Lao, headers in ASCII (RFC 6266)
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@blueprint.get("/<int:recording_id>/progress")
def progress(recording_id: int) -> Response:
    """How far the preparation is; once it is over the page is asked to load itself anew."""
    recording = service.recording(db.session, recording_id)
    answer = make_response(render_template("newsroom/progress.html", sound=recording, url=request.path))
    if recording.ingest in (IngestState.DONE, IngestState.FAILED):
        answer.headers["HX-Refresh"] = "true"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<int:recording_id>/submit")
@accounts.requires(EDITOR, APPROVER)
def submit(recording_id: int) -> BaseResponse:
    """Ask for approval."""
    words = _("Submitted. You can take it back until somebody decides.")
    return _take(recording_id, service.submit_recording, words)


@blueprint.post("/<int:recording_id>/take-back")
@accounts.requires(EDITOR)
def take_back(recording_id: int) -> BaseResponse:
    """A draft again, while nobody has decided."""
    return _take(recording_id, service.take_back, _("Taken back. It is a draft again."))


@blueprint.post("/<int:recording_id>/check")
@accounts.requires(*accounts.Role)
def check(recording_id: int) -> BaseResponse:
    """The language of the bytes whose hash the form carries is right."""
    sha256 = request.form.get("sha256", "")
    return _take(
        recording_id,
        lambda session, one, person, now: step_rules.check(session, one, person, sha256, now),
        _("Thank you. An approver can decide now."),
    )


@blueprint.post("/<int:recording_id>/approve")
@accounts.requires(APPROVER)
def approve(recording_id: int) -> BaseResponse:
    """Approve the bytes whose hash the form carries: those that were shown."""
    sha256 = request.form.get("sha256", "")
    return _take(
        recording_id,
        lambda session, one, person, now: step_rules.approve(session, one, person, sha256, now),
        _("Approved. It can be scheduled now."),
    )


@blueprint.post("/<int:recording_id>/return")
@accounts.requires(*accounts.Role)
def give_back(recording_id: int) -> BaseResponse:
    """Back to its author, with a comment: by an approver, or by who checks its language."""
    comment = request.form.get("reason", "")
    return _take(
        recording_id,
        lambda session, one, person, now: service.return_recording(session, one, person, comment, now),
        _("Returned to its author."),
    )


@blueprint.post("/<int:recording_id>/withdraw")
@accounts.requires(APPROVER)
def withdraw(recording_id: int) -> BaseResponse:
    """Stop it wherever it can be reached."""
    reason = request.form.get("reason", "")
    return _take(
        recording_id,
        lambda session, one, person, now: service.withdraw_recording(session, one, person, reason, now),
        _("Withdrawn. Below you see which stations have confirmed it; those off line may still air it."),
    )


@blueprint.post("/<int:recording_id>/remove")
@accounts.requires(EDITOR)
def remove(recording_id: int) -> BaseResponse:
    """Take away a draft nobody needs, or an upload that could not be used; for a while it can come back."""
    recording = service.recording(db.session, recording_id)
    announcement_id = recording.announcement_id
    try:
        removed = removal.remove_recording(db.session, recording, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        undo = url_for("library.restore_removed")
        toasts.tell(_("Removed. For an hour it can come back."), undo=undo, hidden={"removed": removed.id})
    return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id))


@blueprint.get("/<int:recording_id>/withdrawal")
def withdrawal(recording_id: int) -> Response:
    """Which stations have confirmed the withdrawal: a part of the page that looks again by itself."""
    recording = service.recording(db.session, recording_id)
    answer = make_response(render_template("newsroom/withdrawal.html", recording=recording))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _take(recording_id: int, step: Step, words: str) -> BaseResponse:
    recording = service.recording(db.session, recording_id)
    announcement_id = recording.announcement_id
    try:
        step(db.session, recording, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(words, "done")
    place = url_for("newsroom.show_announcement", announcement_id=announcement_id)
    return redirect(f"{place}#recording-{recording_id}")
