"""Searching as Lao is typed: how text is folded, what a question asks for, and where its words were found.

Stored text stays as it was written (NFC). For search it is folded: compatibility forms, case, accents and
Lao digits are levelled; invisible characters and punctuation go; ຳ and its two parts, vowels and tones
typed in either order, ໜ and ຫນ, ຫຼ and ຫລ are one. Lao has no blanks between words, so blanks beside Lao
letters say nothing and go too. A tone mark that is typed must be there; one that is left out may be.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

MOST_TERMS = 12
LONGEST_QUESTION = 200

TONES = frozenset("\u0ec8\u0ec9\u0eca\u0ecb\u0ecc")
"""The four tones, and the sign over a letter that is not spoken."""

_MARKS = "\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff"
_AFTER = f"[{_MARKS}{_HIDDEN}\u0300-\u036f]"
# What is typed as one letter: its marks come with it, and ຳ or a long a with marks that strayed behind it.
_CLUSTER = re.compile(f"(?:ເ[{_HIDDEN}]*ເ|.){_AFTER}*(?:[າຳ]{_AFTER}+|ຳ)?", re.DOTALL)
_LAO = "[\u0e80-\u0ec7\u0ec8-\u0ecf\u0edc-\u0edf]"
_IDLE_BLANK = re.compile(f"(?<={_LAO}) +(?={_LAO}|[0-9])|(?<=[0-9]) +(?={_LAO})")
_NO_TONES = dict.fromkeys(map(ord, TONES))
_MARK = re.compile(f"[{_MARKS}]")
_AE = re.compile(f"^ເ[{_HIDDEN}]*ເ")  # ແ typed as two ເ


@dataclass(frozen=True)
class Term:
    """One piece of a question, folded: `plain` without tones; `toned` as typed if it has any, else None."""

    plain: str
    toned: str | None = None

    def fits(self, folded: str) -> bool:
        """Whether text, folded with its tones, holds it."""
        if self.toned is not None:
            return self.toned in folded
        return self.plain in without_tones(folded)


@dataclass(frozen=True)
class Question:
    """What somebody searches for: every term must be found. Asked without any letter, it finds nothing."""

    asked: str
    terms: tuple[Term, ...]

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.asked)

    def fits(self, *texts: str) -> bool:
        """Whether the texts together hold every term, each in one of them."""
        folded = [fold(text) for text in texts]
        return bool(self.terms) and all(any(term.fits(text) for text in folded) for term in self.terms)


def question(asked: str) -> Question:
    """The question in what somebody typed: words at blanks, and "what stands in quotes" as one."""
    shown = " ".join(asked[:LONGEST_QUESTION].split())
    pieces = re.findall(r'["“”«]([^"“”»]*)["“”»]?|(\S+?)(?=["“«]|\s|$)', shown)
    folded = (fold(quoted or word).strip() for quoted, word in pieces)
    terms = dict.fromkeys(_term(piece) for piece in folded if piece)
    return Question(shown, tuple(terms)[:MOST_TERMS])


def letters(text: str) -> Iterator[re.Match[str]]:
    """What is typed as one letter, one after the other: `fold_letter` folds each."""
    return _CLUSTER.finditer(text)


def fold(text: str) -> str:
    """Text as it is compared, tones kept."""
    folded = "".join(fold_letter(cluster[0]) for cluster in letters(text))
    return without_idle_blanks(" ".join(folded.split()))


def without_idle_blanks(folded: str) -> str:
    """Folded text without the blanks beside Lao letters."""
    return _IDLE_BLANK.sub("", folded)


def without_tones(folded: str) -> str:
    """Folded text without its tone marks."""
    return folded.translate(_NO_TONES) if not TONES.isdisjoint(folded) else folded


@lru_cache(maxsize=1 << 16)
def fold_letter(cluster: str) -> str:
    """One letter with its marks, folded; a blank for whatever is neither a letter nor a digit."""
    letters: list[str] = []
    marks: set[str] = set()
    tones: set[str] = set()
    long_a = ""
    for sign in unicodedata.normalize("NFKD", _AE.sub("ແ", cluster)).casefold():
        kind = unicodedata.category(sign)
        if "\u0300" <= sign <= "\u036f" or kind == "Cf":
            continue
        if sign in TONES:
            tones.add(sign)
        elif sign == "\u0ebc":  # ຫຼ is the newer spelling of ຫລ
            letters.append("ລ")
        elif _MARK.match(sign):
            marks.add(sign)
        elif sign == "າ" and letters:
            long_a = sign
        else:
            letters.append(_folded_sign(sign, kind))
    return unicodedata.normalize("NFC", "".join([*letters, *sorted(marks), *sorted(tones), long_a]))


def _folded_sign(sign: str, kind: str) -> str:
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    return sign if kind[0] in "LNM" else " "


def _term(folded: str) -> Term:
    plain = without_tones(folded)
    return Term(plain or folded, folded if plain != folded else None)
