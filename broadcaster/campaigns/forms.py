"""The form of a new campaign."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from broadcaster.campaigns.wording import GOALS
from schedules.wire.report import EvidenceGrade


class CampaignForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What, to whom, when, and what counts."""

    title = StringField(
        lazy_gettext("Title"),
        validators=[InputRequired(lazy_gettext("Say in a few words what it is about.")), Length(max=300)],
    )
    announcements = SelectMultipleField(
        lazy_gettext("Announcements"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(lazy_gettext("Choose at least one announcement."))],
    )
    places = SelectMultipleField(
        lazy_gettext("Places"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[InputRequired(lazy_gettext("Choose at least one place."))],
    )
    from_day = DateField(lazy_gettext("First day"), validators=[InputRequired(lazy_gettext("Choose a day."))])
    until_day = DateField(lazy_gettext("Last day"), validators=[InputRequired(lazy_gettext("Choose a day."))])
    goal = SelectField(
        lazy_gettext("A village counts as reached when"),
        choices=[SelectChoice(grade.value, words) for grade, words in GOALS.items()],
        default=EvidenceGrade.RELAY_COMMANDED.value,
    )
