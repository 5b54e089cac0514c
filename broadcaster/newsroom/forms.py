"""The newsroom's forms."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from broadcaster.errors import BadInput
from broadcaster.newsroom.announcements import LONGEST_TITLE
from broadcaster.newsroom.steps import LONGEST_REASON
from broadcaster.newsroom.upload_form import ACCEPTED
from broadcaster.web.mishaps import say
from broadcaster.web.wording import language_name
from schedules.languages import LANGUAGES

_FILE_NEEDED = FileRequired(lazy_gettext("Choose a sound file."))
_TITLE_NEEDED = InputRequired(lazy_gettext("Say in a few words what it is about."))


def language_choices(first: list[str] | None = None) -> list[SelectChoice]:
    """Every known language, those the villages speak first of all."""
    ordered = [*(first or []), *(tag for tag in LANGUAGES if tag not in (first or []))]
    return [SelectChoice(tag, language_name(tag)) for tag in ordered]


def show_mistake(form: FlaskForm, error: BadInput) -> None:
    """Put the error beside its field, or on top when the form has no such field."""
    if error.field and error.field in form._fields:
        field = form[error.field]
        field.errors = [*field.errors, say(error)]
    else:
        form.form_errors.append(say(error))


class RecordingForm(FlaskForm):  # type: ignore[misc]
    """One more recording of an announcement that is there."""

    language = SelectField(lazy_gettext("Language of the recording"))
    file = FileField(
        lazy_gettext("Sound file"),
        validators=[_FILE_NEEDED],
        render_kw={"accept": ACCEPTED},
    )


class JingleForm(FlaskForm):  # type: ignore[misc]
    """A jingle."""

    title = StringField(lazy_gettext("Title"), validators=[_TITLE_NEEDED, Length(max=LONGEST_TITLE)])
    file = FileField(
        lazy_gettext("Sound file"),
        validators=[_FILE_NEEDED],
        render_kw={"accept": ACCEPTED},
    )


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is returned or withdrawn."""

    reason = TextAreaField(
        lazy_gettext("Reason"),
        validators=[InputRequired(lazy_gettext("Say in a few words why.")), Length(max=LONGEST_REASON)],
    )
