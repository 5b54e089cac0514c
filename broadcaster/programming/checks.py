"""Before a slot is saved: what is in its way."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service as newsroom
from broadcaster.programming.occurrences import next_instants
from broadcaster.programming.slots import slots_for_plan
from broadcaster.programming.villages import village_profiles
from broadcaster.programming.wishes import SlotWish, check_wish, slot_of_wish
from schedules.conflicts import Conflict, slot_conflicts

CHECKED_AHEAD = timedelta(days=28)


@dataclass(frozen=True)
class Caution:
    """The same conflict at one village or many. `conflict` is the first village's."""

    conflict: Conflict
    villages: tuple[str, ...]


def check_slot(session: Session, wish: SlotWish, settings: Settings, now: datetime) -> tuple[Conflict, ...]:
    """Every conflict in the four weeks from its first airing on, village by village.

    `BadInput` where the wish can't become a slot at all.
    """
    check_wish(session, wish, settings, now)
    slot = slot_of_wish(session, wish)
    others = slots_for_plan(session)
    first = next_instants(wish.recurrence, settings.zone, now, 1)[0]
    begin = max(now, first - timedelta(days=1))
    profiles = village_profiles(session, wish.places, (slot, *others), settings)
    recordings = newsroom.approved_recordings(session, now)
    return slot_conflicts(slot, profiles, others, recordings, begin, CHECKED_AHEAD)


def together(conflicts: Iterable[Conflict]) -> tuple[Caution, ...]:
    """Conflicts that differ only in the village, told once."""
    grouped: dict[tuple[object, ...], list[Conflict]] = {}
    for conflict in conflicts:
        same = tuple(pair for pair in conflict.detail if pair[0] != "village")
        grouped.setdefault((conflict.code, conflict.subject, same), []).append(conflict)
    return tuple(
        Caution(members[0], tuple(dict.fromkeys(str(one.params["village"]) for one in members)))
        for members in grouped.values()
    )


def mark_of(cautions: Iterable[Caution]) -> str:
    """A short hash of these cautions: whoever keeps a slot all the same keeps it against exactly these."""
    told = [
        (one.conflict.code.value, one.conflict.slot, one.conflict.subject, one.conflict.detail, one.villages)
        for one in cautions
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]
