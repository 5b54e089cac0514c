"""Pages: bring recordings — many files at once, what is unfinished, and how far the preparation is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import belonging, incoming, service, taking_in
from broadcaster.newsroom.belonging_pages import owner_choices
from broadcaster.newsroom.forms import language_choices, show_mistake
from broadcaster.newsroom.incoming_models import IncomingState, IncomingUpload
from broadcaster.newsroom.pages import receive
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.upload_form import ACCEPTED, UploadForm
from broadcaster.newsroom.upload_words import page_words
from broadcaster.places import service as places
from broadcaster.web.mishaps import say
from schedules.languages import LANGUAGES

blueprint = APIBlueprint(
    "uploads", __name__, template_folder="templates", url_prefix="/recordings/upload", enable_openapi=False
)
EDITOR = accounts.Role.EDITOR
SHOWN_FOR = timedelta(hours=24)
OFFERED = 100
"""So many announcements, the newest, can be chosen for a file."""


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the uploader's pieces call, wherever they are included."""
    return {"uploader": uploader}


@blueprint.get("")
@accounts.requires(EDITOR)
def bring() -> str:
    """Drop files, record, see what is unfinished and what was brought lately."""
    return _page(_form())


@blueprint.post("")
@accounts.requires(EDITOR)
def send() -> str | Response | tuple[str, int]:
    """One file by a plain form, for browsers without script: into a new announcement or one that is there."""
    form = _form()
    if form.validate_on_submit():
        try:
            announcement = _announcement_for(form)
            receive(form.file.data, announcement, form.language.data)
        except BroadcasterError as error:
            db.session.rollback()
            _show(form, error)
        else:
            flash(_("The recording is being prepared; you can leave this page."), "info")
            return redirect(url_for("newsroom.show_announcement", announcement_id=announcement.id), 303)
    return _page(form), 422


@blueprint.get("/<key>/row")
@accounts.requires(EDITOR)
def row(key: str) -> Response:
    """Where one upload stands, as a piece of the page that asks again while work goes on."""
    upload = incoming.find(db.session, accounts.current_person(), key, clock.now())
    taking_in.take_in(db.session, _settings(), upload, clock.now())
    answer = make_response(render_template("newsroom/upload_row.html", upload=upload, **row_words(upload)))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<key>/answer")
@accounts.requires(EDITOR)
def answer_same(key: str) -> Response:
    """The very same file is there: use that one, or store this one too."""
    person = accounts.current_person()
    upload = incoming.find(db.session, person, key, clock.now())
    there = upload.same_as
    try:
        if request.form.get("do") == "store":
            taking_in.store_anyway(db.session, _settings(), upload, clock.now())
        else:
            taking_in.use_the_other(db.session, _settings(), upload, person, clock.now())
            flash(_("The recording that was there is used; nothing was stored twice."), "done")
            if there is not None:
                return _to_recording(there)
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    return redirect(url_for("uploads.bring"), 303)


@blueprint.post("/<key>/end")
@accounts.requires(EDITOR)
def end(key: str) -> Response:
    """Cancel an unfinished upload."""
    person = accounts.current_person()
    upload = incoming.find(db.session, person, key, clock.now())
    try:
        incoming.end(db.session, _settings(), upload, person, clock.now())
        flash(_("Cancelled. Nothing of it is kept."), "done")
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    return redirect(url_for("uploads.bring"), 303)


def uploader(announcement: service.Announcement | None = None) -> dict[str, Any]:
    """What the uploader needs to know: languages, those the villages speak first; where files can go; what is
    unfinished, of one announcement or of all; its words.
    """
    first = [need.language for need in service.language_needs(places.villages(db.session))]
    languages = language_choices(first)
    person, now = accounts.current_person(), clock.now()
    open_ones = incoming.unfinished(db.session, person, now)
    here = [one for one in open_ones if announcement is None or one.announcement_id == announcement.id]
    return {
        "languages": languages,
        "known": [[one.value, LANGUAGES[one.value].name, LANGUAGES[one.value].name_lo] for one in languages],
        "announcements": [] if announcement else _announcement_choices(),
        "places": [] if announcement else owner_choices(),
        "arriving": [one for one in here if one.state == IncomingState.ARRIVING],
        "most_bytes": _settings().audio.max_upload_bytes,
        "accepted": ACCEPTED,
        "words": page_words(),
    }


def row_words(upload: IncomingUpload) -> dict[str, Any]:
    """What a row says besides its own figures."""
    recording = upload.recording
    return {
        "working": recording is not None and recording.ingest in (IngestState.WAITING, IngestState.WORKING),
        "asks": upload.state == IncomingState.ASKING,
        "in_the_way": upload.same_as is not None and taking_in.stands_in_the_way(upload, upload.same_as),
    }


def _page(form: UploadForm) -> str:
    person, now = accounts.current_person(), clock.now()
    open_ones = incoming.unfinished(db.session, person, now)
    for upload in open_ones:
        taking_in.take_in(db.session, _settings(), upload, now)
    return render_template(
        "newsroom/uploads.html",
        form=form,
        asking=[one for one in open_ones if one.state == IncomingState.ASKING],
        taken=incoming.lately_taken(db.session, person, now - SHOWN_FOR),
        row_words=row_words,
    )


def _form() -> UploadForm:
    form = UploadForm()
    first = [need.language for need in service.language_needs(places.villages(db.session))]
    form.language.choices = language_choices(first)
    form.place.choices = owner_choices()
    form.announcement.choices = [SelectChoice("", _("New announcement")), *_announcement_choices()]
    return form


def _announcement_choices() -> list[SelectChoice]:
    person = accounts.current_person()
    found = service.announcements(db.session, most=OFFERED, reach=accounts.reach(person))
    return [SelectChoice(str(one.id), one.title) for one in found if belonging.may_touch(one, person, EDITOR)]


def _show(form: UploadForm, error: BroadcasterError) -> None:
    if isinstance(error, BadInput):
        show_mistake(form, error)
    else:
        form.form_errors.append(say(error))


def _announcement_for(form: UploadForm) -> service.Announcement:
    person = accounts.current_person()
    if form.announcement.data:
        announcement = service.announcement(db.session, int(form.announcement.data))
        belonging.refuse_foreign(db.session, announcement, person, EDITOR)
        return announcement
    return service.create_announcement(
        db.session,
        form.title.data or (form.file.data.filename or "").rpartition(".")[0],
        service.AnnouncementKind.OTHER,
        person,
        clock.now(),
        place_code=form.place.data or None,
    )


def _to_recording(recording: service.Recording) -> Response:
    page = url_for("newsroom.show_announcement", announcement_id=recording.announcement_id)
    return redirect(f"{page}#recording-{recording.id}", 303)


def _settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found
