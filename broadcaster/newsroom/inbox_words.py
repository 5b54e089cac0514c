"""A thing that waits, in the reader's words, and where it is done."""

from __future__ import annotations

from flask import url_for
from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _

from broadcaster.newsroom.inbox import InboxItem, Waits
from broadcaster.web.wording import language_name, number

HEADS: dict[Waits, LazyString] = {
    Waits.RETURNED: lazy_gettext("Returned to you"),
    Waits.FAILED: lazy_gettext("Uploads that could not be used"),
    Waits.APPROVE: lazy_gettext("To approve"),
    Waits.CHECK: lazy_gettext("To check in your languages"),
    Waits.NO_SPEAKER: lazy_gettext("Nobody to check the language"),
    Waits.MISSING: lazy_gettext("Languages still missing"),
}

ACTS: dict[Waits, LazyString] = {
    Waits.RETURNED: lazy_gettext("Read why"),
    Waits.FAILED: lazy_gettext("Try another file"),
    Waits.APPROVE: lazy_gettext("Listen and decide"),
    Waits.CHECK: lazy_gettext("Listen and check"),
    Waits.NO_SPEAKER: lazy_gettext("Look at it"),
    Waits.MISSING: lazy_gettext("Add a recording"),
}


def item_words(item: InboxItem) -> str:
    """One line: what waits, with its name and language."""
    what = item.title
    if item.language:
        what = _("%(title)s in %(language)s", title=item.title, language=language_name(item.language))
    if item.waits is Waits.MISSING:
        return _missing(item)
    return f"{HEADS[item.waits]}: {what}"


def item_url(item: InboxItem) -> str:
    """Where it is done."""
    if item.announcement is None:
        return url_for("jingles.jingles")
    if item.waits is Waits.MISSING:
        first = item.figures["languages"][0]
        place = url_for("newsroom.show_announcement", announcement_id=item.announcement, language=first)
        return f"{place}#add"
    place = url_for("newsroom.show_announcement", announcement_id=item.announcement)
    return f"{place}#recording-{item.number}"


def missing_words(item: InboxItem) -> str:
    """Which languages are missing, and for whom."""
    languages = ", ".join(language_name(tag) for tag in item.figures["languages"])
    where = ngettext(
        "%(num)s village, %(people)s people",
        "%(num)s villages, %(people)s people",
        item.figures["villages"],
        people=number(item.figures["people"]),
    )
    return f"{languages} ({where})"


def _missing(item: InboxItem) -> str:
    return f"{HEADS[Waits.MISSING]}: {item.title} – {missing_words(item)}"
