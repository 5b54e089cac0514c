"""Pages: the list of announcements, a new one, and one announcement with its recordings."""

from __future__ import annotations

from typing import Any

from apiflask import APIBlueprint
from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import service, wording
from broadcaster.newsroom.announcement_form import AnnouncementForm, asked_kind, of_kind, written
from broadcaster.newsroom.announcement_page import announcement_page
from broadcaster.newsroom.belonging_pages import owner_choices
from broadcaster.newsroom.forms import RecordingForm, language_choices, show_mistake
from broadcaster.newsroom.mishap_words import MISHAPS
from broadcaster.newsroom.uploads import UploadRequest, keep
from broadcaster.places import service as places
from broadcaster.web.mishaps import add_sentences, say

blueprint = APIBlueprint("newsroom", __name__, template_folder="templates", enable_openapi=False)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Files of requests arrive in the upload folder; errors are told in the newsroom's words."""
    app: Any = state.app  # the sans-io App that Flask's types speak of has no request class
    app.request_class = UploadRequest
    add_sentences(MISHAPS)


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the newsroom's templates call."""
    return {
        "kind_label": wording.kind_label,
        "state_badge": wording.state_badge,
        "step_label": wording.step_label,
        "verdict_sentence": wording.verdict_sentence,
        "mishap_sentence": wording.mishap_sentence,
        "action_label": wording.action_label,
    }


@blueprint.route("/announcements/new", methods=["GET", "POST"])
@accounts.requires(EDITOR)
def new_announcement() -> str | Response | tuple[str, int]:
    """Title, kind, language and sound file in one form."""
    form: Any = of_kind(AnnouncementForm, asked_kind())()
    form.language.choices = [SelectChoice("", _("Choose …")), *language_choices(_needed_languages())]
    form.place.choices = owner_choices()
    if "without" in request.form:
        form.file.validators = form.language.validators = []
    if "show_fields" not in request.form and form.validate_on_submit():
        try:
            announcement = _create(form)
        except BadInput as error:
            db.session.rollback()
            show_mistake(form, error)
        else:
            session["saved_draft"] = request.form.get("draft", "")[:80]
            return redirect(url_for("newsroom.show_announcement", announcement_id=announcement.id))
    page = render_template("newsroom/new_announcement.html", form=form)
    return (page, 422) if request.method == "POST" and "show_fields" not in request.form else page


@blueprint.get("/announcements/<int:announcement_id>")
def show_announcement(announcement_id: int) -> str:
    """One announcement: languages against states, each recording with sound, figures and steps."""
    return announcement_page(announcement_id, RecordingForm())


@blueprint.post("/announcements/<int:announcement_id>/recordings")
@accounts.requires(EDITOR)
def add_recording(announcement_id: int) -> str | Response | tuple[str, int]:
    """One more recording, in another language or a new version."""
    announcement = service.announcement(db.session, announcement_id)
    form = RecordingForm()
    form.language.choices = language_choices()
    if form.validate_on_submit():
        try:
            receive(form.file.data, announcement, form.language.data)
        except BadInput as error:
            db.session.rollback()
            show_mistake(form, error)
        else:
            return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id))
    return announcement_page(announcement_id, form), 422


@blueprint.post("/announcements/<int:announcement_id>/rename")
@accounts.requires(EDITOR)
def rename(announcement_id: int) -> Response:
    """Another title, while nothing in it is approved."""
    announcement = service.announcement(db.session, announcement_id)
    title = request.form.get("title", "")
    try:
        service.rename_announcement(db.session, announcement, title, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(_("Renamed."), "done")
    return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id))


@blueprint.post("/announcements/<int:announcement_id>/remove")
@accounts.requires(EDITOR)
def remove(announcement_id: int) -> Response:
    """Away with an announcement that holds nothing; the page asked first."""
    announcement = service.announcement(db.session, announcement_id)
    try:
        service.remove_announcement(db.session, announcement, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
        return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id))
    db.session.commit()
    flash(_("The announcement is removed. Nothing of it is left."), "done")
    return redirect(url_for("newsroom.announcements"))


def receive(upload: FileStorage, announcement: service.Announcement, language: str) -> service.Recording:
    """Keep an upload, note its recording and commit; when that fails, the upload is not kept."""
    settings: Settings = current_app.config["SETTINGS"]
    with keep(upload, settings) as name:
        recording = service.receive_recording(
            db.session,
            announcement,
            language,
            name,
            upload.filename or "",
            accounts.current_person(),
            clock.now(),
        )
        db.session.commit()
    return recording


def _create(form: Any) -> service.Announcement:
    texts = written(form)
    announcement = service.create_announcement(
        db.session,
        texts.title,
        texts.kind,
        accounts.current_person(),
        clock.now(),
        valid_from=texts.valid_from,
        valid_until=texts.valid_until,
        details=texts.details,
        tags=texts.tags,
        place_code=form.place.data or None,
    )
    if "without" in request.form:
        db.session.commit()
        flash(_("Made. Record or bring its sound now, or come back later."), "done")
        return announcement
    receive(form.file.data, announcement, form.language.data)
    flash(_("The recording is being prepared; you can leave this page."), "info")
    return announcement


def _needed_languages() -> list[str]:
    reach = accounts.in_view(accounts.current_person())
    return [need.language for need in service.language_needs(places.villages(db.session, reach=reach))]
