"""Pages: jingles, one small list with everything on it."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint
from flask import Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import service, step_rules
from broadcaster.newsroom.forms import JingleForm, show_mistake
from broadcaster.newsroom.playback import audio_answer
from broadcaster.newsroom.sound import IngestState
from broadcaster.newsroom.uploads import keep
from broadcaster.web.mishaps import say

blueprint = APIBlueprint(
    "jingles", __name__, template_folder="templates", url_prefix="/jingles", enable_openapi=False
)
EDITOR, APPROVER = accounts.Role.EDITOR, accounts.Role.APPROVER


@blueprint.get("")
def jingles() -> str:
    """All jingles, and the form for one more."""
    return _page(JingleForm())


@blueprint.post("")
@accounts.requires(EDITOR, province=True)
def add() -> str | BaseResponse | tuple[str, int]:
    """One more jingle."""
    form = JingleForm()
    if form.validate_on_submit():
        try:
            _receive(form)
        except BadInput as error:
            db.session.rollback()
            show_mistake(form, error)
        else:
            return redirect(url_for("jingles.jingles"))
    return _page(form), 422


@blueprint.post("/chime")
@accounts.requires(EDITOR, province=True)
def chime() -> BaseResponse:
    """The synthesised chime, as a draft to be approved."""
    store = current_app.extensions["audio_store"]
    service.add_chime(db.session, store, accounts.current_person(), clock.now())
    db.session.commit()
    return redirect(url_for("jingles.jingles"))


@blueprint.get("/<int:jingle_id>/audio")
def audio(jingle_id: int) -> Response:
    """The broadcast-ready audio, in ranges for the player."""
    return audio_answer(service.jingle(db.session, jingle_id), current_app.extensions["audio_store"])


@blueprint.get("/<int:jingle_id>/progress")
def progress(jingle_id: int) -> Response:
    """How far the preparation is."""
    jingle = service.jingle(db.session, jingle_id)
    answer = make_response(render_template("newsroom/progress.html", sound=jingle, url=request.path))
    if jingle.ingest in (IngestState.DONE, IngestState.FAILED):
        answer.headers["HX-Refresh"] = "true"
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.post("/<int:jingle_id>/submit")
@accounts.requires(EDITOR, APPROVER)
def submit(jingle_id: int) -> BaseResponse:
    """Ask for approval."""
    jingle = service.jingle(db.session, jingle_id)
    person = accounts.current_person()
    return _do(lambda: service.submit_recording(db.session, jingle, person, clock.now()), _("Submitted."))


@blueprint.post("/<int:jingle_id>/approve")
@accounts.requires(APPROVER)
def approve(jingle_id: int) -> BaseResponse:
    """Approve the bytes whose hash the form carries."""
    jingle = service.jingle(db.session, jingle_id)
    person = accounts.current_person()
    sha256 = request.form.get("sha256", "")
    return _do(lambda: step_rules.approve(db.session, jingle, person, sha256, clock.now()), _("Approved."))


@blueprint.post("/<int:jingle_id>/withdraw")
@accounts.requires(APPROVER)
def withdraw(jingle_id: int) -> BaseResponse:
    """Stop it wherever it can be reached."""
    jingle = service.jingle(db.session, jingle_id)
    person = accounts.current_person()
    reason = request.form.get("reason", "")
    return _do(
        lambda: service.withdraw_recording(db.session, jingle, person, reason, clock.now()), _("Withdrawn.")
    )


def _do(step: Callable[[], object], words: str) -> BaseResponse:
    try:
        step()
        db.session.commit()
        flash(words, "done")
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    return redirect(url_for("jingles.jingles"))


def _receive(form: JingleForm) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    upload = form.file.data
    with keep(upload, settings) as name:
        person = accounts.current_person()
        service.receive_jingle(db.session, form.title.data, name, upload.filename or "", person, clock.now())
        db.session.commit()


def _page(form: JingleForm) -> str:
    person = accounts.current_person()
    return render_template(
        "newsroom/jingles.html",
        jingles=service.jingles(db.session),
        form=form,
        may=service.may,
        may_edit=accounts.reach(person, EDITOR).everywhere,
        may_decide=accounts.reach(person, APPROVER).everywhere,
    )
