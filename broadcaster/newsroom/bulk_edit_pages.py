"""Pages: change many announcements at once. The page before it names how many; each is told about after."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask.sansio.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import belonging, bulk_edit, wording
from broadcaster.newsroom.announcements import known_kind, refuse_reversed
from broadcaster.newsroom.bulk_edit import MOST_AT_ONCE, STAYS, Answer, Change, Stays
from broadcaster.newsroom.library_pages import list_address
from broadcaster.newsroom.local_days import end_of, start_of
from broadcaster.newsroom.models import Announcement
from broadcaster.newsroom.tags import known_tags, split_tags
from broadcaster.web.mishaps import add_sentences, say
from broadcaster.web.toasts import tell

blueprint = APIBlueprint("bulk_edit", __name__, template_folder="templates", enable_openapi=False)
EDITOR = accounts.Role.EDITOR
PROVINCE = "*"
"""In the form: the whole province. An empty value leaves whose it is."""
LONGEST_KEPT = 400
"""Characters of the list's address that the toast keeps: it lies in a cookie, beside up to 200 numbers."""
MISHAPS = {
    "change_says_nothing": lazy_gettext("Say first what is to be changed."),
    "nothing_to_take_back": lazy_gettext("Nothing of it was changed then; look at its history."),
}


@blueprint.record_once
def prepare(_state: BlueprintSetupState) -> None:
    """Errors are told in the page's words."""
    add_sentences(MISHAPS)


@blueprint.get("/announcements/change")
@accounts.requires(EDITOR)
def ask() -> str | Response:
    """What to change of the chosen announcements, which are named."""
    chosen = _chosen(request.args.getlist("chosen"))
    if not chosen:
        tell(_("Choose announcements first."), "fail")
        return _back(request.args.get("asked", ""))
    return _page(chosen, request.args.get("asked", ""))


@blueprint.post("/announcements/change")
@accounts.requires(EDITOR)
def change() -> str | Response | tuple[str, int]:
    """Change them; where one could not be, a page says of each what became of it."""
    chosen, asked = _chosen(request.form.getlist("chosen")), request.form.get("asked", "")
    if not chosen:
        tell(_("Choose announcements first."), "fail")
        return _back(asked)
    try:
        wanted = _wanted()
    except BroadcasterError as error:
        return _page(chosen, asked, mistake=say(error)), error.http_status
    now = clock.now()
    answers = bulk_edit.change_each(db.session, chosen, wanted, accounts.current_person(), now)
    db.session.commit()
    _tell_changed(answers, now, asked)
    return _answered(answers, asked)


@blueprint.post("/announcements/change/undo")
@accounts.requires(EDITOR)
def undo() -> str | Response:
    """Take back what the person changed at once, where nobody changed it since."""
    asked = request.form.get("asked", "")
    chosen = _chosen(request.form.get("chosen", "")[:4000].split())
    try:
        done_at = datetime.fromisoformat(request.form.get("at", ""))
    except ValueError:
        return _back(asked)
    if done_at.tzinfo is None:
        return _back(asked)
    person, now = accounts.current_person(), clock.now()
    answers = bulk_edit.take_back(db.session, chosen, done_at, person, now)
    db.session.commit()
    back = sum(answer.changed for answer in answers)
    if back:
        words = ngettext(
            "%(num)d announcement is as it was before.",
            "%(num)d announcements are as they were before.",
            back,
        )
        tell(words)
    return _answered(answers, asked)


def _wanted() -> Change:
    """What the form says; `BadInput` for what cannot be read, and where it says nothing."""
    kind, place = request.form.get("kind", ""), request.form.get("place", "")
    wanted = Change(
        kind=known_kind(kind) if kind else None,
        valid_from=_first(request.form.get("valid_from", "")),
        valid_until=_last(request.form.get("valid_until", "")),
        add_tags=split_tags(request.form.get("add_tags", "")),
        take_tags=split_tags(request.form.get("take_tags", "")),
        place=STAYS if not place else None if place == PROVINCE else place,
    )
    if wanted.is_nothing:
        raise BadInput("say what is to be changed", code="change_says_nothing")
    first, last = wanted.valid_from, wanted.valid_until
    if not isinstance(first, Stays) and not isinstance(last, Stays):
        refuse_reversed(first, last)
    return wanted


def _first(written: str) -> datetime | Stays | None:
    if "no_valid_from" in request.form:
        return None
    return start_of(_day(written, "valid_from")) if written else STAYS


def _last(written: str) -> datetime | Stays | None:
    if "no_valid_until" in request.form:
        return None
    return end_of(_day(written, "valid_until")) if written else STAYS


def _day(written: str, field: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        message = f"{written!r} is not a day; write it as 2026-11-24"
        raise BadInput(message, field=field, code="bad_day", text=written[:40]) from error


def _chosen(written: Sequence[str]) -> list[int]:
    numbers = (int(one) for one in written if one.isascii() and one.isdecimal() and len(one) < 10)
    return list(dict.fromkeys(numbers))[:MOST_AT_ONCE]


def _page(chosen: Sequence[int], asked: str, mistake: str = "") -> str:
    seen = belonging.visible(accounts.reach(accounts.current_person()))
    rows = db.session.scalars(
        select(Announcement).where(Announcement.id.in_(chosen), seen).order_by(Announcement.title)
    ).all()
    return render_template(
        "newsroom/bulk_edit.html",
        rows=rows,
        asked=asked,
        mistake=mistake,
        said=request.form,
        kinds={kind.value: words for kind, words in wording.KINDS.items()},
        tags_known=known_tags(db.session, most=100),
        back=_list(asked),
        province=PROVINCE,
    )


def _tell_changed(answers: Sequence[Answer], now: datetime, asked: str) -> None:
    changed = [str(answer.announcement_id) for answer in answers if answer.changed]
    if changed:
        tell(
            ngettext("%(num)d announcement changed.", "%(num)d announcements changed.", len(changed)),
            undo=url_for("bulk_edit.undo"),
            hidden={
                "chosen": " ".join(changed),
                "at": now.isoformat(),
                "asked": asked if len(asked) <= LONGEST_KEPT else "",
            },
        )
    elif not any(answer.refusal for answer in answers):
        tell(_("They are like that already; nothing was changed."), "quiet")


def _answered(answers: Sequence[Answer], asked: str) -> str | Response:
    """Back to the list when all went well; else a page with an answer of each."""
    if not any(answer.refusal for answer in answers):
        return _back(asked)
    lines = [(answer, say(answer.refusal) if answer.refusal else "") for answer in answers]
    return render_template("newsroom/bulk_answers.html", lines=lines, back=_list(asked))


def _list(asked: str) -> str:
    return list_address("announcements", asked)


def _back(asked: str) -> Response:
    return redirect(_list(asked), 303)
