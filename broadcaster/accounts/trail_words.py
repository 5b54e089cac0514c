"""The trail in the reader's words: who did what to which thing, and what is different since."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from broadcaster.accounts.audit import COMMAND_LINE, SERVER
from broadcaster.accounts.forms import ROLE_NAMES
from broadcaster.accounts.models import AuditEntry
from broadcaster.accounts.origin import Via
from broadcaster.accounts.trail_names import NamedSubject, value_words
from broadcaster.accounts.trail_vocabulary import ACTIONS, FACTS, STATES, SUBJECTS
from broadcaster.web.wording import language_name, local_day, when
from schedules.wire.base import format_instant

STRANGER = "stranger"
CALENDAR = "calendar"
LONGEST_VALUE = 200
_WHOLE_DAYS = ("valid_from", "valid_until")
_AN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)")

WAYS: dict[str, LazyString] = {
    Via.PAGE: _l("on a page"),
    Via.API: _l("by a program"),
    Via.STATION: _l("by a station"),
    Via.COMMAND_LINE: _l("at the command line"),
    Via.SERVER: _l("by the server itself"),
}


@dataclass(frozen=True)
class Change:
    """One value that is different: `old` and `new` in words, empty where there was or is none.

    `old_at` and `new_at` are the instants that the words tell, where they do.
    """

    label: str
    old: str
    new: str
    old_at: datetime | None = None
    new_at: datetime | None = None


def action_words(action: str) -> str:
    """What was done; an action nobody has put into words is read out as it is written."""
    return str(ACTIONS.get(action) or action.replace(".", ": ").replace("_", " "))


def actor_words(entry: AuditEntry, names: Mapping[str, NamedSubject] | None = None) -> str:
    """Who did it: a person by the name of that day, a station, or nobody with an account."""
    if entry.actor_id is not None:
        return entry.actor
    if entry.actor == COMMAND_LINE:
        return str(_("Command line"))
    if entry.actor == CALENDAR:
        return str(_("The calendar"))
    if entry.actor == SERVER:
        return str(_("The server"))
    return str(_("Somebody unknown")) if entry.actor == STRANGER else subject_words(entry.actor, names)


def subject_words(subject: str, names: Mapping[str, NamedSubject] | None = None) -> str:
    """What it was done to; `names` gives what is known of a subject, its number stands for the others."""
    if subject == "places":
        return str(_("the places"))
    if subject == "trail":
        return str(_("this list"))
    if subject == "person:unknown":
        return str(_("an address nobody has"))
    kind, colon, name = subject.partition(":")
    if not colon or kind not in SUBJECTS:
        return subject
    named = (names or {}).get(subject)
    return str(SUBJECTS[kind]) % {"name": named.name if named else name}


def way_words(entry: AuditEntry) -> str:
    """From where: the way, and the address where there is one. Empty in lines from before it was kept."""
    if entry.via is None:
        return ""
    way = str(WAYS.get(entry.via, entry.via))
    if not entry.from_address:
        return way
    return str(_("%(way)s, from %(address)s", way=way, address=entry.from_address))


def changes(entry: AuditEntry) -> list[Change]:
    """Every value that is different, known ones first; what stayed as it was is left out."""
    before, after = dict(_flat(entry.before or {})), dict(_flat(entry.after or {}))
    keys = list(dict.fromkeys([*(key for key in FACTS if key in before or key in after), *before, *after]))
    return [
        _change(key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)
    ]


def _change(key: str, old: Any, new: Any) -> Change:
    return Change(_label(key), _value(key, old), _value(key, new), _instant(old), _instant(new))


def _flat(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _label(key: str) -> str:
    words = FACTS.get(key) or FACTS.get(key.rpartition(".")[2])
    return str(words) if words else key.replace("_", " ").replace(".", ": ")


def _value(key: str, value: Any) -> str:
    if value is None or value in ("", []):
        return ""
    told = _told(key, value)
    return told if len(told) <= LONGEST_VALUE else told[: LONGEST_VALUE - 1] + "…"


def _told(key: str, value: Any) -> str:
    last = key.rpartition(".")[2]
    by_room = _minute_of_day if last in ("start_minute", "end_minute") else value_words(last)
    if key == "active":
        return str(_("can sign in") if value else _("locked out"))
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(_told(key, one) for one in value)
    if isinstance(value, dict):
        return str(value["name"]) if "name" in value else json.dumps(value, ensure_ascii=False)
    if by_room is not None:
        return by_room(value)
    if key == "state":
        return str(STATES.get(str(value), value))
    if (instant := _instant(value)) is not None:
        return local_day(instant) if last in _WHOLE_DAYS else when(instant)
    if last in ("language", "languages"):
        return language_name(str(value))
    if key in ("role", "roles"):
        return str({role.value: words for role, words in ROLE_NAMES.items()}.get(value, value))
    return str(value)


def _instant(value: Any) -> datetime | None:
    """The instant that a value is; None for every other value."""
    if not isinstance(value, str) or not _AN_INSTANT.fullmatch(value):
        return None
    try:
        instant = datetime.fromisoformat(value)
        format_instant(instant)  # a page must be able to name it
    except ValueError:  # no such day, or of a year nobody means
        return None
    return instant


def _minute_of_day(value: Any) -> str:
    return f"{value // 60:02}:{value % 60:02}" if isinstance(value, int) else str(value)
