"""The trail in the reader's words: what was done, to what, by whom, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from broadcaster.accounts.audit import COMMAND_LINE
from broadcaster.accounts.forms import ROLE_NAMES
from broadcaster.accounts.models import AuditEntry
from broadcaster.web.wording import language_name

STRANGER = "stranger"

# Action → what was done. Rooms write the codes; an unknown one is read out as it is written.
ACTIONS: dict[str, LazyString] = {
    "announcement.created": _l("made an announcement"),
    "campaign.add": _l("set the goal of a campaign"),
    "jingle.added": _l("added a jingle"),
    "jingle.approve": _l("approved a jingle"),
    "jingle.return": _l("returned a jingle"),
    "jingle.submit": _l("asked for a jingle's approval"),
    "jingle.withdraw": _l("withdrew a jingle"),
    "person.active": _l("locked an account out or let it in again"),
    "person.add": _l("added somebody who can sign in"),
    "person.password": _l("set a new password"),
    "person.roles": _l("changed roles"),
    "person.sign_in": _l("signed in"),
    "person.sign_in_failed": _l("failed to sign in"),
    "person.token": _l("made a token for a program"),
    "place.import": _l("took in a table of villages"),
    "place.init": _l("made the province and its districts"),
    "recording.added": _l("added a recording"),
    "recording.approve": _l("approved a recording"),
    "recording.expire": _l("replaced a recording by a newer one"),
    "recording.removed": _l("removed a recording that could not be prepared"),
    "recording.return": _l("returned a recording"),
    "recording.submit": _l("asked for a recording's approval"),
    "recording.withdraw": _l("withdrew a recording"),
    "slot.created": _l("scheduled a slot"),
    "slot.removed": _l("removed a slot"),
    "slot.restored": _l("brought a slot back"),
    "station.add": _l("added a station"),
    "station.change": _l("changed a station's zones or limits"),
    "station.code": _l("made an enrolment code"),
    "station.enrol": _l("enrolled its PC"),
    "station.retire": _l("retired a station"),
}

# The kind before the colon of a subject or an actor → how it is called.
SUBJECTS: dict[str, LazyString] = {
    "announcement": _l("announcement %(name)s"),
    "campaign": _l("campaign %(name)s"),
    "jingle": _l("jingle %(name)s"),
    "person": _l("person %(name)s"),
    "recording": _l("recording %(name)s"),
    "slot": _l("slot %(name)s"),
    "station": _l("station %(name)s"),
}

# What is worth a word of what came of it, in the order it is read.
FACTS: dict[str, LazyString] = {
    "title": _l("Title"),
    "name": _l("Name"),
    "email": _l("E-mail"),
    "roles": _l("Roles"),
    "language": _l("Language"),
    "village": _l("Village"),
    "state": _l("State"),
    "active": _l("State"),
    "reason": _l("Reason"),
    "comment": _l("Comment"),
    "from": _l("Address"),
    "added": _l("Added"),
    "changed": _l("Changed"),
}

STATES: dict[str, LazyString] = {
    "active": _l("in use"),
    "approved": _l("approved"),
    "draft": _l("draft"),
    "expired": _l("replaced by a newer one"),
    "retired": _l("retired"),
    "returned": _l("returned"),
    "submitted": _l("awaits approval"),
    "waiting": _l("waits for its PC"),
    "withdrawn": _l("withdrawn"),
}


def action_words(action: str) -> str:
    """What was done."""
    return str(ACTIONS.get(action) or action.replace(".", ": ").replace("_", " "))


def actor_words(entry: AuditEntry) -> str:
    """Who did it: a person by name, a station, or nobody with an account."""
    if entry.actor_id is not None:
        return entry.actor
    if entry.actor == COMMAND_LINE:
        return str(_("Command line"))
    return str(_("Somebody unknown")) if entry.actor == STRANGER else subject_words(entry.actor)


def subject_words(subject: str, names: Mapping[str, str] | None = None) -> str:
    """What it was done to; `names` gives what is known of a subject, its number stands for the others."""
    if subject == "places":
        return str(_("the places"))
    if subject == "person:unknown":
        return str(_("an address nobody has"))
    kind, colon, name = subject.partition(":")
    if not colon or kind not in SUBJECTS:
        return subject
    return str(SUBJECTS[kind]) % {"name": (names or {}).get(subject, name)}


def outcome_words(entry: AuditEntry) -> list[tuple[str, str]]:
    """Label and value of what came of it, a changed value with what it was before."""
    before, after = entry.before or {}, entry.after or {}
    found: list[tuple[str, str]] = []
    for key, label in FACTS.items():
        old, new = before.get(key), after.get(key)
        if new is None and old is None:
            continue
        words = " → ".join(
            _value(key, one) for one in ((old, new) if old != new else (new,)) if one is not None
        )
        if words:
            found.append((str(label), words))
    return found


def _value(key: str, value: Any) -> str:
    if key == "active":
        return str(_("can sign in") if value else _("locked out"))
    if key == "state":
        return str(STATES.get(str(value), value))
    if key == "language":
        return language_name(str(value))
    if key == "roles" and isinstance(value, list):
        known = {role.value: words for role, words in ROLE_NAMES.items()}
        return ", ".join(str(known.get(one, one)) for one in value) or str(_("none"))
    if key in ("added", "changed") and isinstance(value, list):
        return str(len(value))
    return str(value)
