"""Programming's words on a page: classes, policies, how often, and conflicts in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask_babel import LazyString, format_date, lazy_gettext, ngettext
from flask_babel import gettext as _

from broadcaster.places.service import Branch, PlaceKind
from broadcaster.programming.checks import Caution
from broadcaster.programming.models import Slot
from broadcaster.web.wording import language_name, local_day, when
from schedules.conflicts import ConflictCode
from schedules.message_class import MessageClass
from schedules.recurrence import Frequency
from schedules.slot import LanguageRule
from schedules.wire.plan import MissedRule

CLASSES: dict[MessageClass, LazyString] = {
    MessageClass.FILLER: lazy_gettext("Filler – gives way to anything"),
    MessageClass.ORDINARY: lazy_gettext("Ordinary"),
    MessageClass.PRIORITY: lazy_gettext("Priority – cuts ordinary programmes short"),
    MessageClass.EMERGENCY: lazy_gettext("Emergency – cuts everything short"),
}
SHORT_CLASSES: dict[MessageClass, LazyString] = {
    MessageClass.FILLER: lazy_gettext("filler"),
    MessageClass.ORDINARY: lazy_gettext("ordinary"),
    MessageClass.PRIORITY: lazy_gettext("priority"),
    MessageClass.EMERGENCY: lazy_gettext("emergency"),
}
MISSED: dict[MissedRule, LazyString] = {
    MissedRule.SKIP: lazy_gettext("Leave it out"),
    MissedRule.LATE: lazy_gettext("Air it late, up to so many minutes"),
    MissedRule.JOIN: lazy_gettext("Join it where it would be now"),
    MissedRule.MAKE_UP: lazy_gettext("Make it up at the station's next broadcast"),
}
LANGUAGE_RULES: dict[LanguageRule, LazyString] = {
    LanguageRule.EVERY: lazy_gettext("Every language of the village, its first language first"),
    LanguageRule.FIRST: lazy_gettext("Only the first language there is a recording in"),
}
FREQUENCIES: dict[Frequency, LazyString] = {
    Frequency.DAILY: lazy_gettext("Every day"),
    Frequency.WEEKLY: lazy_gettext("On certain weekdays"),
    Frequency.ONCE: lazy_gettext("Once"),
}

MISHAPS: dict[str, LazyString] = {
    "nothing_to_air": lazy_gettext("Choose at least one announcement or jingle."),
    "too_many_items": lazy_gettext("A programme has at most %(most)s items. Make a second slot."),
    "no_place": lazy_gettext("Choose at least one place."),
    "unknown_target": lazy_gettext("There is no place with the code %(place)s."),
    "quiet_only_emergency": lazy_gettext("Only an emergency may ignore quiet hours."),
    "never_airs": lazy_gettext("This would never air: every time of it is past."),
    "pause_too_long": lazy_gettext("A pause lasts up to ten minutes."),
    "jingle_not_approved": lazy_gettext("The jingle %(title)s is not approved. Approve it first."),
    "time_missing": lazy_gettext("A time is needed, such as 05:30."),
    "bad_time": lazy_gettext("%(text)s is not a time. Write it as 05:30, several with commas."),
    "bad_day": lazy_gettext("%(text)s is not a day."),
    "bad_weekdays": lazy_gettext("Choose at least one weekday."),
    "weekday_missing": lazy_gettext("Choose at least one weekday."),
    "bad_recurrence": lazy_gettext("These times are not possible: %(reason)s."),
    "bad_late_by": lazy_gettext("It may start 1 minute to 24 hours late."),
    "unknown_word": lazy_gettext("%(text)s is not known here."),
    "slot_not_there": lazy_gettext("There is no slot %(slot)s. Look it up in the schedule."),
    "already_removed": lazy_gettext("This slot is removed already."),
    "not_removed": lazy_gettext("This slot is in force; there is nothing to restore."),
}


def weekday_names(days: Sequence[int]) -> list[str]:
    """Weekdays as the reader's language writes them; 0 is Monday."""
    return [str(format_date(date(2024, 1, 1 + day), "EEEE")) for day in days]


def how_often(slot: Slot) -> str:
    """`Every day 05:30, 17:00`, `Monday, Thursday 05:30`, `Tuesday 3 March 05:30`."""
    times = ", ".join(wall[:5] if wall.endswith(":00") else wall for wall in slot.times)
    if slot.frequency is Frequency.ONCE:
        return f"{local_day(slot.starts_on)} {times}"
    if slot.frequency is Frequency.WEEKLY:
        return f"{', '.join(weekday_names(slot.weekdays))} {times}"
    return str(_("Every day %(times)s", times=times))


