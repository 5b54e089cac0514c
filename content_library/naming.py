"""Names that come with uploads, made fit to be shown. No file on disk ever carries them."""

import unicodedata

UNNAMED = "recording"
LONGEST_NAME = 80
_SHORTENED = "…"
# Zero-width joiner and non-joiner shape letters of several scripts; all other format characters (bidi
# overrides, soft hyphens, tags, byte-order marks) only make a name look like another.
_KEPT_FORMATS = "\u200c\u200d"
# Lao vowels that are letters of their own to Unicode: written before their consonant, and after it.
_BEFORE = "ເແໂໃໄ"
_AFTER = "ະາຳຽ"
# Marks without limit on one letter would paint over the lines around it.
_MOST_MARKS = 4


def display_name(raw: str) -> str:
    """A name that is safe to show and to log: one line, at most 80 characters, never empty.

    Keeps only what follows the last slash or backslash, in Unicode's composed form (NFC). Control, bidi and
    private characters go; white space becomes single blanks; a long name is cut between letters, never
    between a letter and its vowel or tone mark, and keeps its extension.
    """
    last_part = raw.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    composed = unicodedata.normalize("NFC", "".join(filter(_is_shown, last_part)))
    name = unicodedata.normalize("NFC", _without_piled_marks(" ".join(composed.split())))
    if not any(character.isalnum() for character in name):
        return UNNAMED
    return _shortened(name.lstrip(".").strip())


def _is_shown(character: str) -> bool:
    if character.isspace():
        return True
    return character in _KEPT_FORMATS or unicodedata.category(character)[0] != "C"


def _is_mark(character: str) -> bool:
    return unicodedata.category(character)[0] == "M" or character in _KEPT_FORMATS


def _without_piled_marks(name: str) -> str:
    kept: list[str] = []
    marks = _MOST_MARKS
    for character in name:
        marks = marks + 1 if _is_mark(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _shortened(name: str) -> str:
    if len(name) <= LONGEST_NAME:
        return name
    stem, dot, extension = name.rpartition(".")
    short_extension = dot and 0 < len(extension) <= 5 and extension.isalnum()
    ending = _SHORTENED + (dot + extension if short_extension else "")
    return _cut(stem if short_extension else name, LONGEST_NAME - len(ending)) + ending


def _cut(text: str, length: int) -> str:
    """The first `length` characters or fewer: no mark loses its letter, no Lao vowel its consonant."""
    end = length
    while end > 0 and (_is_mark(text[end]) or text[end] in _AFTER or text[end - 1] in _BEFORE):
        end -= 1
    return text[: end or length].rstrip()
