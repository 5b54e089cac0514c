"""The matrix of languages in words."""

from __future__ import annotations

from flask_babel import LazyString, lazy_gettext, ngettext
from flask_babel import gettext as _

from broadcaster.newsroom.matrix import Heads, Hears, LanguageLine, Matrix
from broadcaster.web.wording import number

HEARS: dict[Hears, LazyString] = {
    Hears.FIRST: lazy_gettext("in their first language"),
    Hears.ANOTHER: lazy_gettext("in another of their languages"),
    Hears.LAO: lazy_gettext("only in Lao"),
    Hears.NOTHING: lazy_gettext("nothing"),
}


def hears_label(kind: Hears) -> str:
    """What a village will hear."""
    return str(HEARS[kind])


def matrix_words(found: Matrix) -> str:
    """For how many it is, and what their number means."""
    return str(_("For %(where)s. People are counted by village, not by language.", where=_where(found.all)))


def line_words(line: LanguageLine) -> str:
    """Who needs the language, and what those hear who lack it."""
    parts = []
    if line.need:
        parts.append(
            _("first language of %(where)s", where=_where(Heads(line.need.villages, line.need.people)))
        )
    if line.also.villages:
        parts.append(
            ngettext("also spoken in %(num)d village", "also spoken in %(num)d villages", line.also.villages)
        )
    if line.silent.villages:
        parts.append(_("%(where)s will hear nothing", where=_where(line.silent)))
    if line.in_lao.villages:
        parts.append(_("%(where)s will hear it only in Lao", where=_where(line.in_lao)))
    return " · ".join(str(part) for part in parts)


def _where(heads: Heads) -> str:
    words: str = ngettext(
        "%(num)s village, %(people)s people",
        "%(num)s villages, %(people)s people",
        heads.villages,
        people=number(heads.people),
    )
    return words
