"""Pages: change an announcement, and what is said in a recording. Two people at once lose nothing."""

from __future__ import annotations

import json
from typing import Any

from apiflask import APIBlueprint
from flask import redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import announcement_form as forms
from broadcaster.newsroom import revision_words, revisions, service
from broadcaster.newsroom.forms import show_mistake
from broadcaster.newsroom.kinds import still_needed
from broadcaster.newsroom.merging import Conflict
from broadcaster.newsroom.tags import known_tags
from broadcaster.newsroom.texts import LONGEST_TRANSCRIPT, AnnouncementTexts, RecordingTexts
from broadcaster.web.mishaps import say
from broadcaster.web.toasts import tell

blueprint = APIBlueprint("revisions", __name__, template_folder="templates", enable_openapi=False)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER
Answer = str | Response | tuple[str, int]
ATTEMPTS = 3


class TextsForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What is said in a recording."""

    transcript = TextAreaField(validators=[Length(max=LONGEST_TRANSCRIPT)])
    transcript_lo = TextAreaField(validators=[Length(max=LONGEST_TRANSCRIPT)])
    speakers = TextAreaField()
    base = HiddenField()


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the newsroom's templates call."""
    return {
        "detail_fields": forms.detail_fields,
        "detail_lines": revision_words.detail_lines,
        "field_label": revision_words.field_label,
        "value_words": revision_words.value_words,
        "still_needed": lambda one: still_needed(one.kind, one.detail_values),
        "known_tags": lambda: known_tags(db.session),
        "saved_draft": lambda: session.pop("saved_draft", None),
        "reader": lambda: accounts.current_person().id,
    }


@blueprint.get("/announcements/kind-fields")
@accounts.requires(EDITOR, APPROVER)
def kind_fields() -> str:
    """The fields of the kind that was chosen, for the form that stands open."""
    form = forms.of_kind(forms.AnnouncementFields, forms.asked_kind())(request.args)
    return render_template("newsroom/kind_fields.html", form=form)


@blueprint.route("/announcements/<int:announcement_id>/edit", methods=["GET", "POST"])
@accounts.requires(EDITOR, APPROVER)
def edit_announcement(announcement_id: int) -> Answer:
    """Title, kind and its fields, days and tags."""
    announcement = service.announcement(db.session, announcement_id)
    if request.method == "GET":
        now = AnnouncementTexts.of(announcement)
        return _announcement_page(announcement, forms.revision_form(now, now))
    form = forms.of_kind(forms.RevisionForm, forms.asked_kind(announcement.kind))()
    if "show_fields" in request.form:
        return _announcement_page(announcement, form)
    status = 422
    if form.validate():
        try:
            return _save_announcement(announcement, form)
        except BroadcasterError as error:
            db.session.rollback()
            status = error.http_status
            _show(form, error)
    return _announcement_page(announcement, form), status


@blueprint.route("/recordings/<int:recording_id>/texts", methods=["GET", "POST"])
@accounts.requires(EDITOR, APPROVER)
def edit_texts(recording_id: int) -> Answer:
    """What is said, in the recording's language and in Lao, and who speaks."""
    recording = service.recording(db.session, recording_id)
    if request.method == "GET":
        now = RecordingTexts.of(recording)
        return _texts_page(recording, _texts_form(now, now))
    form = TextsForm()
    status = 422
    if form.validate():
        try:
            return _save_texts(recording, form)
        except BroadcasterError as error:
            db.session.rollback()
            status = error.http_status
            _show(form, error)
    return _texts_page(recording, form), status


