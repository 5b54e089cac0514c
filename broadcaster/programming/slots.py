"""Programmes and slots: make them, take them away, bring them back, and hand them to the plans."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from broadcaster import jobs
from broadcaster.accounts import service as accounts
from broadcaster.accounts.models import Person
from broadcaster.errors import NotPossible, NotThere
from broadcaster.newsroom import service as newsroom
from broadcaster.programming.models import Programme, ProgrammeItem, ProgrammeItemKind, Slot
from broadcaster.programming.wishes import (
    SlotWish,
    WishedAnnouncement,
    WishedItem,
    WishedJingle,
    WishedPause,
    refuse_impossible,
    title_of,
)
from schedules import programme as rules
from schedules import slot as slot_rules


def create_programme(
    session: Session, title: str, items: Sequence[WishedItem], person: Person | None, now: datetime
) -> Programme:
    """A programme with its items in order."""
    programme = Programme(
        title=title,
        created_by=person,
        created_at=now,
        items=[_row(position, item) for position, item in enumerate(items)],
    )
    session.add(programme)
    session.flush()
    return programme


def create_slot(session: Session, wish: SlotWish, person: Person | None, now: datetime) -> Slot:
    """A slot and its programme; plans are published anew.

    `BadInput` for a wish that breaks a rule; `NotAllowed` for places beyond the person's reach.
    """
    refuse_impossible(session, wish)
    refuse_foreign(session, wish, person)
    programme = create_programme(session, title_of(session, wish), wish.items, person, now)
    rule = wish.recurrence
    slot = Slot(
        programme=programme,
        frequency=rule.frequency,
        times=[wall.isoformat() for wall in sorted(rule.times)],
        weekdays=sorted(rule.weekdays),
        starts_on=rule.start,
        ends_on=rule.until,
        except_dates=sorted(day.isoformat() for day in rule.except_dates),
        message_class=wish.message_class,
        missed_rule=wish.missed.rule,
        late_by_ms=wish.missed.late_by_ms,
        quiet=wish.quiet,
        standing=wish.standing,
        language_rule=wish.language_rule,
        targets=list(dict.fromkeys(wish.places)),
        zones=None if wish.zones is None else list(wish.zones),
        created_by=person,
        created_at=now,
    )
    session.add(slot)
    session.flush()
    _note(session, slot, "slot.created", person, now, after=_summary(slot))
    return slot


def slot(session: Session, slot_id: int) -> Slot:
    """One slot, removed or not; `NotThere` if it never was."""
    found = session.get(Slot, slot_id)
    if found is None:
        raise NotThere(
            f"there is no slot {slot_id}; `slot list` shows what there is",
            code="slot_not_there",
            slot=slot_id,
        )
    return found


def refuse_foreign(session: Session, wish: SlotWish, person: Person | None) -> None:
    """`NotAllowed` where an editor's role does not hold at every place, or one may not see what is to air."""
    accounts.refuse_beyond(session, person, (accounts.Role.EDITOR,), wish.places)
    for item in wish.items:
        if isinstance(item, WishedAnnouncement):
            newsroom.refuse_unseen(session, item.announcement, person)


def owner_of_slot(session: Session, slot_id: int) -> tuple[str, ...] | None:
    """The places it airs at; None where there is no such slot."""
    found = session.get(Slot, slot_id)
    return None if found is None else tuple(found.targets)


def name_slots(session: Session, keys: Collection[str]) -> dict[str, accounts.NamedSubject]:
    """Slots in the trail, by their programme's title."""
    rows = session.execute(
        select(Slot.id, Programme.title).join(Programme).where(Slot.id.in_(accounts.numbers(keys)))
    )
    return {str(number): accounts.NamedSubject(title) for number, title in rows}


def slots(
    session: Session, *, removed: bool = False, reach: accounts.Reach = accounts.EVERYWHERE
) -> list[Slot]:
    """Slots in force, or those that were removed, that concern the reach; in the order they were made."""
    state = Slot.removed_at.is_not(None) if removed else Slot.removed_at.is_(None)
    items = joinedload(Slot.programme).selectinload(Programme.items)
    wanted = (
        select(Slot)
        .where(state)
        .options(items.joinedload(ProgrammeItem.announcement), items.joinedload(ProgrammeItem.jingle))
        .order_by(Slot.id)
    )
    return [one for one in session.scalars(wanted) if reach.sees(one.targets)]


def remove_slot(session: Session, slot: Slot, person: Person | None, now: datetime) -> None:
    """Take it out of all plans from now on; `restore_slot` brings it back."""
    if slot.removed_at is not None:
        raise NotPossible(f"slot {slot.id} is removed already", code="already_removed")
    slot.removed_at = now
    _note(session, slot, "slot.removed", person, now, before=_summary(slot))


def restore_slot(session: Session, slot: Slot, person: Person | None, now: datetime) -> None:
    """Undo a removal."""
    if slot.removed_at is None:
        raise NotPossible(f"slot {slot.id} is in force; there is nothing to restore", code="not_removed")
    slot.removed_at = None
    _note(session, slot, "slot.restored", person, now, after=_summary(slot))


def slots_for_plan(session: Session) -> tuple[slot_rules.Slot, ...]:
    """Every slot in force as the scheduling rules see it. Jingles that may not air are left out."""
    ruled = (as_rule(one) for one in slots(session))
    return tuple(one for one in ruled if one is not None)


def as_rule(slot: Slot) -> slot_rules.Slot | None:
    """One slot as the rules see it; None when nothing in it may air."""
    items = tuple(item for row in slot.programme.items if (item := _rule_item(row)) is not None)
    if not any(not isinstance(item, rules.PauseItem) for item in items):
        return None
    return slot_rules.Slot(
        key=slot.key,
        programme=rules.Programme(slot.programme.key, slot.programme.title, items),
        recurrence=slot.recurrence,
        message_class=slot.message_class,
        missed=slot.missed,
        quiet=slot.quiet,
        standing=slot.standing,
        language_rule=slot.language_rule,
        targets=frozenset(slot.targets),
        zones=None if slot.zones is None else tuple(slot.zones),
    )


def _rule_item(row: ProgrammeItem) -> rules.ProgrammeItem | None:
    if row.announcement is not None:
        return rules.AnnouncementItem(row.announcement.key, row.announcement.title)
    if row.jingle is not None:
        if not row.jingle.is_on_air_ready:
            return None
        return rules.JingleItem(row.jingle.title, newsroom.audio_ref(row.jingle))
    return rules.PauseItem(row.duration_ms or 0)


def _row(position: int, item: WishedItem) -> ProgrammeItem:
    match item:
        case WishedAnnouncement(announcement_id):
            return ProgrammeItem(
                position=position, kind=ProgrammeItemKind.ANNOUNCEMENT, announcement_id=announcement_id
            )
        case WishedJingle(jingle_id):
            return ProgrammeItem(position=position, kind=ProgrammeItemKind.JINGLE, jingle_id=jingle_id)
        case WishedPause(duration_ms):
            return ProgrammeItem(position=position, kind=ProgrammeItemKind.PAUSE, duration_ms=duration_ms)


def _note(
    session: Session,
    slot: Slot,
    action: str,
    person: Person | None,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    accounts.record(
        session, action=action, subject=f"slot:{slot.id}", before=before, after=after, actor=person, now=now
    )
    jobs.ask(session, "publish_plans", now)


def _summary(slot: Slot) -> dict[str, object]:
    return {
        "title": slot.programme.title,
        "frequency": slot.frequency.value,
        "times": slot.times,
        "places": slot.targets,
        "class": slot.message_class.value,
    }