def some_of(names: Sequence[str]) -> str:
    """`Ban Dakcheung`, or `Ban Dakcheung and 10 other villages`."""
    if len(names) < 2:
        return names[0] if names else ""
    others = len(names) - 1
    return str(
        ngettext(
            "%(village)s and %(num)d other village",
            "%(village)s and %(num)d other villages",
            others,
            village=names[0],
        )
    )


def place_words(branch: Branch, language: str) -> str:
    """A place a slot is for, told apart from others of the same name: `Dakcheung district (10 villages)`."""
    name, count = branch.place.name_in(language), len(branch.villages)
    if branch.place.kind == PlaceKind.PROVINCE:
        words = ngettext(
            "%(name)s province (%(num)d village)", "%(name)s province (%(num)d villages)", count, name=name
        )
    elif branch.place.kind == PlaceKind.DISTRICT:
        words = ngettext(
            "%(name)s district (%(num)d village)", "%(name)s district (%(num)d villages)", count, name=name
        )
    elif branch.place.kind == PlaceKind.KUMBAN:
        words = ngettext(
            "%(name)s (kumban, %(num)d village)", "%(name)s (kumban, %(num)d villages)", count, name=name
        )
    else:
        words = name
    return str(words)


def caution_sentence(caution: Caution) -> str:
    """What, where, and what happens if it is kept."""
    conflict = caution.conflict
    figures = {
        **conflict.params,
        "where": some_of(caution.villages),
        "when": _often(when(conflict.at), int(conflict.params.get("count", 1))),
    }
    figures["language"] = language_name(str(figures["language"])) if "language" in figures else ""
    heard = [language_name(tag) for tag in str(figures.get("heard_instead", "")).split(",") if tag]
    figures["heard"] = ", ".join(heard)
    return str(_sentence(conflict.code, figures) % figures)


def _often(first: str, count: int) -> str:
    if count < 2:
        return first
    return str(
        ngettext(
            "%(first)s and %(num)d more time", "%(first)s and %(num)d more times", count - 1, first=first
        )
    )


def _sentence(code: ConflictCode, figures: dict[str, str | int]) -> LazyString:
    if code is ConflictCode.OVERLAP:
        return _OVERLAPS[str(figures.get("effect", "waits"))]
    if code is ConflictCode.MISSING_LANGUAGE and not figures["heard"]:
        return _NOT_HEARD
    return _SENTENCES[code]


_OVERLAPS = {
    "waits": lazy_gettext(
        "%(title)s meets %(subject)s in %(where)s, %(when)s. If kept, the later of the two waits."
    ),
    "cuts_it": lazy_gettext(
        "%(title)s meets %(subject)s in %(where)s, %(when)s. If kept, it cuts %(subject)s short."
    ),
    "is_cut": lazy_gettext(
        "%(title)s meets %(subject)s in %(where)s, %(when)s. If kept, it is cut short by %(subject)s."
    ),
}
_NOT_HEARD = lazy_gettext(
    "%(subject)s has no recording in %(language)s for %(where)s. If kept, it is not heard there."
)
_SENTENCES: dict[ConflictCode, LazyString] = {
    ConflictCode.MISSING_LANGUAGE: lazy_gettext(
        "%(subject)s has no recording in %(language)s for %(where)s. If kept, it is heard in %(heard)s only."
    ),
    ConflictCode.QUIET_HOURS: lazy_gettext(
        "%(title)s falls into the quiet hours of %(where)s, %(when)s. If kept, it is held back and not heard."
    ),
    ConflictCode.UNUSUAL_TIME: lazy_gettext(
        "%(title)s airs at an unusual time in %(where)s, %(when)s. If kept, it is heard while people sleep."
    ),
    ConflictCode.TOO_LONG: lazy_gettext(
        "%(title)s lasts %(duration_s)s s in %(where)s; a loudspeaker may be on for %(max_on_s)s s. "
        "If kept, the end is cut off."
    ),
    ConflictCode.NO_ZONE: lazy_gettext(
        "%(where)s: none of the loudspeaker lines of %(title)s. If kept, it is not heard there."
    ),
    ConflictCode.NO_RECORDING: lazy_gettext(
        "%(subject)s has no approved recording for %(where)s, %(when)s. If kept, it is left out there."
    ),
    ConflictCode.PLAN_CUT: lazy_gettext(
        "%(where)s: more broadcasts than a plan can hold. If kept, the last ones wait for a later plan."
    ),
}
