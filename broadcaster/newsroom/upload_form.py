"""The plain form that brings one file, where no script runs."""

from __future__ import annotations

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import SelectField, StringField
from wtforms.validators import Length

from broadcaster.newsroom.announcements import LONGEST_TITLE

ACCEPTED = "audio/*,video/mp4,video/quicktime,video/webm,video/3gpp,.amr,.wma,.aif,.aiff,.flac,.opus"


class UploadForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """A sound file for a new announcement or for one that is there."""

    announcement = SelectField(lazy_gettext("Announcement"))
    title = StringField(
        lazy_gettext("Title"),
        description=lazy_gettext("Of a new announcement; without one the file's name is taken."),
        validators=[Length(max=LONGEST_TITLE)],
    )
    place = SelectField(lazy_gettext("Belongs to"), validate_choice=False)
    language = SelectField(lazy_gettext("Language of the recording"))
    file = FileField(
        lazy_gettext("Sound file"),
        validators=[FileRequired(lazy_gettext("Choose a sound file."))],
        render_kw={"accept": ACCEPTED},
    )
