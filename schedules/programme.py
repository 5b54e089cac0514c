"""A programme: an ordered list of items, not yet in any language."""

from __future__ import annotations

from dataclasses import dataclass

from schedules.errors import InvalidInput

MAX_ITEMS = 40


@dataclass(frozen=True, slots=True)
class AudioRef:
    """Broadcast-ready audio by its SHA-256 (64 hexadecimal digits), with what a plan says about it."""

    sha256: str
    size_bytes: int
    duration_ms: int
    media_type: str


@dataclass(frozen=True, slots=True)
class JingleItem:
    """Audio without a language: a chime, a signature tune."""

    title: str
    audio: AudioRef


@dataclass(frozen=True, slots=True)
class AnnouncementItem:
    """A message to the public, by its key; the recordings are chosen for each station."""

    announcement: str
    title: str


@dataclass(frozen=True, slots=True)
class PauseItem:
    """Silence between two items."""

    duration_ms: int


@dataclass(frozen=True, slots=True)
class LiveItem:
    """A stream taken live for a stated time."""

    title: str
    url: str
    duration_ms: int


ProgrammeItem = JingleItem | AnnouncementItem | PauseItem | LiveItem


@dataclass(frozen=True, slots=True)
class Programme:
    """One to forty items in order; `InvalidInput` for none or more."""

    key: str
    title: str
    items: tuple[ProgrammeItem, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.items) <= MAX_ITEMS:
            raise InvalidInput(
                f"programme {self.title!r} has {len(self.items)} items; it needs 1 to {MAX_ITEMS}"
            )

    @property
    def has_announcements(self) -> bool:
        """Whether it says anything that needs a language."""
        return any(isinstance(item, AnnouncementItem) for item in self.items)
