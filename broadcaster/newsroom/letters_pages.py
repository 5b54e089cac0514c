"""Pages for administrators: the mail server, a test, and the letters that could not be sent."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock, mail
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.mail_models import LetterState
from broadcaster.web.mishaps import say

blueprint = APIBlueprint(
    "letters", __name__, template_folder="templates", url_prefix="/settings/mail", enable_openapi=False
)
ADMINISTRATOR = accounts.Role.ADMINISTRATOR


@blueprint.get("")
@accounts.requires(ADMINISTRATOR)
def letters() -> str:
    """What was set aside, and what is on its way. What letters say is not shown."""
    return render_template(
        "newsroom/letters.html",
        server=_settings().mail,
        mailing=mail.is_configured(_settings()),
        letters=mail.letters(db.session, LetterState.FAILED),
        waiting=mail.letters(db.session, LetterState.WAITING),
    )


@blueprint.post("/test")
@accounts.requires(ADMINISTRATOR)
def send_test() -> Response:
    """A letter to whoever asks, queued like every other."""
    person = accounts.current_person()
    subject, body = _("Test of Sekong Broadcaster"), _("This is a test. Nothing is to be done.")
    try:
        mail.queue(db.session, to=person.email, subject=subject, body=body, now=clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        _note("mail.test", f"person:{person.id}")
        db.session.commit()
        flash(_("A letter to %(address)s is on its way.", address=person.email), "done")
    return redirect(url_for("letters.letters"), 303)


@blueprint.post("/<int:letter_id>/retry")
@accounts.requires(ADMINISTRATOR)
def retry(letter_id: int) -> Response:
    """A letter that was set aside, once more."""
    try:
        mail.try_again(db.session, mail.letter(db.session, letter_id), clock.now())
    except BroadcasterError as error:
        db.session.rollback()
        flash(say(error), "fail")
    else:
        _note("mail.retry", f"letter:{letter_id}")
        db.session.commit()
        flash(_("It is tried again now."), "done")
    return redirect(url_for("letters.letters"), 303)


def _note(action: str, subject: str) -> None:
    accounts.record(
        db.session, action=action, subject=subject, actor=accounts.current_person(), now=clock.now()
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
