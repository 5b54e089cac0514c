"""Between events that decide something the simulation leaves ticks out: that changes nothing of what airs."""

from __future__ import annotations

import pytest

from schedules.wire.report import Airing, Incident
from station_agent.simulation import agent
from station_agent.simulation.clock import SECOND_US
from station_agent.simulation.village import Village

DAYS = 7
DENSE_BUSY_US, DENSE_IDLE_US = 5 * SECOND_US, 600 * SECOND_US
A_MARK_MS = 1000 + 50
"""Marks of what was heard are a second apart, wherever they begin: what was cut by death is as exact."""


def reported(seed: int) -> list[Airing | Incident]:
    village = Village(seed, DAYS)
    village.live(digested=False)
    return village.province.entries


def essence(entry: Airing | Incident) -> tuple[object, ...]:
    """What a report says, but for the milliseconds after the last mark."""
    if isinstance(entry, Incident):
        return (entry.number, entry.code, entry.subject)
    decided = (entry.outcome, entry.reason, entry.evidence, entry.plan_serial)
    return (entry.number, entry.item, *decided, entry.planned_start, entry.started_at)


@pytest.mark.parametrize("seed", range(14, 26))
def test_dense_and_sparse_ticks_lead_to_the_same_airings(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same village with many times the ticks reports the same, entry by entry."""
    sparse = reported(seed)
    monkeypatch.setattr(agent, "BUSY_TICK_US", DENSE_BUSY_US)
    monkeypatch.setattr(agent, "IDLE_TICK_US", DENSE_IDLE_US)
    dense = reported(seed)
    assert [essence(one) for one in dense] == [essence(one) for one in sparse]
    for one, other in zip(dense, sparse, strict=True):
        if isinstance(one, Airing) and isinstance(other, Airing):
            assert abs(one.aired_ms - other.aired_ms) <= A_MARK_MS
