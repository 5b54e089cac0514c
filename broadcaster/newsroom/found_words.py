"""Where the words of a question stand in a text as it was written: what a list of findings marks."""

from __future__ import annotations

from dataclasses import dataclass

from broadcaster.newsroom.search import (
    TONES,
    Question,
    fold,
    fold_letter,
    letters,
    without_tones,
)

_WINDOW = 200
"""Characters looked at together: a long transcript is folded no further than its first finding."""


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `found` where it is what was asked for."""

    text: str
    found: bool = False


def marked(text: str, question: Question) -> tuple[Piece, ...]:
    """The whole text in pieces, everything that was asked for marked."""
    return _pieces(text, _spans(text, question))


def excerpt(text: str, question: Question, around: int = 70) -> tuple[Piece, ...]:
    """The text around the first finding, marked; nothing where there is none. `around` counts characters."""
    beyond = 2 * max((len(term.toned or term.plain) for term in question.terms), default=0) + 20
    for begin in range(0, len(text), _WINDOW):
        window = text[begin : begin + _WINDOW + beyond]
        spans = _spans(window, question)
        if spans:
            start = _at_a_letter(text, max(0, begin + spans[0][0] - around))
            end = _at_a_letter(text, min(len(text), begin + spans[0][1] + around))
            pieces = marked(" ".join(text[start:end].split()), question)
            before = (Piece("… "),) if start else ()
            after = (Piece(" …"),) if end < len(text) else ()
            return (*before, *pieces, *after)
    return ()


def _spans(text: str, question: Question) -> list[tuple[int, int]]:
    """Where terms stand, in order, those that touch joined."""
    folded = fold(text)
    if not any(term.fits(folded) for term in question.terms):
        return []  # most stretches of a long text: found out far more quickly than where a thing would stand
    signs, places = _mapped(text)
    toned = "".join(signs)
    plain, kept = toned, places
    if any(term.toned is None for term in question.terms):
        plain = without_tones(toned)
        kept = [place for place, sign in zip(places, signs, strict=True) if sign not in TONES]
    found: list[tuple[int, int]] = []
    for term in question.terms:
        wanted = term.toned or term.plain
        where, at = (toned, places) if term.toned else (plain, kept)
        begin = where.find(wanted)
        while begin >= 0:
            end = begin + len(wanted)
            found.append((at[begin][0], at[end - 1][1]))
            begin = where.find(wanted, end)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _mapped(text: str) -> tuple[list[str], list[tuple[int, int]]]:
    """`fold(text)` as a list of signs, and from where to where in the text each of them comes."""
    signs: list[str] = []
    places: list[tuple[int, int]] = []
    for cluster in letters(text):
        for sign in fold_letter(cluster[0]):
            if sign == " " and (not signs or signs[-1] == " "):
                continue
            if signs and signs[-1] == " " and _is_idle(signs, sign):
                signs.pop()
                places.pop()
            signs.append(sign)
            places.append(cluster.span())
    return signs, places


def _is_idle(signs: list[str], after: str) -> bool:
    if len(signs) < 2:
        return False
    before = signs[-2]
    lao_before, lao_after = "\u0e80" <= before <= "\u0eff", "\u0e80" <= after <= "\u0eff"
    return (lao_before and (lao_after or after in "0123456789")) or (before in "0123456789" and lao_after)


def _at_a_letter(text: str, place: int) -> int:
    """The nearest place from here on where a letter begins, so that no mark loses its letter."""
    if place == 0:
        return 0
    nearby = text[place - 1 : place + 20]
    return place - 1 + next((m.start() for m in letters(nearby) if m.start() >= 1), len(nearby))


def _pieces(text: str, spans: list[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, end in spans:
        if start > at:
            pieces.append(Piece(text[at:start]))
        pieces.append(Piece(text[start:end], found=True))
        at = end
    if at < len(text):
        pieces.append(Piece(text[at:]))
    return tuple(pieces)
