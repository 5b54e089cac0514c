"""The fleet's forms: a new station; its zones and limits."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import FieldList, Form, FormField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from broadcaster.fleet.models import Station
from broadcaster.fleet.zone_words import quiet_hours_words, zone
from schedules.wire.plan import Zone

ZONE_ROWS = 4


class ZoneForm(Form):  # type: ignore[misc]  # wtforms has no types
    """A loudspeaker line or a transmitter key; an empty name leaves the row out."""

    name = StringField(lazy_gettext("Name"), validators=[Optional(), Length(max=60)])
    channel = IntegerField(lazy_gettext("Relay channel"), validators=[Optional(), NumberRange(min=1, max=64)])


class NewStationForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """For which village; the rest has sensible defaults and can be changed later."""

    village = SelectField(
        lazy_gettext("Village"), validators=[InputRequired(lazy_gettext("Choose a village."))]
    )
    channel = IntegerField(
        lazy_gettext("Relay channel of the loudspeaker"),
        default=1,
        description=lazy_gettext("The number on the relay board; empty where no relay is needed."),
        validators=[Optional(), NumberRange(min=1, max=64)],
    )


class StationSettingsForm(FlaskForm):  # type: ignore[misc]
    """Zones and limits; the next plan carries them to the station."""

    zones = FieldList(FormField(ZoneForm), label=lazy_gettext("Zones"), min_entries=ZONE_ROWS, max_entries=32)
    warm_up_ms = IntegerField(
        lazy_gettext("Amplifier on before the first sound, milliseconds"),
        validators=[InputRequired(), NumberRange(min=0, max=60_000)],
    )
    tail_ms = IntegerField(
        lazy_gettext("Amplifier on after the last sound, milliseconds"),
        validators=[InputRequired(), NumberRange(min=0, max=60_000)],
    )
    max_on_s = IntegerField(
        lazy_gettext("Longest time a relay may stay on, seconds"),
        validators=[InputRequired(), NumberRange(min=1, max=6 * 3600)],
    )
    volume_percent = IntegerField(
        lazy_gettext("Volume, per cent"), validators=[InputRequired(), NumberRange(min=0, max=100)]
    )
    quiet = StringField(
        lazy_gettext("Quiet hours"),
        description=lazy_gettext("As 21:00-05:00, or none. Only emergencies are heard in them."),
        validators=[InputRequired(), Length(max=20)],
    )


def fill_in(form: StationSettingsForm, station: Station) -> None:
    """Fill the form with what is in force."""
    limits = station.limit_values
    form.warm_up_ms.data, form.tail_ms.data = limits.warm_up_ms, limits.tail_ms
    form.max_on_s.data, form.volume_percent.data = limits.max_on_s, limits.volume_percent
    form.quiet.data = quiet_hours_words(limits.quiet_hours)
    while len(form.zones.entries) < len(station.zones) + 1:
        form.zones.append_entry()
    for row, known in zip(form.zones.entries, station.zone_list, strict=False):
        row.form.name.data, row.form.channel.data = known.name, known.channel


def zones_of(form: StationSettingsForm, known: Sequence[Zone]) -> tuple[Zone, ...]:
    """The zones written in the form. A name that is known keeps its key, so that slots still find it."""
    keys = {one.name: one.key for one in known}
    found: list[Zone] = []
    for row in form.zones.entries:
        name, channel = (row.form.name.data or "").strip(), row.form.channel.data
        if name:
            made = zone(name, channel)
            found.append(Zone(key=keys.get(made.name, made.key), name=made.name, channel=channel))
    return tuple(found)
