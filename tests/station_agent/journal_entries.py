"""What a journal's tests write into it."""

from __future__ import annotations

from datetime import timedelta

from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent.evidence import silent_airing
from station_agent.planned import Planned, cues_of
from tests.station_agent.documents import NOON, broadcast

NEWS = Planned(broadcast("news", NOON, (5000, 5000, 5000)), 7)


def airing(position: int = 0, outcome: Outcome = Outcome.AIRED, aired_ms: int = 5000) -> Airing:
    cue = list(cues_of(NEWS.broadcast))[position]
    silent = silent_airing(NEWS, cue, Outcome.MISSED, "power_lost", on_disk=True)
    if outcome is Outcome.MISSED:
        return silent
    heard = {
        "outcome": outcome,
        "reason": None if outcome is Outcome.AIRED else "power_lost",
        "started_at": cue.planned_start,
        "ended_at": cue.planned_start + timedelta(milliseconds=aired_ms),
        "aired_ms": aired_ms,
        "evidence": EvidenceGrade.RELAY_CONFIRMED,
    }
    return silent.model_copy(update=heard)
