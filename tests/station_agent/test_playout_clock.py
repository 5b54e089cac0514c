"""Playout on a clock that is wrong, not believed, or set while it runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schedules.wire.plan import MissedPolicy, MissedRule
from station_agent.operator_acts import Desk
from station_agent.playout_values import ClockStepped, ClockTrust
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, plan_of
from tests.station_agent.village_simulator import Village, ended


def test_nothing_starts_on_a_clock_that_is_not_trusted() -> None:
    """Promise 5; once time is known again the policy decides, and the reason says why."""
    village = Village()
    village.send(ClockTrust(False))
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(NOON + timedelta(minutes=5))
    assert village.outcomes == {}
    village.send(ClockTrust(True))
    village.run_until(NOON + timedelta(minutes=6))
    assert ended(village) == {"a/1": ("missed", "clock_untrusted")}


def test_a_clock_that_leaps_forward_misses_what_it_leapt_over() -> None:
    """The reason names the step, once the clock is believed again; a step back airs nothing twice."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE), broadcast("b", NOON + timedelta(hours=2))))
    village.now += timedelta(hours=1)
    village.send(ClockStepped(3_600_000))
    village.run_until(NOON + timedelta(hours=1, minutes=5))
    assert ended(village) == {}
    village.send(ClockTrust(True))
    village.run_until(village.now + timedelta(seconds=1))
    assert ended(village) == {"a/1": ("missed", "clock_step")}
    village.run_until(NOON + timedelta(hours=2, minutes=5))
    village.now -= timedelta(minutes=10)
    village.send(ClockStepped(-600_000))
    village.send(ClockTrust(True))
    village.run_until(NOON + timedelta(hours=3))
    assert ended(village)["b/1"] == ("aired", None)


def test_a_clock_that_may_be_ahead_gives_nothing_up() -> None:
    """Two days ahead at the start: nothing is accounted, and with the right time everything airs."""
    village = Village()
    village.plan = plan_of(broadcast("a", IN_A_MINUTE), broadcast("b", NOON + timedelta(minutes=20)))
    village.now = NOON + timedelta(days=2)
    village.boot(down_reason="not_running", clock_settled=False)
    village.run_until(village.now + timedelta(minutes=5))
    assert village.outcomes == {}
    village.now = NOON
    village.send(ClockStepped(-2 * 86_400_000 - 300_000))
    village.send(ClockTrust(True, settled=False))
    village.run_until(NOON + timedelta(minutes=30))
    assert ended(village) == {"a/1": ("aired", None), "b/1": ("aired", None)}


def test_what_passed_while_away_is_accounted_once_the_time_is_certain() -> None:
    """It waits for the province's word; what is due airs meanwhile."""
    village = Village()
    village.plan = plan_of(broadcast("gone", NOON - timedelta(hours=1)), broadcast("a", IN_A_MINUTE))
    village.boot(down_reason="not_running", clock_settled=False)
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("aired", None)}
    village.send(ClockTrust(True))
    village.run_until(NOON + timedelta(minutes=4))
    assert ended(village) == {"a/1": ("aired", None), "gone/1": ("missed", "not_running")}


def test_nothing_starts_on_a_clock_that_has_just_stepped() -> None:
    """What it leapt over has a policy that lets it start; first the clock is judged anew."""
    village = Village()
    late = MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(hours=3))
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, missed=late)))
    village.now += timedelta(hours=1)
    village.send(ClockStepped(3_600_000))
    village.run_until(village.now + timedelta(seconds=2))
    assert village.played == {}
    village.send(ClockTrust(True))
    village.run_until(village.now + timedelta(minutes=1))
    assert ended(village)["a/1"][0] == "late"


def test_a_plan_that_comes_on_a_clock_in_2000_drops_nothing_that_was_missed() -> None:
    """By the wall clock it lies far ahead; by the plan that no longer holds it, its time has come."""
    village = Village()
    village.swap(plan_of(broadcast("a", NOON + timedelta(hours=1))))
    true = NOON + timedelta(hours=5)
    back_ms = int((datetime(2000, 1, 1, tzinfo=UTC) - NOON).total_seconds() * 1000)
    village.now += timedelta(milliseconds=back_ms)
    village.send(ClockStepped(back_ms))
    village.swap(plan_of(broadcast("b", NOON + timedelta(days=1)), serial=2, issued=true))
    forth = true - village.now
    village.now = true
    village.send(ClockStepped(int(forth.total_seconds() * 1000)))
    village.send(ClockTrust(True))
    village.run_until(true + timedelta(minutes=1))
    assert ended(village)["a/1"][0] == "missed"


def test_a_hold_that_was_kept_by_a_clock_far_ahead_holds_nothing() -> None:
    """It moved with the clock, and the clock was set while the station was off: else it held for months."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.state = replace(village.state, desk=Desk(held_until=NOON + timedelta(days=139)))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("aired", None)}
