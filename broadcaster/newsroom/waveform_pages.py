"""Pages: the waveform of a recording, where it is trimmed, faded and levelled; saving makes a version."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError, NotPossible
from broadcaster.newsroom import editing, editing_form, originals, removal, service
from broadcaster.newsroom.forms import show_mistake
from broadcaster.newsroom.measured_words import measured_figures
from broadcaster.newsroom.recordings import try_again
from broadcaster.web.mishaps import say
from content_library import AudioStore, ContentLibraryError, waveform
from content_library.horn import HORN_BAND_HZ

blueprint = APIBlueprint(
    "waveform", __name__, template_folder="templates", url_prefix="/recordings", enable_openapi=False
)
COLUMNS = 6000


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the player's template calls."""
    return {
        "measured_figures": measured_figures,
        "has_original": originals.has_original,
        "is_removable": removal.is_removable,
    }


@blueprint.route("/<int:recording_id>/sound", methods=["GET", "POST"])
@accounts.requires(accounts.Role.EDITOR)
def edit(recording_id: int) -> str | BaseResponse | tuple[str, int]:
    """The waveform of the whole recording with what this version keeps of it; POST saves a new version."""
    recording = service.recording(db.session, recording_id)
    whole = editing.whole_version(recording)
    if whole.sha256 is None or whole.duration_ms is None:
        raise NotPossible(
            "the audio is not ready; wait until it is, or bring another file", code="audio_not_ready"
        )
    form = editing_form.EditForm()
    if form.validate_on_submit():
        try:
            wanted = editing_form.read(form)
            editing.edited_version(db.session, recording, wanted, accounts.current_person(), clock.now())
        except BadInput as error:
            db.session.rollback()
            _show(form, error)
        except BroadcasterError as error:
            db.session.rollback()
            form.form_errors.append(say(error))
        else:
            db.session.commit()
            flash(_("A new version is being prepared; the one before stays as it is."), "done")
            return redirect(
                url_for("newsroom.show_announcement", announcement_id=recording.announcement_id), 303
            )
    if request.method == "GET":
        editing_form.fill(form, editing.edit_of(recording), whole.duration_ms)
    page = render_template(
        "newsroom/waveform.html", recording=recording, whole=whole, form=form, band=HORN_BAND_HZ
    )
    return (page, 422) if request.method == "POST" else page


@blueprint.get("/<int:recording_id>/waveform.json")
def peaks(recording_id: int) -> Response:
    """Lowest and highest sample, −127…127, of equal parts of the audio; they never change for a hash."""
    recording = service.recording(db.session, recording_id)
    if recording.sha256 is None:
        raise NotPossible(
            "the audio is not ready; wait until it is, or bring another file", code="audio_not_ready"
        )
    answer = Response(mimetype="application/json")
    answer.set_etag(f"{recording.sha256}-{COLUMNS}")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    if request.if_none_match.contains(f"{recording.sha256}-{COLUMNS}"):
        answer.status_code = 304
        return answer
    store: AudioStore = current_app.extensions["audio_store"]
    try:
        found = waveform(store, recording.sha256, COLUMNS)
    except ContentLibraryError as error:
        raise NotPossible(str(error), code=error.code) from error
    facts = {"duration_ms": recording.duration_ms, "low": [low for low, _h in found]}
    answer.set_data(json.dumps({**facts, "high": [high for _l, high in found]}, separators=(",", ":")))
    return answer


@blueprint.post("/<int:recording_id>/try-again")
@accounts.requires(accounts.Role.EDITOR)
def once_more(recording_id: int) -> BaseResponse:
    """Prepare a failed upload again from the file that was set aside."""
    recording = service.recording(db.session, recording_id)
    announcement_id = recording.announcement_id
    try:
        try_again(db.session, recording, accounts.current_person(), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        db.session.commit()
        flash(_("The file is being prepared once more."), "info")
    return redirect(url_for("newsroom.show_announcement", announcement_id=announcement_id), 303)


def _show(form: editing_form.EditForm, error: BadInput) -> None:
    """A section's field is not the form's own; its mistake stands in the summary."""
    for row in form.sections.entries:
        for field in (row.form.start, row.form.end, row.form.gain):
            if field.id == error.field:
                field.errors = [*field.errors, say(error)]
                form.form_errors.append(f"{field.label.text}: {say(error)}")
                return
    show_mistake(form, error)
