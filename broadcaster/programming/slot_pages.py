"""Pages: a new slot — what, when, where — checked and previewed before it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from broadcaster import clock
from broadcaster.accounts import service as accounts
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput, BroadcasterError
from broadcaster.newsroom import service as newsroom
from broadcaster.places import service as places
from broadcaster.programming import service
from broadcaster.programming.pages import EDITOR, blueprint
from broadcaster.programming.slot_form import SlotForm
from broadcaster.web.mishaps import say

__all__ = ["blueprint"]


@dataclass(frozen=True)
class Outlook:
    """What a wish would lead to: cautions, and what the villages will hear. `mistake` if it can't be told.

    `kept` says that whoever sent the form saw exactly these cautions and keeps the slot all the same;
    `changed`, that they kept it against others.
    """

    wish: service.SlotWish | None
    cautions: tuple[service.Caution, ...] = ()
    preview: service.Preview | None = None
    mistake: BroadcasterError | None = None
    mark: str = ""
    kept: bool = False
    changed: bool = False


@blueprint.route("/schedule/new", methods=["GET", "POST"])
@accounts.requires(EDITOR)
def new_slot() -> str | Response | tuple[str, int]:
    """The form; saved at once without cautions, with cautions only when they are kept on purpose."""
    form = _form()
    if request.method == "GET":
        return _page(form, None)
    if not form.validate_on_submit():
        return _page(form, None), 422
    outlook = _outlook(form)
    if outlook.wish is None:
        _show(form, outlook.mistake)
        return _page(form, outlook), 422
    if "check" in request.form:
        return _page(form, outlook)
    if outlook.cautions and not outlook.kept:
        return _page(form, outlook, refused=True), 422
    slot = service.create_slot(db.session, outlook.wish, accounts.current_person(), clock.now())
    db.session.commit()
    flash(
        _("%(title)s is scheduled. The stations get it with their next plan.", title=slot.programme.title),
        "done",
    )
    return redirect(url_for("programming.schedule", week=slot.starts_on.isoformat()))


@blueprint.post("/schedule/check")
@accounts.requires(EDITOR)
def check_slot() -> str:
    """The same check as a part of a page, while the form is being filled in."""
    form = _form()
    form.validate()
    return render_template("programming/outlook.html", outlook=_outlook(form), form=form)


def _form() -> SlotForm:
    form = SlotForm()
    reach = accounts.reach(accounts.current_person())
    announcements = newsroom.announcements(db.session, most=500, reach=reach)
    ready = [one for one in announcements if one.on_air_ready()]
    jingles = newsroom.jingles(db.session, on_air_ready=True)
    form.offer(ready, jingles)
    if request.method == "GET":
        asked = request.args.get("announcement", "")
        form.first.data = asked if asked in {str(one.id) for one in ready} else ""
        form.jingle.data = str(jingles[0].id) if jingles else ""
        form.start.data = _today()
    return form


def _outlook(form: SlotForm) -> Outlook:
    settings: Settings = current_app.config["SETTINGS"]
    now = clock.now()
    try:
        wish = form.wish(_today())
        service.refuse_foreign(db.session, wish, accounts.current_person())
        cautions = service.together(service.check_slot(db.session, wish, settings, now))
        preview = service.preview(db.session, wish, settings, now)
    except BroadcasterError as error:
        return Outlook(None, mistake=error)
    mark = service.mark_of(cautions)
    ticked, same = bool(form.keep.data), form.seen.data == mark
    form.keep.data = ticked and same
    return Outlook(wish, cautions, preview, mark=mark, kept=ticked and same, changed=ticked and not same)


def _page(form: SlotForm, outlook: Outlook | None, *, refused: bool = False) -> str:
    return render_template(
        "programming/new_slot.html",
        form=form,
        outlook=outlook,
        refused=refused,
        tree=places.choosable(db.session, accounts.reach(accounts.current_person(), EDITOR)),
        chosen=frozenset(form.places.data or ()),
        any_ready=len(form.first.choices) > 1,
    )


def _show(form: SlotForm, error: BroadcasterError | None) -> None:
    field = {"announcements": "first", "day": "start", "from": "start", "quiet": "ignore_quiet"}
    name = field.get(error.field or "", error.field) if isinstance(error, BadInput) else None
    if error is None:
        return
    if name and name in form._fields:
        form[name].errors = [*form[name].errors, say(error)]
    else:
        form.form_errors.append(say(error))


def _today() -> date:
    settings: Settings = current_app.config["SETTINGS"]
    return clock.now().astimezone(settings.zone).date()
