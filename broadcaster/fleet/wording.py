"""The fleet's words on a page, in the reader's language: contact, findings, refusals."""

from __future__ import annotations

from typing import Any

from flask_babel import LazyString, lazy_gettext
from flask_babel import gettext as _

from broadcaster.fleet.health import Contact, Finding
from broadcaster.web.wording import language_name, size

# Contact → its word and the tone it is shown in.
CONTACTS: dict[Contact, tuple[LazyString, str]] = {
    Contact.WAITING: (lazy_gettext("waits for its PC"), "wait"),
    Contact.ONLINE: (lazy_gettext("online"), "done"),
    Contact.QUIET: (lazy_gettext("not heard of for a while"), "wait"),
    Contact.SILENT: (lazy_gettext("silent for more than a day"), "fail"),
    Contact.RETIRED: (lazy_gettext("retired"), "quiet"),
}

# Finding → what it says when all is well, and when it is not: what is wrong, then what to do.
FINDINGS: dict[str, tuple[LazyString, LazyString]] = {
    "relay": (
        lazy_gettext("The relay board works."),
        lazy_gettext(
            "The relay board does not answer. Look whether its cable is plugged in and its lamp is lit, then"
            " run station-agent doctor at the village PC."
        ),
    ),
    "output": (
        lazy_gettext("The sound output works."),
        lazy_gettext(
            "The sound output does not work. Check the cable to the amplifier and the sound settings of the"
            " village PC."
        ),
    ),
    "clock": (
        lazy_gettext("The clock is trusted."),
        lazy_gettext("The clock cannot be right, so nothing airs by time. Ask the operator to set the time."),
    ),
    "clock_offset": (
        lazy_gettext("The clock is exact."),
        lazy_gettext("The clock is off by %(seconds)s seconds. Connect the village PC to the network once."),
    ),
    "disk": (
        lazy_gettext("%(size)s of disk are free."),
        lazy_gettext("Only %(size)s of disk are free. Remove what does not belong on the village PC."),
    ),
    "audio": (
        lazy_gettext("All audio of the plan is there."),
        lazy_gettext("Some audio of the plan has not arrived yet. It comes by network or by stick."),
    ),
    "temperature": (
        lazy_gettext("The PC is at %(degrees)s °C."),
        lazy_gettext("The PC is at %(degrees)s °C: too hot. Give it air and shade."),
    ),
    "power_cuts": (lazy_gettext("Power cuts so far: %(count)s."), lazy_gettext("Power cuts: %(count)s.")),
}

# What a plan leaves out → why.
GAPS: dict[str, LazyString] = {
    "no_recording": lazy_gettext("%(subject)s: no approved recording this village understands."),
    "missing_language": lazy_gettext(
        "%(subject)s: not recorded yet in the village's language, %(language)s."
    ),
    "no_zone": lazy_gettext("%(title)s: the station has none of the zones it is for."),
    "plan_cut": lazy_gettext("There are more broadcasts than a plan can hold; it holds the first %(kept)s."),
}

MISHAPS: dict[str, LazyString] = {
    "no_station": lazy_gettext("There is no station %(station)s."),
    "no_plan": lazy_gettext("No plan is published for this station yet. Enrol it first."),
    "station_retired": lazy_gettext("%(station)s is retired. Add a new station for the village."),
    "no_village": lazy_gettext("%(place)s is no village."),
    "zone_count": lazy_gettext("A station has 1 to 32 zones."),
    "zone_twice": lazy_gettext("Two zones have the same name. Give each its own."),
    "channel_twice": lazy_gettext("Two zones use the same relay channel. Give each its own."),
    "bad_zone": lazy_gettext("Zone %(zone)s: write a name and a relay channel from 1 to 64."),
    "bad_quiet_hours": lazy_gettext("Write quiet hours as 21:00-05:00, or none."),
    "bad_limit": lazy_gettext("This value is out of its range."),
    "code_refused": lazy_gettext("This code is not valid any more. Ask the province for a new one."),
    "too_many_waiting": lazy_gettext("Too many stations are waiting. Come again in a minute."),
}


def contact_words(contact: Contact) -> tuple[str, str]:
    """A word and a tone."""
    words, tone = CONTACTS[contact]
    return str(words), tone


def finding_words(finding: Finding) -> str:
    """What is so, and what to do about it."""
    good, bad = FINDINGS[finding.code]
    figures = dict(finding.figures)
    if "size_bytes" in figures:
        figures["size"] = size(int(figures["size_bytes"]))
    return str(good if finding.good else bad) % figures if figures else str(good if finding.good else bad)


def plan_words(published: int, confirmed: int) -> tuple[str, str]:
    """Whether the station follows its newest plan."""
    if not published:
        return _("no plan yet"), "quiet"
    if confirmed >= published:
        return _("no. %(serial)s, confirmed", serial=published), "done"
    if confirmed:
        return _("no. %(serial)s, station has no. %(held)s", serial=published, held=confirmed), "wait"
    return _("no. %(serial)s, not confirmed", serial=published), "wait"


def gap_words(gap: dict[str, Any]) -> str:
    """What was left out of a plan and why; the kept English sentence for a code without words."""
    words = GAPS.get(gap["code"])
    if words is None:
        return str(gap["sentence"])
    return str(words) % {**gap["params"], "language": language_name(str(gap["params"].get("language", "")))}
