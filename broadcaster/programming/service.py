"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.programming.checks import Caution, Hearing, check_slot, hearings, together
from broadcaster.programming.models import Programme, ProgrammeItem, Slot
from broadcaster.programming.occurrences import next_instants
from broadcaster.programming.slots import (
    create_programme,
    create_slot,
    remove_slot,
    restore_slot,
    slot,
    slots,
    slots_for_plan,
)
from broadcaster.programming.villages import standard_limits
from broadcaster.programming.wishes import (
    SlotWish,
    WishedAnnouncement,
    WishedItem,
    WishedJingle,
    WishedPause,
    check_wish,
)

__all__ = [
    "Caution",
    "Hearing",
    "Programme",
    "ProgrammeItem",
    "Slot",
    "SlotWish",
    "WishedAnnouncement",
    "WishedItem",
    "WishedJingle",
    "WishedPause",
    "check_slot",
    "check_wish",
    "create_programme",
    "create_slot",
    "hearings",
    "next_instants",
    "remove_slot",
    "restore_slot",
    "slot",
    "slots",
    "slots_for_plan",
    "standard_limits",
    "together",
]
