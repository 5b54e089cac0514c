"""How sure we are that something was heard, over several airings."""

from __future__ import annotations

from collections.abc import Iterable

from schedules.wire.report import Airing, EvidenceGrade, Outcome

SOUNDED = frozenset({Outcome.AIRED, Outcome.LATE, Outcome.JOINED, Outcome.CUT})
"""Outcomes in which at least a part was on the air."""


def best_evidence(airings: Iterable[Airing]) -> EvidenceGrade | None:
    """The strongest grade among airings that sounded; None where nothing did."""
    grades = [airing.evidence for airing in airings if airing.outcome in SOUNDED]
    return max(grades, key=lambda grade: grade.rank, default=None)
