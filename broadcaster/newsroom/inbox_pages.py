"""Pages: what waits for the person who asks, the languages they understand, and how often mail tells them."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from apiflask import APIBlueprint
from flask import current_app, flash, g, make_response, redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock, mail
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BroadcasterError
from broadcaster.newsroom import inbox as rules
from broadcaster.newsroom import inbox_words, step_rules, workflow_words
from broadcaster.newsroom.models import Recording
from broadcaster.newsroom.person_wishes import keep_languages, keep_mail_wish
from broadcaster.newsroom.telling import AT_ONCE, DAILY, NEVER
from broadcaster.newsroom.withdrawal import WithdrawalReach, stays_approved, withdrawal_reach
from broadcaster.web.mishaps import add_sentences, say
from broadcaster.web.navigation import add_to_top_line
from schedules.languages import LANGUAGES

blueprint = APIBlueprint("inbox", __name__, template_folder="templates", enable_openapi=False)
MAIL_WISHES: dict[str, LazyString] = {
    AT_ONCE: lazy_gettext("At once"),
    DAILY: lazy_gettext("Once a day, in the morning"),
    NEVER: lazy_gettext("Never"),
}


@blueprint.record_once
def prepare(state: BlueprintSetupState) -> None:
    """Errors of the way to approval and how often letters come have words; the top line shows what waits."""
    add_to_top_line(state.app, "newsroom/inbox_icon.html")  # type: ignore[arg-type]  # an APIFlask here
    add_sentences(workflow_words.MISHAPS)
    accounts.words_values(state.app, "mail", accounts.by_table(MAIL_WISHES))  # type: ignore[arg-type]  # as above


@blueprint.app_context_processor
def words() -> dict[str, Any]:
    """What the top line and the recordings' panels call."""
    return {
        "inbox_count": inbox_count,
        "may_check": step_rules.may_check,
        "is_own": step_rules.is_own,
        "waits_for_check": step_rules.waits_for_check,
        "next_words": workflow_words.next_words,
        "withdrawal_words": workflow_words.withdrawal_words,
        "withdrawal_reach": _withdrawal_reach,
        "stays_approved": _stays_approved,
    }


@blueprint.get("/inbox")
def inbox() -> str:
    """Everything that waits, grouped; what is shown counts as seen from then on."""
    person = accounts.current_person()
    items = rules.with_read(db.session, person, _waiting())
    page = render_template(
        "newsroom/inbox.html",
        groups=[(kind, list(group)) for kind, group in groupby(items, lambda one: one.waits)],
        heads=inbox_words.HEADS,
        acts=inbox_words.ACTS,
        item_url=inbox_words.item_url,
        missing_words=inbox_words.missing_words,
        person=person,
        mailing=mail.is_configured(_settings()),
    )
    if any(one.unread for one in items):
        rules.mark_read(db.session, person, items, clock.now())
        db.session.commit()
    return page


@blueprint.get("/inbox/count")
def count() -> Response:
    """The icon of the top line: it looks again by itself."""
    answer = make_response(render_template("newsroom/inbox_icon.html"))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.route("/settings/languages", methods=["GET", "POST"])
def wishes() -> str | Response:
    """The languages they understand, and how often mail tells them what waits."""
    person = accounts.current_person()
    if request.method == "POST":
        now = clock.now()
        try:
            keep_languages(db.session, person, request.form.getlist("languages"), now)
            keep_mail_wish(db.session, person, request.form.get("mail", person.mail_wish), now)
        except BroadcasterError as error:
            db.session.rollback()
            flash(say(error), "fail")
        else:
            db.session.commit()
            flash(_("Saved."), "done")
        return redirect(url_for("inbox.wishes"), 303)
    return render_template(
        "newsroom/wishes.html",
        person=person,
        known=LANGUAGES,
        mail_wishes=MAIL_WISHES,
        mailing=mail.is_configured(_settings()),
    )


def inbox_count() -> tuple[int, int]:
    """How many things wait for whoever asks, and how many of them they have not seen. Once a request."""
    if not accounts.signed_in():
        return 0, 0
    if "inbox_count" not in g:
        items = rules.with_read(db.session, accounts.current_person(), _waiting())
        g.inbox_count = len(items), sum(one.unread for one in items)
    found: tuple[int, int] = g.inbox_count
    return found


def _waiting() -> tuple[rules.InboxItem, ...]:
    return rules.waiting_for(db.session, accounts.current_person(), _settings(), clock.now())


def _stays_approved(recording: Recording) -> bool:
    return stays_approved(db.session, recording)


def _withdrawal_reach(recording: Recording) -> WithdrawalReach | None:
    return withdrawal_reach(db.session, recording, clock.now())


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
