"""What a plan still owes when another takes its place on the disk: written down before, so that no power cut
between the two can make it silent by accident.

Playout writes the same once it has taken the new plan, by its own rules (`plan_change`); this is for a
process that dies before it does, and for a plan that takes its place at a start.
"""

from __future__ import annotations

from datetime import datetime

from schedules.wire.plan import Plan
from station_agent.journal import Journal
from station_agent.planned import Planned


def keep_what_is_owed(journal: Journal, old: Plan, new: Plan, now: datetime) -> None:
    """Durable when it returns. It is not earlier than the new plan was issued, whatever the clock says."""
    listed, final = {one.key for one in new.broadcasts}, journal.final_items(now)
    over_by = max(now, new.issued_at)
    owed = tuple(
        Planned(one, old.serial)
        for one in old.broadcasts
        if one.key not in listed
        and one.planned_start <= over_by
        and not all(item.key in final for item in one.items)
    )
    if owed:
        journal.keep_also(owed)
