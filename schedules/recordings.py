"""Approved recordings: an announcement's audio in one language, and while it may be heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schedules.programme import AudioRef


@dataclass(frozen=True, slots=True)
class ApprovedRecording:
    """Bound to the SHA-256 that was approved. `valid_from` and `valid_until` are included; None is open."""

    announcement: str
    language: str
    audio: AudioRef
    valid_from: datetime | None = None
    valid_until: datetime | None = None

    def is_valid_at(self, instant: datetime) -> bool:
        """Whether it may be heard at this instant."""
        begun = self.valid_from is None or self.valid_from <= instant
        return begun and (self.valid_until is None or instant <= self.valid_until)


RecordingsByAnnouncement = dict[str, tuple[ApprovedRecording, ...]]


def by_announcement(recordings: Iterable[ApprovedRecording]) -> RecordingsByAnnouncement:
    """Recordings under their announcement's key, in the order given."""
    grouped: dict[str, list[ApprovedRecording]] = {}
    for recording in recordings:
        grouped.setdefault(recording.announcement, []).append(recording)
    return {announcement: tuple(members) for announcement, members in grouped.items()}
