"""The form for a slot, and what it wishes for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from broadcaster.errors import BadInput
from broadcaster.newsroom.service import Announcement, Jingle
from broadcaster.programming import entry, wording
from broadcaster.programming.wishes import (
    SlotWish,
    WishedAnnouncement,
    WishedItem,
    WishedJingle,
    WishedPause,
)
from broadcaster.web.mishaps import say
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency, Recurrence
from schedules.slot import LanguageRule
from schedules.wire.plan import MissedRule, QuietRule

ITEM_FIELDS = ("first", "second", "third", "fourth", "fifth")


class SlotForm(FlaskForm):  # type: ignore[misc]  # flask-wtf has no types
    """Up to five announcements in order, with a chime in front and pauses between; when; where; how."""

    first = SelectField(lazy_gettext("Announcement"), default="")
    second = SelectField(lazy_gettext("then"), default="")
    third = SelectField(lazy_gettext("then"), default="")
    fourth = SelectField(lazy_gettext("then"), default="")
    fifth = SelectField(lazy_gettext("then"), default="")
    jingle = SelectField(lazy_gettext("Chime in front"), default="")
    pause_s = IntegerField(
        lazy_gettext("Pause between items, seconds"), default=1, validators=[Optional(), NumberRange(0, 600)]
    )
    title = StringField(lazy_gettext("Title of the programme"), validators=[Length(max=300)])
    frequency = RadioField(lazy_gettext("How often"), default=Frequency.DAILY.value)
    weekdays = SelectMultipleField(
        lazy_gettext("Weekdays"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    times = StringField(
        lazy_gettext("Times"),
        description=lazy_gettext("Local time, several with commas: 05:30, 17:00"),
        validators=[Length(max=400)],
        render_kw={"autocomplete": "off"},
    )
    start = DateField(lazy_gettext("First day"), validators=[Optional()])
    until = DateField(lazy_gettext("Last day"), validators=[Optional()])
    places = SelectMultipleField(lazy_gettext("Places"), validate_choice=False)
    message_class = RadioField(lazy_gettext("Message class"), default=MessageClass.ORDINARY.value)
    missed = RadioField(
        lazy_gettext("If a station could not start it on time"), default=MissedRule.SKIP.value
    )
    late_by = IntegerField(
        lazy_gettext("Minutes it may be late"), default=30, validators=[Optional(), NumberRange(1, 1440)]
    )
    languages = RadioField(lazy_gettext("Languages"), default=LanguageRule.EVERY.value)
    ignore_quiet = BooleanField(lazy_gettext("Air it in quiet hours too (emergencies only)"))
    standing = BooleanField(
        lazy_gettext("Goes on for 180 days at a station without network (otherwise 28 days)")
    )
    keep = BooleanField(lazy_gettext("Keep all the same"))
    seen = HiddenField()

    def offer(self, announcements: list[Announcement], jingles: list[Jingle]) -> None:
        """What can be chosen: announcements that may air first of all, approved jingles."""
        nothing = SelectChoice("", lazy_gettext("– nothing –"))
        choices = [SelectChoice(str(one.id), one.title) for one in announcements]
        for name in ITEM_FIELDS:
            self[name].choices = [nothing, *choices]
        self.jingle.choices = [nothing, *(SelectChoice(str(one.id), one.title) for one in jingles)]
        self.frequency.choices = _choices(wording.FREQUENCIES)
        self.weekdays.choices = [
            SelectChoice(str(day), name) for day, name in enumerate(wording.weekday_names(range(7)))
        ]
        self.message_class.choices = _choices(wording.CLASSES)
        self.missed.choices = _choices(wording.MISSED)
        self.languages.choices = _choices(wording.LANGUAGE_RULES)

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field's own rules, and everything that is missing, told in one go."""
        good = bool(super().validate(extra_validators))
        lacking = list(self._lacking())
        for name, words in lacking:
            self[name].errors = [*self[name].errors, words]
        return good and not lacking

    def _lacking(self) -> Iterator[tuple[str, str]]:
        if not self.jingle.data and not any(self[name].data for name in ITEM_FIELDS):
            yield "first", str(wording.MISHAPS["nothing_to_air"])
        if self.frequency.data == Frequency.WEEKLY.value and not self.weekdays.data:
            yield "weekdays", str(wording.MISHAPS["weekday_missing"])
        try:
            entry.wall_times([self.times.data or ""])
        except BadInput as error:
            yield "times", say(error)
        if not self.places.data:
            yield "places", str(wording.MISHAPS["no_place"])

    def wish(self, today: date) -> SlotWish:
        """What is wished for; `BadInput` names the field that is wrong."""
        return SlotWish(
            items=self._items(),
            recurrence=self._recurrence(today),
            places=tuple(self.places.data or ()),
            title=self.title.data or "",
            message_class=entry.message_class(self.message_class.data),
            missed=entry.missed_choice(self.missed.data, self.late_by.data),
            quiet=QuietRule.IGNORE if self.ignore_quiet.data else QuietRule.HOLD,
            standing=bool(self.standing.data),
            language_rule=entry.language_rule(self.languages.data),
        )

    def _items(self) -> tuple[WishedItem, ...]:
        spoken: list[WishedItem] = [
            WishedAnnouncement(int(self[name].data)) for name in ITEM_FIELDS if self[name].data
        ]
        parts = [WishedJingle(int(self.jingle.data)), *spoken] if self.jingle.data else spoken
        pause_ms = (self.pause_s.data or 0) * 1000
        items: list[WishedItem] = []
        for part in parts:
            if items and pause_ms:
                items.append(WishedPause(pause_ms))
            items.append(part)
        return tuple(items)

    def _recurrence(self, today: date) -> Recurrence:
        return entry.recurrence(
            Frequency(self.frequency.data),
            entry.wall_times([self.times.data or ""]),
            self.start.data or today,
            on=frozenset(self.weekdays.data or ()),
            until=self.until.data,
        )


def _choices(words: dict) -> list[SelectChoice]:  # type: ignore[type-arg]  # any of our enums
    return [SelectChoice(one.value, label) for one, label in words.items()]
