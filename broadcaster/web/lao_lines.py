"""Lao lines end between words: `<wbr>` goes into the text of every page as it is sent.

Only text that is read gets it. Attributes, fields, titles, code, drawings and JSON stay as they were, and
what a reader copies too: `<wbr>` is no letter. Around a run of Lao a `span` keeps browsers that have a word
list of their own from ending a line elsewhere ("ໂທລະ|ໂຄ່ງ").
"""

from __future__ import annotations

import re

from apiflask import APIFlask
from flask import Response

from broadcaster.web.lao_words import words

SHORTEST = 7
"""Letters; what is shorter than two words may as well stay whole."""

LONGEST_PIECE = 24
"""A stretch of no known word that is longer may have to be broken anywhere: it is left to the browser."""

SWITCH = "LAO_LINES"
"""The Flask setting that turns it off: where a test reads the page's text."""

_LAO = re.compile(rf"[\u0e81-\u0ecf\u0edc-\u0edf]{{{SHORTEST},}}")
_UNTOUCHED = "script|style|textarea|title|option|svg|pre|code|button|kbd|template|dialog"
_PARTS = re.compile(
    rf"""<!--.*?-->
    | <({_UNTOUCHED})\b.*?</\1\s*>
    | <(a|span|summary)\b[^>]*\bclass="[^"]*\b(?:button|badge|chip)\b[^"]*".*?</\2\s*>
    | <(?:[^<>"']|"[^"]*"|'[^']*')*>
    | [^<]+ | <""",
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)


def set_up(app: APIFlask) -> None:
    """Part the words of every page; registered before what packs it comes last."""
    app.config.setdefault(SWITCH, True)

    def part(response: Response) -> Response:
        if app.config[SWITCH] and response.mimetype == "text/html" and not response.is_streamed:
            page = response.get_data(as_text=True)
            if _LAO.search(page):
                response.set_data(with_breaks(page))
        return response

    app.after_request(part)


def with_breaks(page: str) -> str:
    """`page` (HTML) with a `<wbr>` wherever a line of Lao may end."""
    return _PARTS.sub(lambda part: part[0] if part[0][0] == "<" else _text(part[0]), page)


def _text(text: str) -> str:
    """One stretch of text stays one: in a flex row its parts would lose the spaces between them."""
    core = text.strip()
    parted = _LAO.sub(_run, core)
    if parted == core or _LAO.fullmatch(core):
        return text.replace(core, parted, 1) if core else text
    return text.replace(core, f"<span>{parted}</span>", 1)


def _run(found: re.Match[str]) -> str:
    pieces = words(found[0])
    text = "<wbr>".join(pieces)
    return text if max(map(len, pieces)) > LONGEST_PIECE else f'<span class="lao">{text}</span>'
