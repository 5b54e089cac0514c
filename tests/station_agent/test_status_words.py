"""What `station-agent status` prints for people."""

from __future__ import annotations

from datetime import timedelta

from station_agent.live_state import describe
from station_agent.operator_acts import OperatorHold
from station_agent.playout_values import AlertCame
from station_agent.status_words import in_words
from tests.station_agent.documents import NOON, alert, broadcast, plan_of
from tests.station_agent.surroundings import around
from tests.station_agent.village_simulator import Village


def test_people_read_the_villages_time_and_programs_utc() -> None:
    """Noon at the village is five o'clock in UTC; the day may be another one."""
    village = Village()
    village.swap(plan_of(broadcast("news", NOON + timedelta(hours=13))))
    village.send(OperatorHold(NOON + timedelta(minutes=30)))
    village.send(AlertCame(alert(at=NOON)))
    live = describe(village.state, around(None), NOON)
    lines = in_words(live).splitlines()
    assert lines[0] == "st-dakcheung, Ban Dakcheung: idle, 2026-11-24 12:00 +07"
    assert "  next: news at 2026-11-25 01:00 +07" in lines
    assert "  held by the operator until 2026-11-24 12:30 +07" in lines
    assert "  alert in force: Flood until 2026-11-24 12:30 +07" in lines
    assert live["next"]["planned_start"] == "2026-11-24T18:00:00.000Z"
    assert live["operator"]["held_until"] == "2026-11-24T05:30:00.000Z"
    assert live["plan"]["time_zone"] == "Asia/Vientiane"


def test_without_a_plan_nobody_knows_the_villages_zone() -> None:
    """UTC, and it says so."""
    first = in_words(describe(Village().state, around(None), NOON)).splitlines()[0]
    assert first.endswith("idle, 2026-11-24 05:00 UTC")
