"""The library's words on a page: its filters, the chips of those in force, and what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster.newsroom.library_question import Wanted
from broadcaster.newsroom.models import AnnouncementKind
from broadcaster.newsroom.wording import KINDS, STATES, VERDICTS
from broadcaster.web.wording import language_name, local_day

VALIDITY: dict[str, LazyString] = {
    "now": lazy_gettext("may be heard now"),
    "soon": lazy_gettext("begins within a week"),
    "expired": lazy_gettext("time is over"),
    "open": lazy_gettext("without an end"),
}
SOUND: dict[str, LazyString] = {
    "preparing": lazy_gettext("being prepared"),
    "failed": lazy_gettext("could not be used"),
    "twice": lazy_gettext("same audio elsewhere too"),
    "none": lazy_gettext("no transcript"),
}
MISHAPS: dict[str, LazyString] = {
    "view_name_missing": lazy_gettext("Give the view a name."),
    "view_name_too_long": lazy_gettext("The name is too long; %(longest)s characters are possible."),
    "view_name_taken": lazy_gettext("You have a view of that name already. Choose another one."),
    "view_of_another": lazy_gettext("This view is somebody else's. Save one of your own."),
    "too_many_views": lazy_gettext("There are very many views already. Remove one first."),
}


COLUMNS: dict[str, dict[str, LazyString]] = {
    "announcements": {
        "kind": lazy_gettext("Kind"),
        "languages": lazy_gettext("Languages"),
        "until": lazy_gettext("Until"),
        "created": lazy_gettext("Created"),
    },
    "recordings": {
        "language": lazy_gettext("Language"),
        "state": lazy_gettext("State"),
        "duration": lazy_gettext("Length"),
        "listen": lazy_gettext("Listen"),
        "created": lazy_gettext("Brought"),
    },
}
"""The columns of each list that can be left out, in their order."""


def columns(page: str) -> dict[str, LazyString]:
    """Column → its heading, of the list "announcements" or "recordings"."""
    return COLUMNS[page]


def states() -> dict[str, str]:
    """State → its word, those a recording can be in."""
    return {state: str(label) for state, (label, _tone) in STATES.items() if state != "missing"}


def verdicts() -> dict[str, str]:
    """Verdict → the first words of its sentence."""
    return {code: str(words).partition(":")[0].partition(";")[0] for code, words in VERDICTS.items()}


def chips(wanted: Wanted, people: dict[int, str]) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Each filter in force in words, and the address's values without it."""
    args = wanted.to_args()
    for name, values in args.items():
        if name == "sort":
            continue
        for value in values:
            rest = [other for other in values if other != value]
            without = {key: kept for key, kept in args.items() if key != name}
            yield _chip(wanted, name, value, people), without | ({name: rest} if rest else {})


def _chip(wanted: Wanted, name: str, value: str, people: dict[int, str]) -> str:
    words: dict[str, Callable[[], object]] = {
        "search": lambda: f"“{value}”",
        "kind": lambda: KINDS[AnnouncementKind(value)],
        "language": lambda: language_name(value),
        "state": lambda: states().get(value, value),
        "missing": lambda: _("%(language)s missing", language=language_name(value)),
        "tag": lambda: _("tag %(tag)s", tag=value),
        "who": lambda: people.get(int(value), value),
        "since": lambda: _("from %(day)s", day=local_day(wanted.since)),
        "until": lambda: _("until %(day)s", day=local_day(wanted.until)),
        "validity": lambda: VALIDITY[value],
        "sound": lambda: SOUND[value],
        "verdict": lambda: verdicts().get(value, value),
        "shortest": lambda: _("at least %(seconds)s s", seconds=value),
        "longest": lambda: _("at most %(seconds)s s", seconds=value),
    }
    return str(words[name]())
