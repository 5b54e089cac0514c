"""Whether a newly compiled plan says anything new."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from schedules.wire.plan import Plan


def same_content(a: Plan, b: Plan) -> bool:
    """Whether two plans of a station say the same, so that the newer need not be published.

    Numbers and dates of the documents are passed over (serial, issued_at, fresh_until, not_after), and so
    are broadcasts only one of them can hold, because its window has moved on, with the audio only these
    need. A plan that is never replaced goes stale all the same: publish again well before `fresh_until`.
    """
    return _content(a, b) == _content(b, a)


def _content(plan: Plan, other: Plan) -> dict[str, Any]:
    """What `plan` says about the time both plans cover."""
    since = max(plan.issued_at, other.issued_at)
    ordinary_until = min(plan.fresh_until, other.fresh_until)
    standing_until = min(plan.not_after, other.not_after)

    def is_covered(start: datetime, standing: bool) -> bool:
        return since <= start < (standing_until if standing else ordinary_until)

    broadcasts = tuple(one for one in plan.broadcasts if is_covered(one.planned_start, one.standing))
    needed = {item.sha256 for broadcast in broadcasts for item in broadcast.items}
    passed_over = {"serial", "issued_at", "fresh_until", "not_after", "broadcasts", "audio"}
    return {
        **{name: getattr(plan, name) for name in Plan.model_fields if name not in passed_over},
        "broadcasts": broadcasts,
        "audio": {audio.sha256: audio for audio in plan.audio if audio.sha256 in needed},
    }