def _save_announcement(announcement: service.Announcement, form: Any) -> Answer:
    """Merge what was written with what was saved meanwhile; ask where both changed the same."""
    base_fields = forms.base_of(form.base.data)
    base = AnnouncementTexts.from_fields(base_fields)
    values = forms.written(form, base).as_fields()
    undecided = forms.chosen(values, base.as_fields())
    mine = AnnouncementTexts.from_fields(values)
    for _attempt in range(ATTEMPTS):
        theirs = AnnouncementTexts.of(announcement)
        merged, conflicts = revisions.merge_announcement(base, theirs, mine)
        if conflicts or undecided:
            asked = conflicts or _asked_again(undecided, theirs.as_fields(), mine.as_fields())
            form = forms.revision_form(merged, theirs)
            return _announcement_page(announcement, form, asked), 409
        try:
            revisions.revise_announcement(
                db.session,
                announcement,
                merged,
                accounts.current_person(),
                clock.now(),
                edition=announcement.edition,
            )
        except revisions.EditedMeanwhile:  # somebody was quicker by a moment: look again
            db.session.rollback()
            db.session.refresh(announcement)
            continue
        db.session.commit()
        _say_saved(theirs != base)
        return redirect(url_for("newsroom.show_announcement", announcement_id=announcement.id), 303)
    raise revisions.EditedMeanwhile("announcement")


def _save_texts(recording: service.Recording, form: TextsForm) -> Answer:
    base = RecordingTexts.from_fields(forms.base_of(form.base.data))
    values = RecordingTexts(
        form.transcript.data or "",
        form.transcript_lo.data or "",
        tuple((form.speakers.data or "").split("\n")),
    ).checked()
    fields = values.as_fields()
    undecided = forms.chosen(fields, base.as_fields())
    mine = RecordingTexts.from_fields(fields)
    for _attempt in range(ATTEMPTS):
        theirs = RecordingTexts.of(recording)
        merged, conflicts = revisions.merge_recording(base, theirs, mine)
        if conflicts or undecided:
            asked = conflicts or _asked_again(undecided, theirs.as_fields(), mine.as_fields())
            return _texts_page(recording, _texts_form(merged, theirs), asked), 409
        try:
            revisions.revise_recording(
                db.session,
                recording,
                merged,
                accounts.current_person(),
                clock.now(),
                edition=recording.edition,
            )
        except revisions.EditedMeanwhile:
            db.session.rollback()
            db.session.refresh(recording)
            continue
        db.session.commit()
        _say_saved(theirs != base)
        about = recording.announcement_id
        here = url_for(
            "newsroom.show_announcement", announcement_id=about, _anchor=f"recording-{recording.id}"
        )
        return redirect(here, 303)
    raise revisions.EditedMeanwhile("recording")


def _asked_again(undecided: list[str], theirs: dict[str, Any], mine: dict[str, Any]) -> tuple[Conflict, ...]:
    return tuple(Conflict(one, None, theirs.get(one), mine.get(one)) for one in undecided)


def _say_saved(together: bool) -> None:
    session["saved_draft"] = request.form.get("draft", "")[:80]
    if together:
        tell(_("Saved, together with what somebody else changed meanwhile."))
    else:
        tell(_("Saved."))


def _show(form: FlaskForm, error: BroadcasterError) -> None:
    if isinstance(error, BadInput):
        show_mistake(form, error)
    elif error.code == "approved_once":
        form.title.errors = [say(error)]
    elif error.code == "widening_needs_approver":
        form.valid_until.errors = [say(error)]
    else:
        form.form_errors.append(say(error))


def _texts_form(texts: RecordingTexts, base: RecordingTexts) -> TextsForm:
    return TextsForm(
        formdata=None,
        data={
            "transcript": texts.transcript,
            "transcript_lo": texts.transcript_lo,
            "speakers": "\n".join(texts.speakers),
            "base": json.dumps(base.as_fields(), ensure_ascii=False),
        },
    )


def _announcement_page(
    announcement: service.Announcement, form: Any, conflicts: tuple[Conflict, ...] = ()
) -> str:
    subject = f"announcement:{announcement.id}"
    title_stays = revisions.was_approved(announcement)
    if title_stays:
        form.title.render_kw = {"readonly": True}
    return render_template(
        "newsroom/edit_announcement.html",
        announcement=announcement,
        form=form,
        conflicts=conflicts,
        title_stays=title_stays,
        last=next(iter(accounts.trail(db.session, subject, most=1)), None) if conflicts else None,
    )


def _texts_page(recording: service.Recording, form: TextsForm, conflicts: tuple[Conflict, ...] = ()) -> str:
    last = next(iter(accounts.trail(db.session, recording.subject, most=1)), None) if conflicts else None
    return render_template(
        "newsroom/edit_texts.html", recording=recording, form=form, conflicts=conflicts, last=last
    )
