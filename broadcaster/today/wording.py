"""What needs somebody, in words, and where to go."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import ngettext

from broadcaster.today.needs import Need
from broadcaster.web.navigation import room_url
from broadcaster.web.wording import language_name, number


@dataclass(frozen=True)
class ToDo:
    """A line of the list: words, where it is done, and how urgent it looks."""

    words: str
    url: str | None
    tone: str


def to_do(need: Need) -> ToDo:
    """A need in the reader's language."""
    count = need.count
    if need.code == "silent":
        words = ngettext(
            "%(num)s station has been silent for more than a day",
            "%(num)s stations have been silent for more than a day",
            count,
        )
        return ToDo(words, room_url("fleet.stations"), "fail")
    if need.code == "faulty":
        words = ngettext("%(num)s station reports a fault", "%(num)s stations report a fault", count)
        return ToDo(words, room_url("fleet.stations"), "fail")
    if need.code == "incidents":
        words = ngettext("%(num)s incident since yesterday", "%(num)s incidents since yesterday", count)
        return ToDo(words, room_url("airings.incidents"), "fail")
    if need.code == "approve":
        words = ngettext("%(num)s recording awaits approval", "%(num)s recordings await approval", count)
        return ToDo(words, room_url("newsroom.announcements", state="submitted"), "wait")
    if need.code == "not_enrolled":
        words = ngettext(
            "%(num)s station waits for its village PC", "%(num)s stations wait for their village PC", count
        )
        return ToDo(words, room_url("fleet.stations"), "wait")
    return _gap(need)


def _gap(need: Need) -> ToDo:
    people = number(need.figures["people"])
    where = ngettext(
        "%(num)s village, %(people)s people", "%(num)s villages, %(people)s people", need.count, people=people
    )
    words = _(
        "%(language)s is missing for “%(title)s” (%(where)s)",
        language=language_name(need.figures["language"]),
        title=need.figures["title"],
        where=where,
    )
    return ToDo(words, room_url("newsroom.announcements"), "wait")
