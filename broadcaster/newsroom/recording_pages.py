"""Pages: one recording — its sound, how far its preparation is, and the steps of approval."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import service
from broadcaster.newsroom.playback import audio_answer
from broadcaster.newsroom.sound import IngestState
from broadcaster.web.mishaps import say

blueprint = APIBlueprint(
    "recordings", __name__, template_folder="templates", url_prefix="/recordings", enable_openapi=False
)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER


@blueprint.get("/<int:recording_id>/audio")
def audio(recording_id: int) -> Response:
    """The broadcast-ready audio, in ranges for the player."""
    return audio_answer(service.recording(db.session, recording_id), current_app.extensions["audio_store"])


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
    recording = service.recording(db.session, recording_id)
    try:
        service.submit_recording(db.session, recording, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        return _refused(recording, error)
    return _taken(recording, _("Submitted. An approver can listen to it now."))


@blueprint.post("/<int:recording_id>/approve")
@accounts.requires(APPROVER)
def approve(recording_id: int) -> BaseResponse:
    """Approve the bytes whose hash the form carries: those that were shown."""
    recording = service.recording(db.session, recording_id)
    settings: Settings = current_app.config["SETTINGS"]
    try:
        service.approve_recording(
            db.session,
            recording,
            accounts.current_person(),
            request.form.get("sha256", ""),
            clock.now(),
            author_may_approve=settings.province.author_may_approve,
        )
    except BroadcasterError as error:
        return _refused(recording, error)
    return _taken(recording, _("Approved. It can be scheduled now."))


@blueprint.post("/<int:recording_id>/return")
@accounts.requires(APPROVER)
def give_back(recording_id: int) -> BaseResponse:
    """Back to its author, with a comment."""
    recording = service.recording(db.session, recording_id)
    comment = request.form.get("reason", "")
    try:
        service.return_recording(db.session, recording, accounts.current_person(), comment, clock.now())
    except BroadcasterError as error:
        return _refused(recording, error)
    return _taken(recording, _("Returned to its author."))


@blueprint.post("/<int:recording_id>/withdraw")
@accounts.requires(APPROVER)
def withdraw(recording_id: int) -> BaseResponse:
    """Stop it wherever it can be reached."""
    recording = service.recording(db.session, recording_id)
    reason = request.form.get("reason", "")
    try:
        service.withdraw_recording(db.session, recording, accounts.current_person(), reason, clock.now())
    except BroadcasterError as error:
        return _refused(recording, error)
    return _taken(
        recording,
        _("Withdrawn. Stations stop it as soon as they are reached; those off line may still air it."),
    )


@blueprint.post("/<int:recording_id>/remove")
@accounts.requires(EDITOR)
def remove(recording_id: int) -> BaseResponse:
    """Take away an upload that could not be used."""
    recording = service.recording(db.session, recording_id)
    try:
        service.remove_failed(db.session, recording, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        return _refused(recording, error)
    return _taken(recording, _("Removed."))


def _taken(recording: service.Recording, words: str) -> BaseResponse:
    db.session.commit()
    flash(words, "done")
    return redirect(url_for("newsroom.show_announcement", announcement_id=recording.announcement_id))


def _refused(recording: service.Recording, error: BroadcasterError) -> BaseResponse:
    announcement_id = recording.announcement_id
    db.session.rollback()
    flash(say(error), "fail")
    return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id))
