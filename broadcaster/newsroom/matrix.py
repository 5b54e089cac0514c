"""Languages against states: what an announcement has, and what the province's villages still lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from broadcaster.newsroom.announcements import LanguageNeed
from broadcaster.newsroom.models import Announcement, Recording
from schedules.languages import LANGUAGES

_ORDER = {tag: place for place, tag in enumerate(LANGUAGES)}


@dataclass(frozen=True)
class LanguageLine:
    """One language of one announcement: its newest version, the one on the air, all versions newest first.

    Without any recording it is missing; `need` says for whom.
    """

    language: str
    need: LanguageNeed | None
    versions: tuple[Recording, ...]

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
