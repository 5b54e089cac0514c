"""One occurrence of a slot for one station's languages: the items it would hear, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.language_choice import choose_recordings
from schedules.programme import AnnouncementItem, AudioRef, JingleItem, LiveItem, PauseItem, ProgrammeItem
from schedules.recordings import ApprovedRecording
from schedules.slot import Slot
from schedules.wire.plan import ItemKind

PAUSE_TITLE = "pause"


@dataclass(frozen=True, slots=True)
class ResolvedItem:
    """An item as a station airs it."""

    kind: ItemKind
    title: str
    duration_ms: int
    audio: AudioRef | None = None
    language: str | None = None
    url: str | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class ResolvedBroadcast:
    """`items` is empty when nothing would be said. `missing` are the items without any audio to air."""

    items: tuple[ResolvedItem, ...]
    missing: tuple[JingleItem | AnnouncementItem, ...]

    @property
    def duration_ms(self) -> int:
        """Length of all items end to end, milliseconds."""
        return sum(item.duration_ms for item in self.items)


def resolve(
    slot: Slot,
    languages: Sequence[str],
    recordings: Mapping[str, Sequence[ApprovedRecording]],
    at: datetime,
    withdrawn: Collection[str] = frozenset(),
) -> ResolvedBroadcast:
    """Resolve the slot's programme at one instant. `recordings` stand under their announcement's key.

    A programme that has announcements and lost them all says nothing: its chime and pauses are not aired
    alone. A live item is something to hear.
    """
    items: list[ResolvedItem] = []
    missing: list[JingleItem | AnnouncementItem] = []
    for item in slot.programme.items:
        resolved = _resolve_item(item, slot, languages, recordings, at, withdrawn)
        items.extend(resolved)
        if not resolved and isinstance(item, JingleItem | AnnouncementItem):
            missing.append(item)
    worth_hearing = {ItemKind.ANNOUNCEMENT, ItemKind.LIVE}
    if slot.programme.has_announcements and not any(item.kind in worth_hearing for item in items):
        items = []
    return ResolvedBroadcast(tuple(items), tuple(missing))


def _resolve_item(
    item: ProgrammeItem,
    slot: Slot,
    languages: Sequence[str],
    recordings: Mapping[str, Sequence[ApprovedRecording]],
    at: datetime,
    withdrawn: Collection[str],
) -> tuple[ResolvedItem, ...]:
    match item:
        case JingleItem(title, audio):
            if audio.sha256 in withdrawn:
                return ()
            return (ResolvedItem(ItemKind.JINGLE, title, audio.duration_ms, audio),)
        case PauseItem(duration_ms):
            return (ResolvedItem(ItemKind.PAUSE, PAUSE_TITLE, duration_ms),)
        case LiveItem(title, url, duration_ms):
            return (ResolvedItem(ItemKind.LIVE, title, duration_ms, url=url),)
        case AnnouncementItem(announcement, title):
            usable = [r for r in recordings.get(announcement, ()) if r.audio.sha256 not in withdrawn]
            chosen = choose_recordings(announcement, languages, usable, slot.language_rule, at)
            return tuple(
                ResolvedItem(
                    ItemKind.ANNOUNCEMENT,
                    title,
                    recording.audio.duration_ms,
                    recording.audio,
                    recording.language,
                    valid_until=recording.valid_until,
                )
                for recording in chosen
            )
