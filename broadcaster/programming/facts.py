"""A slot and its conflicts as plain values: what commands and the API answer with."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from broadcaster.config import Settings
from broadcaster.programming.checks import together
from broadcaster.programming.models import Slot
from broadcaster.programming.occurrences import next_instants
from schedules.conflicts import Conflict

SHOWN_INSTANTS = 5


def slot_facts(slot: Slot, settings: Settings, now: datetime) -> dict[str, Any]:
    """One slot for programs; `next` are UTC instants, times and days are local."""
    return {
        "slot": slot.id,
        "key": slot.key,
        "programme": slot.programme_id,
        "title": slot.programme.title,
        "frequency": slot.frequency.value,
        "times": slot.times,
        "weekdays": slot.weekdays,
        "from": slot.starts_on.isoformat(),
        "until": slot.ends_on.isoformat() if slot.ends_on else None,
        "class": slot.message_class.value,
        "missed": slot.missed_rule.value,
        "standing": slot.standing,
        "places": slot.targets,
        "removed_at": slot.removed_at,
        "next": list(next_instants(slot.recurrence, settings.zone, now, SHOWN_INSTANTS)),
    }


def conflict_facts(conflicts: Iterable[Conflict]) -> list[dict[str, Any]]:
    """Conflicts for programs, the same at several villages told once."""
    return [
        {
            "code": caution.conflict.code.value,
            "subject": caution.conflict.subject,
            "at": caution.conflict.at,
            "villages": list(caution.villages),
            "sentence": caution.conflict.sentence,
        }
        for caution in together(conflicts)
    ]
