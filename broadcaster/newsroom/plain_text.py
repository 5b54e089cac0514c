"""Words as people write them, made fit to keep: NFC, nothing unseen; and folded, to find equal ones."""

from __future__ import annotations

import re
import unicodedata

# Control characters, line and paragraph ends, surrogates, and format characters such as direction overrides.
# The zero-width space and joiners go too: Lao text that needs them for line breaks is shown the same without.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_TONE_BEFORE_NIGGAHITA = re.compile("([\u0ec8-\u0ecb])\u0ecd")
_MANY_EMPTY_LINES = re.compile(r"\n{3,}")


def one_line(text: str) -> str:
    """The words on one line: NFC, single spaces, nothing that is not seen."""
    shown = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in text)
    return unicodedata.normalize("NFC", " ".join(shown.split()))


def passage(text: str) -> str:
    """The words with their lines: each as `one_line` has it, at most one empty line between two."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return _MANY_EMPTY_LINES.sub("\n\n", "\n".join(one_line(line) for line in lines)).strip("\n")


def folded(text: str) -> str:
    """The same for every way of writing it: width, case, composed or decomposed, Lao signs in any order."""
    plain = unicodedata.normalize("NFKC", one_line(text)).casefold()
    return _TONE_BEFORE_NIGGAHITA.sub("\u0ecd\\1", plain)
