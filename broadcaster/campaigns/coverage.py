"""Coverage: a goal against evidence. What counts as heard comes from the stations, never from the plan.

Rules: a village wants each announcement in those of its languages that are recorded; where none is, in Lao,
the lingua franca, if that is recorded; where nothing is recorded, in its own languages: it shows as not yet.
A language is heard when an airing ran at least nine tenths of its length with evidence of the goal's grade or
better; a shorter or less certain one makes it `partly`. A village is reached when every wanted language is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from schedules.wire.report import EvidenceGrade

WHOLE = 0.9
LINGUA_FRANCA = "lo"


class Reach(StrEnum):
    """How far a village, or one language of it, is."""

    REACHED = "reached"
    PARTLY = "partly"
    NOT_YET = "not_yet"


@dataclass(frozen=True, slots=True)
class Message:
    """An announcement and the languages it is recorded in."""

    announcement: int
    title: str
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TargetVillage:
    """A village of the goal; `stations` are those that stand in it."""

    code: str
    name: str
    languages: tuple[str, ...]
    population: int | None
    illustrative: bool
    stations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sounding:
    """One airing that was heard at least in part."""

    station: str
    announcement: int
    language: str
    evidence: EvidenceGrade
    planned_ms: int
    aired_ms: int

    def is_whole(self) -> bool:
        """Whether it ran long enough to be understood."""
        return self.aired_ms >= self.planned_ms * WHOLE


@dataclass(frozen=True, slots=True)
class Cell:
    """One announcement in one language at one village; `evidence` is the best there is."""

    announcement: int
    language: str
    reach: Reach
    evidence: EvidenceGrade | None


@dataclass(frozen=True, slots=True)
class VillageCoverage:
    """One line of the matrix. `missing`: the village's languages no recording exists in."""

    village: TargetVillage
    cells: tuple[Cell, ...]
    missing: tuple[str, ...]

    @property
    def reach(self) -> Reach:
        """Of the village as a whole."""
        return _together(cell.reach for cell in self.cells)

    @property
    def evidence(self) -> EvidenceGrade | None:
        """The best of all its cells."""
        return _best(cell.evidence for cell in self.cells)

    def in_language(self, language: str) -> Cell | None:
        """All announcements together in one language; None where it is not wanted here."""
        cells = [cell for cell in self.cells if cell.language == language]
        if not cells:
            return None
        return Cell(0, language, _together(one.reach for one in cells), _best(one.evidence for one in cells))

    @property
    def languages_wanted(self) -> tuple[str, ...]:
        """In the village's order."""
        return tuple(dict.fromkeys(cell.language for cell in self.cells))

    @property
    def languages_heard(self) -> tuple[str, ...]:
        """Those wanted that were heard in every announcement."""
        return tuple(
            language
            for language in self.languages_wanted
            if (cell := self.in_language(language)) is not None and cell.reach is Reach.REACHED
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """The goal's villages, each with how far it is."""

    goal: EvidenceGrade
    rows: tuple[VillageCoverage, ...]

    def count(self, reach: Reach) -> int:
        """How many villages stand there."""
        return sum(row.reach is reach for row in self.rows)

    @property
    def people(self) -> int:
        """Who lives in the villages of the goal, as far as they are counted."""
        return sum(row.village.population or 0 for row in self.rows)

    @property
    def people_reached(self) -> int:
        """Who lives in the villages that are reached."""
        return sum(row.village.population or 0 for row in self.rows if row.reach is Reach.REACHED)

    @property
    def is_illustrative(self) -> bool:
        """Whether any of the figures was made up for a demonstration."""
        return any(row.village.illustrative for row in self.rows)

    @property
    def languages(self) -> tuple[str, ...]:
        """The columns of the matrix: every language wanted or missing somewhere, the most wanted first."""
        counts: dict[str, int] = {}
        for row in self.rows:
            for language in (*row.languages_wanted, *row.missing):
                counts[language] = counts.get(language, 0) + 1
        return tuple(sorted(counts, key=lambda language: (-counts[language], language)))


def judge(
    villages: Iterable[TargetVillage],
    messages: Iterable[Message],
    soundings: Iterable[Sounding],
    goal: EvidenceGrade,
) -> Coverage:
    """The coverage of these villages by these messages."""
    wanted = tuple(messages)
    heard: dict[tuple[str, int, str], list[Sounding]] = {}
    for one in soundings:
        heard.setdefault((one.station, one.announcement, one.language), []).append(one)
    return Coverage(goal, tuple(_judge_village(village, wanted, heard, goal) for village in villages))


def wanted_languages(village: Iterable[str], recorded: Iterable[str]) -> tuple[str, ...]:
    """In which languages a village wants a message that is recorded in these."""
    own, there = tuple(village), frozenset(recorded)
    found = tuple(language for language in own if language in there)
    if found:
        return found
    return (LINGUA_FRANCA,) if LINGUA_FRANCA in there or not own else own


def _judge_village(
    village: TargetVillage,
    messages: tuple[Message, ...],
    heard: Mapping[tuple[str, int, str], list[Sounding]],
    goal: EvidenceGrade,
) -> VillageCoverage:
    cells: list[Cell] = []
    missing: dict[str, None] = {}
    for message in messages:
        missing |= dict.fromkeys(tag for tag in village.languages if tag not in message.languages)
        for language in wanted_languages(village.languages, message.languages):
            found = [
                one
                for station in village.stations
                for one in heard.get((station, message.announcement, language), [])
            ]
            cells.append(_cell(message.announcement, language, found, goal))
    return VillageCoverage(village, tuple(cells), tuple(missing))


def _cell(announcement: int, language: str, found: list[Sounding], goal: EvidenceGrade) -> Cell:
    sure = [one for one in found if one.is_whole() and one.evidence.rank >= goal.rank]
    reach = Reach.REACHED if sure else Reach.PARTLY if found else Reach.NOT_YET
    return Cell(announcement, language, reach, _best(one.evidence for one in (sure or found)))


def _together(reaches: Iterable[Reach]) -> Reach:
    found = set(reaches)
    if found == {Reach.REACHED}:
        return Reach.REACHED
    return Reach.NOT_YET if found <= {Reach.NOT_YET} else Reach.PARTLY


def _best(grades: Iterable[EvidenceGrade | None]) -> EvidenceGrade | None:
    known = [grade for grade in grades if grade is not None]
    return max(known, key=lambda grade: grade.rank, default=None)
