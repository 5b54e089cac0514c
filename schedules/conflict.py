"""A conflict: something an editor should know before it airs. A value, never an exception."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.languages import LANGUAGES


class ConflictCode(StrEnum):
    """What is in the way. Pages translate by this code and the conflict's params."""

    OVERLAP = "overlap"
    QUIET_HOURS = "quiet_hours"
    MISSING_LANGUAGE = "missing_language"
    UNUSUAL_TIME = "unusual_time"
    TOO_LONG = "too_long"
    NO_ZONE = "no_zone"
    NO_RECORDING = "no_recording"
    PLAN_CUT = "plan_cut"


Params = tuple[tuple[str, str | int], ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """What (`code`, `subject`), where (`station`, `at`: the first instant concerned), and the figures.

    `detail` are named strings and whole numbers. Always there: `title` (the slot's programme), `village`,
    `local` (the first instant in the village's time, `2026-11-24 05:30`, empty without an instant) and
    `count` (how many broadcasts are concerned). By code also: `overlap` other (its key), effect (`waits`,
    `cuts_it`, `is_cut`); `missing_language` language, heard_instead (tags by comma, or empty); `too_long`
    duration_s, max_on_s; `plan_cut` kept.
    """

    code: ConflictCode
    slot: str
    station: str | None
    at: datetime | None
    subject: str
    detail: Params = ()

    @property
    def params(self) -> dict[str, str | int]:
        """`detail` as a dictionary, with the subject under its own name: what a translation fills in."""
        return {"subject": self.subject, **dict(self.detail)}

    @property
    def sentence(self) -> str:
        """What, where and what happens if it is kept, in English."""
        params = {"title": "", "village": "", "local": "", "count": 1, **self.params}
        return _SENTENCES[self.code](params)


def _place_and_time(p: dict[str, str | int]) -> str:
    more = f" and {int(p['count']) - 1} more times" if int(p["count"]) > 1 else ""
    when = f" on {p['local']}" if p["local"] else ""
    return f"{p['village']}{when}{more}"


def _overlap(p: dict[str, str | int]) -> str:
    effects = {
        "waits": f"the later of the two waits until {p['subject']} is over",
        "cuts_it": f"{p['title']} cuts {p['subject']} short",
        "is_cut": f"{p['subject']} cuts {p['title']} short",
    }
    return (
        f"{p['title']} meets {p['subject']} in {_place_and_time(p)}. "
        f"If kept, {effects[str(p.get('effect', 'waits'))]}."
    )


def _language_name(tag: str) -> str:
    known = LANGUAGES.get(tag.strip())
    return known.name if known else tag


def _missing_language(p: dict[str, str | int]) -> str:
    instead = [_language_name(tag) for tag in str(p.get("heard_instead", "")).split(",") if tag]
    heard = f"is heard in {' and '.join(instead)} only" if instead else "is not heard there"
    language = _language_name(str(p.get("language", "")))
    return f"{p['subject']} has no recording in {language} for {_place_and_time(p)}. If kept, it {heard}."


_SENTENCES: dict[ConflictCode, Callable[[dict[str, str | int]], str]] = {
    ConflictCode.OVERLAP: _overlap,
    ConflictCode.MISSING_LANGUAGE: _missing_language,
    ConflictCode.QUIET_HOURS: lambda p: (
        f"{p['title']} falls into the quiet hours of {_place_and_time(p)}. "
        "If kept, it is held back and not heard."
    ),
    ConflictCode.UNUSUAL_TIME: lambda p: (
        f"{p['title']} airs at an unusual time in {_place_and_time(p)}. "
        "If kept, it is heard while people sleep."
    ),
    ConflictCode.TOO_LONG: lambda p: (
        f"{p['title']} lasts {p.get('duration_s', 0)} s in {_place_and_time(p)}, "
        f"the loudspeaker may be on for {p.get('max_on_s', 0)} s. If kept, the end is cut off."
    ),
    ConflictCode.NO_ZONE: lambda p: (
        f"{p['village']} has none of the loudspeaker zones of {p['title']}. If kept, it is not heard there."
    ),
    ConflictCode.NO_RECORDING: lambda p: (
        f"{p['subject']} has no approved recording for {_place_and_time(p)}. If kept, it is left out there."
    ),
    ConflictCode.PLAN_CUT: lambda p: (
        f"{p['village']} has more broadcasts than a plan can hold; the first {p.get('kept', 0)} are in it. "
        f"If kept, nothing is planned there from {p['local']} on until a new plan comes."
    ),
}
