"""What `station-agent status` prints for people."""

from __future__ import annotations

from datetime import timedelta

from station_agent.live_state import describe
from station_agent.operator_acts import OperatorHold, OperatorOrder, OperatorVolume
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
    lines = in_words(live, NOON).splitlines()
    assert lines[0] == "st-dakcheung, Ban Dakcheung: idle, 2026-11-24 12:00 +07, just now"
    assert "  next: news at 2026-11-25 01:00 +07" in lines
    assert "  held by the operator until 2026-11-24 12:30 +07" in lines
    assert "  alert in force: Flood until 2026-11-24 12:30 +07" in lines
    assert live["next"]["planned_start"] == "2026-11-24T18:00:00.000Z"
    assert live["operator"]["held_until"] == "2026-11-24T05:30:00.000Z"
    assert live["plan"]["time_zone"] == "Asia/Vientiane"


def test_without_a_plan_nobody_knows_the_villages_zone() -> None:
    """UTC, and it says so."""
    first = in_words(describe(Village().state, around(None), NOON), NOON).splitlines()[0]
    assert first.endswith("idle, 2026-11-24 05:00 UTC, just now")


def test_what_is_shown_says_how_old_it_is() -> None:
    """The agent writes what has changed once a second, and that it is still there every other one."""
    live = describe(Village().state, around(None), NOON)
    for seconds, words in ((0, "just now"), (2.6, "3 s ago"), (-90, "just now")):
        assert in_words(live, NOON + timedelta(seconds=seconds)).splitlines()[0].endswith(f", {words}")


def test_what_the_operator_set_and_when_quiet_is_kept_are_shown() -> None:
    """Who wonders why a broadcast is soft, late or not heard finds it there."""
    village = Village()
    village.swap(
        plan_of(broadcast("news", NOON + timedelta(hours=1)), broadcast("songs", NOON + timedelta(hours=1)))
    )
    untouched = in_words(describe(village.state, around(None), NOON), NOON)
    assert "  level: as the plan says" in untouched.splitlines()
    assert "first where" not in untouched
    village.send(OperatorVolume(60))
    village.send(OperatorOrder(("songs", "news")))
    live = describe(village.state, around(None), NOON + timedelta(hours=10))
    lines = in_words(live, NOON).splitlines()
    zones = sorted(village.state.desk.volumes)
    assert f"  level: {', '.join(f'{zone} at 60 %' for zone in zones)}" in lines
    assert "  first where several are due together: songs, news" in lines
    assert "  quiet hours: 21:00-05:00, now" in lines
    assert live["quiet"] == {"hours": "21:00-05:00", "now": True}
