"""The style page: every piece pages are made of, in every state, for whoever builds or checks a page."""

from __future__ import annotations

from datetime import timedelta

from apiflask import APIBlueprint
from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, DateField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from broadcaster import clock
from broadcaster.accounts.service import Role, requires
from broadcaster.web.day_line import DayLineBar, DayLineRow
from broadcaster.web.toasts import tell
from schedules.message_class import MessageClass

blueprint = APIBlueprint("face", __name__, enable_openapi=False)


class SampleForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF publishes no types
    """One field of each sort."""

    title = StringField(validators=[InputRequired(), Length(max=60)])
    words = TextAreaField(validators=[Length(max=80)])
    kind = SelectField(choices=[SelectChoice("a", "A"), SelectChoice("b", "B")])
    day = DateField()
    often = RadioField(choices=[SelectChoice("daily", "A"), SelectChoice("weekly", "B")], default="daily")
    agreed = BooleanField()

    def __init__(self) -> None:
        super().__init__(meta={"csrf": False})
        self.title.label.text = _("Title")
        self.words.label.text = _("Description")
        self.kind.label.text = _("Kind")
        self.day.label.text = _("Day")
        self.often.label.text = _("Repeat")
        self.agreed.label.text = _("Approve")


@blueprint.get("/settings/face")
@requires(Role.ADMINISTRATOR)
def show() -> str:
    """Every piece, in every state."""
    return _page(SampleForm())


@blueprint.post("/settings/face")
@requires(Role.ADMINISTRATOR)
def try_out() -> Response | tuple[str, int]:
    """A form that is refused, or a toast: nothing is kept."""
    tone = request.form.get("tone", "")
    if tone:
        tell(_("Saved."), tone, undo=url_for("face.show") if request.form.get("undo") else None)
        if "HX-Request" in request.headers:
            return "", 200
        return redirect(url_for("face.show"), code=303)
    form = SampleForm()
    if form.validate():
        tell(_("Saved."))
        return redirect(url_for("face.show"), code=303)
    return _page(form), 422


def _page(form: SampleForm) -> str:
    now = clock.now()
    bars = tuple(
        DayLineBar(now + timedelta(hours=hour), now + timedelta(hours=hour, minutes=50), words, kind, tone)
        for hour, words, kind, tone in (
            (-3, _("filler"), MessageClass.FILLER, "done"),
            (-1.5, _("ordinary"), MessageClass.ORDINARY, "wait"),
            (1, _("priority"), MessageClass.PRIORITY, None),
            (3, _("emergency"), MessageClass.EMERGENCY, None),
        )
    )
    return render_template(
        "web/face.html",
        form=form,
        rows=[DayLineRow("Ban Dakcheung", bars), DayLineRow("Ban Kaleum")],
        now=now,
        sort=request.args.get("sort", "title"),
    )
