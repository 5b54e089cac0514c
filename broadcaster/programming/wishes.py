"""What an editor wishes for: a programme and its times, checked but not saved yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.errors import BadInput, NotPossible, NotThere
from broadcaster.newsroom import service as newsroom
from broadcaster.places import service as places
from broadcaster.programming.occurrences import next_instants
from schedules.message_class import MessageClass
from schedules.programme import (
    MAX_ITEMS,
    AnnouncementItem,
    JingleItem,
    PauseItem,
    Programme,
    ProgrammeItem,
)
from schedules.recurrence import Recurrence
from schedules.slot import LanguageRule, MissedChoice, Slot
from schedules.wire.plan import QuietRule

NEW_SLOT = "new"
LONGEST_PAUSE_MS = 10 * 60 * 1000


@dataclass(frozen=True)
class WishedAnnouncement:
    """An announcement by its number."""

    announcement: int


@dataclass(frozen=True)
class WishedJingle:
    """A jingle by its number."""

    jingle: int


@dataclass(frozen=True)
class WishedPause:
    """Silence between two items."""

    duration_ms: int


WishedItem = WishedAnnouncement | WishedJingle | WishedPause


@dataclass(frozen=True)
class SlotWish:
    """A slot to be. `places` are codes of villages or anything above them; an empty `title` takes the first
    announcement's; `zones` None means every loudspeaker line of a station."""

    items: tuple[WishedItem, ...]
    recurrence: Recurrence
    places: tuple[str, ...]
    title: str = ""
    message_class: MessageClass = MessageClass.ORDINARY
    missed: MissedChoice = field(default_factory=MissedChoice)
    quiet: QuietRule = QuietRule.HOLD
    standing: bool = False
    language_rule: LanguageRule = LanguageRule.EVERY
    zones: tuple[str, ...] | None = None


def check_wish(session: Session, wish: SlotWish, settings: Settings, now: datetime) -> None:
    """`BadInput` with the field, where the wish can't become a slot, or one that would never air."""
    refuse_impossible(session, wish)
    if not next_instants(wish.recurrence, settings.zone, now, 1):
        raise BadInput("this would never air: every time of it is past", field="day", code="never_airs")


def refuse_impossible(session: Session, wish: SlotWish) -> None:
    """`BadInput` with the field, where the wish breaks a rule whatever the time is."""
    if not any(isinstance(item, WishedAnnouncement | WishedJingle) for item in wish.items):
        raise BadInput(
            "choose at least one announcement or jingle", field="announcements", code="nothing_to_air"
        )
    if len(wish.items) > MAX_ITEMS:
        raise BadInput(
            f"a programme has at most {MAX_ITEMS} items; make a second slot",
            field="announcements",
            code="too_many_items",
            most=MAX_ITEMS,
        )
    if not wish.places:
        raise BadInput("choose at least one place", field="places", code="no_place")
    for code in wish.places:
        _check_place(session, code)
    if wish.quiet is QuietRule.IGNORE and wish.message_class is not MessageClass.EMERGENCY:
        raise BadInput(
            "only an emergency may ignore quiet hours; choose the class emergency or keep them",
            field="quiet",
            code="quiet_only_emergency",
        )
    slot_of_wish(session, wish)


def slot_of_wish(session: Session, wish: SlotWish, key: str = NEW_SLOT) -> Slot:
    """The wish as the scheduling rules see it, for checks and previews."""
    items = tuple(_rule_items(session, wish))
    return Slot(
        key=key,
        programme=Programme(key, title_of(session, wish), items),
        recurrence=wish.recurrence,
        message_class=wish.message_class,
        missed=wish.missed,
        quiet=wish.quiet,
        standing=wish.standing,
        language_rule=wish.language_rule,
        targets=frozenset(wish.places),
        zones=wish.zones,
    )


def title_of(session: Session, wish: SlotWish) -> str:
    """The title given, or that of the first announcement, or of the first jingle."""
    if wish.title.strip():
        return wish.title.strip()[:300]
    for item in wish.items:
        if isinstance(item, WishedAnnouncement):
            return newsroom.announcement(session, item.announcement).title
    for item in wish.items:
        if isinstance(item, WishedJingle):
            return newsroom.jingle(session, item.jingle).title
    return ""


def _check_place(session: Session, code: str) -> None:
    try:
        places.place(session, code)
    except NotThere as error:
        raise BadInput(
            f"there is no place {code}; `place list` shows the codes",
            field="places",
            code="unknown_target",
            place=code,
        ) from error


def _rule_items(session: Session, wish: SlotWish) -> Iterator[ProgrammeItem]:
    for item in wish.items:
        match item:
            case WishedAnnouncement(announcement_id):
                found = newsroom.announcement(session, announcement_id)
                yield AnnouncementItem(found.key, found.title)
            case WishedJingle(jingle_id):
                yield _jingle_item(session, jingle_id)
            case WishedPause(duration_ms):
                if not 0 < duration_ms <= LONGEST_PAUSE_MS:
                    raise BadInput("a pause lasts up to ten minutes", field="pause", code="pause_too_long")
                yield PauseItem(duration_ms)


def _jingle_item(session: Session, jingle_id: int) -> JingleItem:
    jingle = newsroom.jingle(session, jingle_id)
    if not jingle.is_on_air_ready:
        raise NotPossible(
            f"jingle {jingle.id} ({jingle.title}) is not approved; approve it first",
            code="jingle_not_approved",
            title=jingle.title,
        )
    return JingleItem(jingle.title, newsroom.audio_ref(jingle))
