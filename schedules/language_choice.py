"""Which recordings of an announcement a village hears."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from schedules.recordings import ApprovedRecording
from schedules.slot import LanguageRule

LINGUA_FRANCA = "lo"


def choose_recordings(
    announcement: str,
    languages: Sequence[str],
    recordings: Iterable[ApprovedRecording],
    rule: LanguageRule,
    at: datetime,
    fallback: str = LINGUA_FRANCA,
) -> tuple[ApprovedRecording, ...]:
    """The recordings to air at this instant, in the village's order of languages.

    `every` gives one for each of the village's languages that has a recording valid at `at`, so a village
    that understands two hears both, its first language first. `first` gives the first of these only. Where
    none of its languages has one, the fallback language is taken if it has; otherwise nothing. Of several
    valid recordings in one language the one that became valid last is taken.
    """
    best: dict[str, ApprovedRecording] = {}
    for recording in recordings:
        if recording.announcement != announcement or not recording.is_valid_at(at):
            continue
        known = best.get(recording.language)
        if known is None or _recency(recording) > _recency(known):
            best[recording.language] = recording
    wanted = dict.fromkeys(language for language in languages if language in best)
    chosen = tuple(best[language] for language in wanted)
    if not chosen:
        return (best[fallback],) if fallback in best else ()
    return chosen[:1] if rule is LanguageRule.FIRST else chosen


def _recency(recording: ApprovedRecording) -> tuple[datetime, str]:
    """Later is newer; the hash decides between equals, so that every run chooses the same."""
    return recording.valid_from or datetime.min.replace(tzinfo=UTC), recording.audio.sha256
