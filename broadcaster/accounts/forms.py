"""What is filled in on the settings pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from broadcaster.accounts.roles import Role

ROLE_WORDS = {
    Role.ADMINISTRATOR: _l("Administrator: everything, people and stations included"),
    Role.EDITOR: _l("Editor: announcements, programmes, times and campaigns"),
    Role.APPROVER: _l("Approver: listens and approves what may be aired"),
    Role.OPERATOR: _l("Operator: stations"),
    Role.OFFICER: _l("District officer: places and coverage"),
}
ROLE_NAMES = {
    Role.ADMINISTRATOR: _l("Administrator"),
    Role.EDITOR: _l("Editor"),
    Role.APPROVER: _l("Approver"),
    Role.OPERATOR: _l("Operator"),
    Role.OFFICER: _l("District officer"),
}
LANGUAGES_OF_PAGES = [SelectChoice("lo", "ລາວ"), SelectChoice("en", "English")]
_needed = _l("This is needed.")
PASSWORD_ADVICE = _l(
    "At least 10 characters; three or four words are easy to keep. "
    "Not your name or address, and nothing that many people take."
)


class PasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf has no types
    """One's own new password."""

    present = PasswordField(
        _l("Present password"),
        validators=[DataRequired(_needed)],
        render_kw={"autocomplete": "current-password"},
    )
    new = PasswordField(
        _l("New password"),
        validators=[DataRequired(_needed)],
        description=PASSWORD_ADVICE,
        render_kw={"autocomplete": "new-password"},
    )


class WelcomeForm(FlaskForm):  # type: ignore[misc]  # as above
    """The password somebody chooses by a link."""

    password = PasswordField(
        _l("New password"),
        validators=[DataRequired(_needed)],
        description=PASSWORD_ADVICE,
        render_kw={"autocomplete": "new-password"},
    )
    language = RadioField(_l("Language of the pages"), choices=LANGUAGES_OF_PAGES)


class CodeOfAppForm(FlaskForm):  # type: ignore[misc]  # as above
    """The code that proves an authenticator app holds the key."""

    code = StringField(
        _l("Code the app shows"),
        validators=[DataRequired(_needed)],
        description=_l("Six figures; they change every half minute."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 9},
    )


def _one_at_least(_form: FlaskForm, field: SelectMultipleField) -> None:
    """Not `DataRequired`, by which a browser wants every single box ticked."""
    if not field.data:
        raise StopValidation(str(_l("Choose at least one role.")))


class RolesForm(FlaskForm):  # type: ignore[misc]  # as above
    """What somebody may do."""

    roles = SelectMultipleField(
        _l("Roles"),
        choices=[SelectChoice(role.value, words) for role, words in ROLE_WORDS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[_one_at_least],
    )


class PersonForm(RolesForm):
    """Somebody new."""

    name = StringField(
        _l("Name"),
        validators=[DataRequired(_needed), Length(max=120, message=_l("At most 120 characters."))],
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        _l("E-mail"),
        validators=[DataRequired(_needed), Length(max=255, message=_l("At most 255 characters."))],
        render_kw={"autocomplete": "off", "type": "email"},
    )
    language = RadioField(_l("Language of their pages"), choices=LANGUAGES_OF_PAGES, default="lo")
