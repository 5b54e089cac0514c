"""Languages against states: what an announcement has, what its villages still lack, and what they will hear.

A village lists its languages in order, and hears every one of them that is recorded; where none is, it hears
the Lao recording, or nothing. People are counted by village: nobody has counted them by language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from broadcaster.newsroom.announcements import LanguageNeed, language_needs
from broadcaster.newsroom.models import Announcement, Recording
from broadcaster.places.models import Place
from schedules.languages import LANGUAGES

_ORDER = {tag: place for place, tag in enumerate(LANGUAGES)}
LAO = "lo"


class Hears(StrEnum):
    """What a village will hear: its first language, another of its own, Lao in their stead, or nothing."""

    FIRST = "first"
    ANOTHER = "another"
    LAO = "lao"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Heads:
    """So many villages, and people who live in them."""

    villages: int = 0
    people: int = 0


@dataclass(frozen=True)
class LanguageLine:
    """One language of one announcement: its newest version, the one on the air, all versions newest first.

    Without any recording it is missing; `need` says for whom: villages where it is the first language. `also`
    are villages that list it later. Of those in `need`, `in_lao` will hear Lao instead and `silent` nothing.
    """

    language: str
    need: LanguageNeed | None
    versions: tuple[Recording, ...]
    also: Heads = Heads()
    in_lao: Heads = Heads()
    silent: Heads = Heads()

    @property
    def newest(self) -> Recording | None:
        """The latest version."""
        return self.versions[0] if self.versions else None

    @property
    def on_air(self) -> Recording | None:
        """The version that may air now."""
        return next((one for one in self.versions if one.is_on_air_ready), None)

    @property
    def is_missing(self) -> bool:
        """Whether villages need it and there is nothing, or only what was withdrawn or failed."""
        usable = [one for one in self.versions if one.state != "withdrawn" and one.ingest.value != "failed"]
        return self.need is not None and not usable


@dataclass(frozen=True)
class Matrix:
    """An announcement's languages over the villages it is for, and how many of these hear what."""

    lines: tuple[LanguageLine, ...]
    all: Heads
    hears: dict[Hears, Heads]

    @property
    def missing(self) -> tuple[LanguageLine, ...]:
        """The languages that villages need and that nobody has brought."""
        return tuple(line for line in self.lines if line.is_missing)

    def line(self, language: str) -> LanguageLine | None:
        """The line of one language."""
        return next((line for line in self.lines if line.language == language), None)


def hears(languages: Sequence[str], approved: Collection[str]) -> Hears:
    """What a village with these languages hears of an announcement approved in those."""
    own = tuple(languages) or (LAO,)
    if own[0] in approved:
        return Hears.FIRST
    if not set(own).isdisjoint(approved):
        return Hears.ANOTHER
    return Hears.LAO if LAO in approved else Hears.NOTHING


def matrix(announcement: Announcement, villages: Sequence[Place]) -> Matrix:
    """The announcement over the villages it is for."""
    approved = {one.language for one in announcement.on_air_ready()}
    heard = {village.code: hears(village.languages, approved) for village in villages}
    lines = []
    for line in language_lines(announcement, language_needs(villages)):
        first = [one for one in villages if one.languages[:1] == [line.language]]
        lines.append(
            LanguageLine(
                line.language,
                line.need,
                line.versions,
                also=_heads(one for one in villages if line.language in one.languages[1:]),
                in_lao=_heads(one for one in first if heard[one.code] is Hears.LAO),
                silent=_heads(one for one in first if heard[one.code] is Hears.NOTHING),
            )
        )
    return Matrix(
        tuple(lines),
        _heads(villages),
        {kind: _heads(one for one in villages if heard[one.code] is kind) for kind in Hears},
    )


def language_lines(announcement: Announcement, needs: Sequence[LanguageNeed]) -> tuple[LanguageLine, ...]:
    """Every language the announcement has or villages need: most needed first, then in our table's order."""
    by_language: dict[str, list[Recording]] = {}
    for recording in announcement.recordings:
        by_language.setdefault(recording.language, []).append(recording)
    needed = {need.language: need for need in needs}
    tags = sorted(
        {*by_language, *needed},
        key=lambda tag: (-needed[tag].villages if tag in needed else 0, _ORDER.get(tag, len(_ORDER))),
    )
    return tuple(
        LanguageLine(
            tag,
            needed.get(tag),
            tuple(sorted(by_language.get(tag, ()), key=lambda one: -one.version)),
        )
        for tag in tags
    )


def languages_of(matrices: Iterable[Matrix]) -> tuple[str, ...]:
    """The languages of several matrices, those that most need first: the columns of an overview."""
    needed: Counter[str] = Counter()
    for one in matrices:
        for line in one.lines:
            needed[line.language] += line.need.villages if line.need else 0
    return tuple(sorted(needed, key=lambda tag: (-needed[tag], _ORDER.get(tag, len(_ORDER)))))


def _heads(villages: Iterable[Place]) -> Heads:
    found = list(villages)
    return Heads(len(found), sum(one.population or 0 for one in found))
