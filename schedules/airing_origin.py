"""Who wanted what was aired: the plan, an alert, a test of one, or somebody at the station.

What no plan holds is known by the first part of its broadcast's key, so that plans, airings and reports need
no field for it: `alert:<alert>/<serial>/<instant>`, `test:…` in the same form, `local:<instant>`,
`microphone:<instant>`. A slot's key has no colon in front, so a plan's broadcast is none of these.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import lru_cache


class Origin(StrEnum):
    """Who wanted it. Only what the plan or an alert wanted is the province's."""

    PLAN = "plan"
    ALERT = "alert"
    TEST = "test"
    LOCAL = "local"
    MICROPHONE = "microphone"


_UNPLANNED = {f"{origin.value}:": origin for origin in Origin if origin is not Origin.PLAN}

UNPLANNED_HEADS = tuple(_UNPLANNED)
"""With one of these begins the key of every broadcast that no plan holds, and none that a plan does."""


@lru_cache(maxsize=4096)
def origin_of(broadcast_key: str) -> Origin:
    """The origin of a broadcast, by its key."""
    head, colon, _ = broadcast_key.partition(":")
    return _UNPLANNED.get(head + colon, Origin.PLAN)


def unplanned_key(origin: Origin, subject: str, at: datetime) -> str:
    """The key of a broadcast that no plan holds. `subject`: `<alert>/<serial>`; empty for the operator's."""
    stamp = f"{at:%Y%m%dT%H%M%SZ}"
    return f"{origin.value}:{subject}/{stamp}" if subject else f"{origin.value}:{stamp}"
