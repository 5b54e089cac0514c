"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.programming.checks import Caution, check_slot, mark_of, together
from broadcaster.programming.known_stations import KnownStation, tell_stations
from broadcaster.programming.models import Programme, ProgrammeItem, Slot
from broadcaster.programming.occurrences import next_instants
from broadcaster.programming.preview import Hearing, Preview, preview
from broadcaster.programming.slots import (
    create_programme,
    create_slot,
    name_slots,
    owner_of_slot,
    refuse_foreign,
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
    "KnownStation",
    "Preview",
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
    "mark_of",
    "name_slots",
    "next_instants",
    "owner_of_slot",
    "preview",
    "refuse_foreign",
    "remove_slot",
    "restore_slot",
    "slot",
    "slots",
    "slots_for_plan",
    "standard_limits",
    "tell_stations",
    "together",
]
