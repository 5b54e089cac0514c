"""Where announcements air: the places of the slots in use that hold them, told to the newsroom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from broadcaster.programming.models import ProgrammeItem, Slot


def places_of_slots(session: Session, announcements: Collection[int]) -> dict[int, set[str]]:
    """Target codes by announcement, of slots that are not removed."""
    rows = session.execute(
        select(ProgrammeItem.announcement_id, Slot.targets)
        .join(Slot, Slot.programme_id == ProgrammeItem.programme_id)
        .where(ProgrammeItem.announcement_id.in_(announcements), Slot.removed_at.is_(None))
    )
    found: dict[int, set[str]] = defaultdict(set)
    for announcement, targets in rows:
        if announcement is not None:
            found[announcement].update(targets)
    return found
