"""What the operator may choose from: approved recordings of the current plan, and files of his own folder.

Rules
1. Listed is what may be played now: what the plan lists, is still valid, and was not withdrawn; and plain
   files of the folder. Whether a recording's audio is on this disk is told beside it.
2. A recording is chosen by its hash, by the beginning of it, or by its title; where several fit, none is
   taken: the language, or the hash, tells them apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from schedules.languages import LANGUAGES, known_languages
from schedules.wire.plan import Plan, PlanItem
from station_agent.audio_store import AudioStore
from station_agent.errors import NotNow
from station_agent.operator_audio import LARGEST_BYTES
from station_agent.operator_words import Playable
from station_agent.village_time import told, zone_of

SHOWN_DIGITS = 12
"""So much of a hash is shown, and tells two recordings apart."""
_HASH = re.compile(r"[0-9a-f]{8,64}")


def playable(plan: Plan | None, folder: Path, now: datetime, audio: AudioStore) -> tuple[Playable, ...]:
    """What may be played now, recordings by title and language, then files by name."""
    valid = [item for item in _recordings(plan) if not _is_over(item, now)]
    found = [
        Playable(
            name=(item.sha256 or "")[:SHOWN_DIGITS],
            title=item.title,
            language=item.language,
            duration_ms=item.duration_ms,
            sha256=item.sha256,
            valid_until=item.valid_until,
            here=audio.has(item.sha256 or ""),
        )
        for item in sorted(valid, key=lambda one: (one.title, one.language or ""))
    ]
    return (*found, *(Playable(name=name, title=name, here=True) for name in _files(folder)))


def recording_named(
    plan: Plan | None, name: str, language: str | None, now: datetime, audio: AudioStore
) -> PlanItem:
    """The approved recording that is meant. Raises `NotNow` where none or several are, or it may not air."""
    if plan is not None and name in plan.withdrawn:
        raise NotNow(f"{name[:SHOWN_DIGITS]}… was withdrawn by the province")
    fitting = [item for item in _recordings(plan) if _fits(item, name, language)]
    if not fitting:
        meant = f"{name!r} in {language}" if language else f"{name!r}"
        known = "" if language is None or language in LANGUAGES else f"; known languages: {known_languages()}"
        see = "see: station-agent operator recordings"
        raise NotNow(f"{meant} is no recording of the current plan; {see}{known}")
    if len(fitting) > 1:
        raise NotNow(
            f"{name!r} is several recordings: {', '.join(map(_told_apart, fitting))}; name one by it"
        )
    (item,) = fitting
    if item.valid_until is not None and now > item.valid_until:
        raise NotNow(f"{item.title!r} was valid until {told(item.valid_until, zone_of(plan))}")
    if not audio.has(item.sha256 or ""):
        raise NotNow(f"the audio of {item.title!r} is not on this station yet")
    return item


def _recordings(plan: Plan | None) -> Iterable[PlanItem]:
    """Each of the plan's recordings once, where it is valid longest."""
    found: dict[str, PlanItem] = {}
    for item in (item for one in plan.broadcasts for item in one.items) if plan is not None else ():
        if item.sha256 is not None and _ends_later(item, found.get(item.sha256)):
            found[item.sha256] = item
    return found.values()


def _ends_later(item: PlanItem, than: PlanItem | None) -> bool:
    if than is None:
        return True
    return than.valid_until is not None and (item.valid_until is None or item.valid_until > than.valid_until)


def _is_over(item: PlanItem, now: datetime) -> bool:
    return item.valid_until is not None and now > item.valid_until


def _fits(item: PlanItem, name: str, language: str | None) -> bool:
    if language is not None and item.language != language:
        return False
    by_hash = _HASH.fullmatch(name) is not None and (item.sha256 or "").startswith(name)
    return by_hash or item.title.casefold() == name.strip().casefold()


def _told_apart(item: PlanItem) -> str:
    return f"{(item.sha256 or '')[:SHOWN_DIGITS]} ({item.language or 'jingle'})"


def _files(folder: Path) -> list[str]:
    """Those `operator_audio.file_named` takes, as far as their names are text."""
    return sorted(
        path.name
        for path in folder.iterdir()
        if path.name.isprintable()
        and path.is_file()
        and not path.is_symlink()
        and 0 < path.stat().st_size <= LARGEST_BYTES
    )
