"""The form beside the waveform: times as people write them, in and out of an `Edit`."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, StringField

from broadcaster.errors import BadInput
from content_library import Edit, SectionGain
from content_library.errors import BadEdit

MOST_ROWS = 50
_TIME = re.compile(r"(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?", re.ASCII)
_GAIN = re.compile(r"([+−-]?)(\d{1,2})(?:[.,](\d))?", re.ASCII)
# Where the content library's name of a value stands on the page.
_FIELDS = {"start_ms": "start", "end_ms": "end", "fade_in_ms": "fade_in", "fade_out_ms": "fade_out"}


class SectionForm(Form):  # type: ignore[misc]  # wtforms' own types say Any
    """A part that is made louder or softer."""

    start = StringField(_l("From"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    end = StringField(_l("To"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    gain = StringField(_l("Louder by (dB)"), render_kw={"inputmode": "decimal", "autocomplete": "off"})


class EditForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Trim, fades and gains of a recording."""

    start = StringField(_l("Begins at"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    end = StringField(_l("Ends at"), render_kw={"inputmode": "decimal", "autocomplete": "off"})
    fade_in = StringField(
        _l("Fade in over (seconds)"), render_kw={"inputmode": "decimal", "autocomplete": "off"}
    )
    fade_out = StringField(
        _l("Fade out over (seconds)"), render_kw={"inputmode": "decimal", "autocomplete": "off"}
    )
    sections = FieldList(FormField(SectionForm), max_entries=MOST_ROWS)


def shown_time(time_ms: int) -> str:
    """A time of a recording as it stands in the form: 83,250 ms is 1:23.25."""
    minutes, rest_ms = divmod(time_ms, 60_000)
    seconds = (
        f"{rest_ms / 1000:06.3f}".rstrip("0").rstrip(".") if rest_ms % 1000 else f"{rest_ms // 1000:02d}"
    )
    return f"{minutes}:{seconds}"


def read_time(text: str, field: str) -> int:
    """The milliseconds of "1:23.25", "83.25" or "1:02:03"; nothing is 0. `BadInput` otherwise."""
    written = text.strip()
    found = _TIME.fullmatch(written) if written else None
    if not written:
        return 0
    if found is None:
        raise BadInput(
            f"{written!r} is not a time; write minutes and seconds, as in 1:23.5",
            field=field,
            code="bad_sound_time",
        )
    hours, minutes, seconds, fraction = found.groups()
    whole_s = int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds)
    return whole_s * 1000 + int((fraction or "").ljust(3, "0"))


def read_gain(text: str, field: str) -> float:
    """The decibels of "+6", "-3.5" or "6"; nothing is 0. `BadInput` otherwise."""
    found = _GAIN.fullmatch(text.strip() or "0")
    if found is None:
        raise BadInput(f"{text!r} is not a number of decibels, as in +6", field=field, code="bad_gain")
    sign, whole, tenth = found.groups()
    gain_db = int(whole) + int(tenth or 0) / 10
    return gain_db if sign in ("", "+") else -gain_db


def fill(form: EditForm, edit: Edit, duration_ms: int) -> None:
    """Show an edit of a recording of this length, with an empty row for one more section."""
    form.start.data = shown_time(edit.start_ms)
    form.end.data = shown_time(duration_ms if edit.end_ms is None else edit.end_ms)
    form.fade_in.data = f"{edit.fade_in_ms / 1000:g}"
    form.fade_out.data = f"{edit.fade_out_ms / 1000:g}"
    for section in edit.sections:
        form.sections.append_entry(
            {
                "start": shown_time(section.start_ms),
                "end": shown_time(section.end_ms),
                "gain": f"{section.gain_db:+g}",
            }
        )
    form.sections.append_entry()


def read(form: EditForm) -> Edit:
    """The edit a form asks for; sections may stand in any order. `BadInput` that names the field."""
    sections = []
    for row in form.sections.entries:
        start, end, gain = row.form.start, row.form.end, row.form.gain
        if not any((field.data or "").strip() for field in (start, end, gain)):
            continue
        try:
            sections.append(
                SectionGain(
                    read_time(start.data or "", start.id),
                    read_time(end.data or "", end.id),
                    read_gain(gain.data or "", gain.id),
                )
            )
        except BadEdit as error:
            raise _told(error, {"gain_db": gain.id}.get(str(error.figures.get("field")), end.id)) from error
    sections.sort(key=lambda section: section.start_ms)
    end_ms = read_time(form.end.data or "", "end")
    try:
        return Edit(
            start_ms=read_time(form.start.data or "", "start"),
            end_ms=end_ms or None,
            fade_in_ms=read_time(form.fade_in.data or "", "fade_in"),
            fade_out_ms=read_time(form.fade_out.data or "", "fade_out"),
            sections=tuple(sections),
        )
    except BadEdit as error:
        raise _told(error, _FIELDS.get(str(error.figures.get("field")), "sections")) from error


def _told(error: BadEdit, field: str) -> BadInput:
    return BadInput(str(error), field=field, code=f"edit_{error.figures.get('field', 'edit')}")
