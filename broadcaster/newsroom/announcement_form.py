"""The form in which an announcement is written: the same fields when it is made and when it is changed."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from flask import request
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, Field, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from broadcaster.errors import BadInput
from broadcaster.newsroom.announcements import LONGEST_TITLE
from broadcaster.newsroom.kinds import FIELDS, LONGEST_DETAIL, DetailField, DetailType
from broadcaster.newsroom.local_days import day_of, end_of, start_of
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.tags import LONGEST_TAG, MOST_TAGS, split_tags
from broadcaster.newsroom.texts import AnnouncementTexts
from broadcaster.newsroom.upload_form import ACCEPTED
from broadcaster.newsroom.wording import KINDS

DETAIL = "detail_"
_TITLE_NEEDED = InputRequired(lazy_gettext("Say in a few words what it is about."))


class AnnouncementFields(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """What every announcement has. `of_kind` adds the fields of a kind."""

    title = StringField(lazy_gettext("Title"), validators=[_TITLE_NEEDED, Length(max=LONGEST_TITLE)])
    kind = SelectField(
        default=AnnouncementKind.OTHER.value,
        label=lazy_gettext("Kind"),
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
    )
    valid_from = DateField(lazy_gettext("May be heard from"), validators=[Optional()])
    valid_until = DateField(lazy_gettext("May be heard until"), validators=[Optional()])
    tags = StringField(
        lazy_gettext("Tags"),
        description=lazy_gettext("Your own words to find it by, with commas between them."),
        validators=[Length(max=MOST_TAGS * (LONGEST_TAG + 2))],
        render_kw={"list": "known-tags", "data-tags": True, "autocomplete": "off"},
    )


class AnnouncementForm(AnnouncementFields):
    """A new announcement with its first recording."""

    place = SelectField(lazy_gettext("Belongs to"), validate_choice=False)
    language = SelectField(
        lazy_gettext("Language of the recording"),
        validators=[InputRequired(lazy_gettext("Choose the language that is spoken."))],
    )
    file = FileField(
        lazy_gettext("Sound file"),
        description=lazy_gettext(
            "Nearly every kind of sound file, also from phones, and the sound of a video; up to three hours."
        ),
        validators=[FileRequired(lazy_gettext("Choose a sound file."))],
        render_kw={"accept": ACCEPTED},
    )


class RevisionForm(AnnouncementFields):
    """An announcement that is there. `base` is what the writer began with, to see what others changed."""

    base = HiddenField()


@cache
def of_kind(form: type[AnnouncementFields], kind: AnnouncementKind) -> type[AnnouncementFields]:
    """The form with the fields of this kind too."""
    return type(form.__name__, (form,), {DETAIL + one.name: _field(one) for one in FIELDS[kind]})


def asked_kind(otherwise: AnnouncementKind = AnnouncementKind.OTHER) -> AnnouncementKind:
    """The kind that is chosen in the form or the address of this request."""
    asked = request.values.get("kind", "")
    return AnnouncementKind(asked) if asked in set(AnnouncementKind) else otherwise


def detail_fields(form: AnnouncementFields) -> list[Field]:
    """The fields of the form's kind, in the order of the table."""
    return [field for field in form if field.name.startswith(DETAIL)]


def written(form: AnnouncementFields, base: AnnouncementTexts | None = None) -> AnnouncementTexts:
    """What the form says, checked; `BadInput` for a field.

    A day that is still the base's keeps the base's instant, which a program may have set to the minute.
    """
    began = base or AnnouncementTexts("", AnnouncementKind.OTHER)
    first, last = form.valid_from.data, form.valid_until.data
    return AnnouncementTexts(
        title=form.title.data or "",
        kind=AnnouncementKind(form.kind.data),
        details={field.name.removeprefix(DETAIL): field.data for field in detail_fields(form) if field.data},
        valid_from=began.valid_from if first == day_of(began.valid_from) else start_of(first),
        valid_until=began.valid_until if last == day_of(began.valid_until) else end_of(last),
        tags=split_tags(form.tags.data or ""),
    ).checked()


def revision_form(texts: AnnouncementTexts, base: AnnouncementTexts) -> AnnouncementFields:
    """A form that shows `texts` and remembers `base`."""
    details: dict[str, Any] = {
        DETAIL + one.name: _shown(one, texts.details.get(one.name)) for one in FIELDS[texts.kind]
    }
    return of_kind(RevisionForm, texts.kind)(
        formdata=None,
        data={
            "title": texts.title,
            "kind": texts.kind.value,
            "valid_from": day_of(texts.valid_from),
            "valid_until": day_of(texts.valid_until),
            "tags": ", ".join(texts.tags),
            "base": json.dumps(base.as_fields(), ensure_ascii=False),
            **details,
        },
    )


def base_of(text: str | None) -> dict[str, Any]:
    """What a form remembered; `BadInput` when somebody damaged it."""
    try:
        found = json.loads(text or "")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInput("the form is damaged; load the page again", code="form_damaged")
    return found


def chosen(values: dict[str, Any], saved: dict[str, Any]) -> list[str]:
    """Puts into `values` what is saved wherever that was chosen; the fields nobody has chosen about yet."""
    open_fields = []
    for field in request.form.getlist("undecided"):
        choice = request.form.get(f"choice-{field}")
        if choice == "theirs":
            names = {field}
            if field == "kind":
                names |= {name for name in (*values, *saved) if name.startswith(DETAIL)}
            for name in names:
                values.pop(name, None)
            values.update({name: saved[name] for name in names if saved.get(name) is not None})
        elif choice != "mine":
            open_fields.append(field)
    return open_fields


def _field(detail: DetailField) -> Field:
    if detail.type is DetailType.DAY:
        needed = lazy_gettext("Needed.") if detail.needed else ""
        return DateField(detail.label, description=needed, validators=[Optional()])
    example = (
        lazy_gettext("Needed. For example: %(example)s", example=detail.example)
        if detail.needed
        else lazy_gettext("For example: %(example)s", example=detail.example)
    )
    length = LONGEST_DETAIL if detail.type is DetailType.TEXT else 5
    attributes = {"inputmode": "numeric"} if detail.type is DetailType.NUMBER else {}
    return StringField(
        detail.label, description=example, validators=[Length(max=length)], render_kw=attributes
    )


def _shown(detail: DetailField, value: Any) -> Any:
    if value is not None and detail.type is DetailType.DAY:
        return date.fromisoformat(str(value))
    return "" if value is None else value
