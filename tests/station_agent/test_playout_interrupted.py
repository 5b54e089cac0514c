"""What becomes of a broadcast that power, plan or somebody interrupts, and of what was planned meanwhile."""

from __future__ import annotations

from datetime import timedelta

from schedules.wire.plan import MissedPolicy, MissedRule
from station_agent.operator_acts import OperatorHold, OperatorStop
from station_agent.phases import Phase
from station_agent.playout_values import Stopping
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, ms, plan_of, sha
from tests.station_agent.village_simulator import Village, ended


def test_a_power_cut_on_air_leaves_a_cut_and_honours_what_comes() -> None:
    """What was on the air is cut, never played again; later items keep their instants."""
    village = Village()
    village.swap(
        plan_of(
            broadcast("n", IN_A_MINUTE, (10_000, 10_000, 60_000, 10_000)),
            broadcast("next", IN_A_MINUTE + timedelta(minutes=5)),
        )
    )
    village.run_until(IN_A_MINUTE + ms(14_500))
    village.die(timedelta(seconds=20))
    village.run_until(NOON + timedelta(minutes=10))
    assert ended(village) == {
        "n/1": ("aired", None),
        "n/2": ("cut", "power_lost"),
        "n/3": ("missed", "power_lost"),
        "n/4": ("aired", None),
        "next/1": ("aired", None),
    }
    assert 3000 <= village.outcomes["n/2"].aired_ms <= 4500


def test_what_passed_while_away_is_accounted_by_its_policy() -> None:
    """Promise 1 after a long power cut."""
    village = Village()
    late = MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(hours=5))
    village.swap(
        plan_of(
            broadcast("gone", IN_A_MINUTE),
            broadcast("late", IN_A_MINUTE + timedelta(minutes=1), missed=late),
            broadcast("made-up", IN_A_MINUTE, missed=MissedPolicy(rule=MissedRule.MAKE_UP)),
            broadcast("ahead", NOON + timedelta(hours=2)),
        )
    )
    village.die(timedelta(hours=1))
    village.run_until(NOON + timedelta(hours=3))
    assert ended(village) == {
        "ahead/1": ("aired", None),
        "gone/1": ("missed", "power_lost"),
        "late/1": ("late", "power_lost"),
        "made-up/1": ("late", "power_lost"),
    }


def test_a_new_plan_leaves_the_broadcast_on_air_alone_and_drops_what_is_no_longer_planned() -> None:
    """Only a withdrawn recording stops what is on the air."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000,)), broadcast("b", NOON + timedelta(minutes=3))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village.swap(plan_of(broadcast("c", NOON + timedelta(minutes=4)), serial=2))
    village.run_until(NOON + timedelta(minutes=6))
    assert ended(village) == {"a/1": ("aired", None), "c/1": ("aired", None)}


def test_a_withdrawn_recording_is_cut_on_the_air_at_once() -> None:
    """Promise 2: it stops everywhere it can be reached."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 20_000))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village.swap(plan_of(serial=2, withdrawn=(sha("a/1"),)))
    village.run_until(village.now + ms(150))
    assert not village.closed()
    village.run_until(NOON + timedelta(minutes=6))
    assert ended(village)["a/1"] == ("cut", "withdrawn")


def test_a_broadcast_dropped_by_the_plan_while_warming_up_is_not_heard() -> None:
    """Until its first item has an intent, the newest plan decides."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(3000))
    assert village.state.phase is Phase.ARMING
    village.swap(plan_of(serial=2))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played == {}


def test_the_operator_and_an_orderly_stop_end_what_is_heard() -> None:
    """Stop by hand skips the rest of the broadcast; a shutdown leaves it for after the start."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 20_000))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village.send(OperatorStop())
    village.run_until(village.now + ms(150))
    assert not village.closed()
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("cut", "operator_stop"), "a/2": ("skipped", "operator_stop")}

    other = Village()
    other.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 20_000))))
    other.run_until(IN_A_MINUTE + timedelta(seconds=5))
    other.send(Stopping())
    other.run_until(IN_A_MINUTE + timedelta(seconds=7))
    assert ended(other) == {"a/1": ("cut", "stopped")}
    assert other.state.phase is Phase.IDLE


def test_a_lost_journal_airs_nothing_that_may_have_aired() -> None:
    """Never twice, even when nobody knows; what lies ahead is not touched."""
    village = Village()
    village.plan = plan_of(
        broadcast("before", NOON - timedelta(minutes=1), missed=MissedPolicy(rule=MissedRule.JOIN)),
        broadcast("after", IN_A_MINUTE),
    )
    village.boot(lost_at=NOON)
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"after/1": ("aired", None), "before/1": ("missed", "journal_lost")}


def test_nothing_airs_once_the_plan_has_ended() -> None:
    """A standing item that would be made up afterwards is expired: nobody says any more that it holds."""
    village = Village()
    end = NOON + timedelta(hours=1)
    late = MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(hours=5))
    last = broadcast("last", end - timedelta(minutes=1), (30_000,))
    after = broadcast("after", end - timedelta(minutes=5), missed=late)
    village.swap(plan_of(after, last, fresh_until=end, not_after=end))
    village.run_until(end - timedelta(minutes=6))
    village.send(OperatorHold(end + timedelta(minutes=10)))
    village.run_until(NOON + timedelta(hours=3))
    assert ended(village) == {"after/1": ("skipped", "expired"), "last/1": ("skipped", "expired")}


def test_what_waits_to_be_made_up_is_given_up_though_the_first_of_its_items_has_expired() -> None:
    """After seven days, counted for the item that could still be heard; nothing else brings it up."""
    first, second, third = broadcast("made-up", IN_A_MINUTE, (5000, 5000, 5000)).items
    expires = second.model_copy(update={"valid_until": IN_A_MINUTE + timedelta(minutes=1)})
    owed = broadcast("made-up", IN_A_MINUTE, missed=MissedPolicy(rule=MissedRule.MAKE_UP))
    village = Village()
    village.swap(plan_of(owed.model_copy(update={"items": (first, expires, third)})))
    village.run_until(IN_A_MINUTE + ms(2000))
    village.die(timedelta(minutes=5))
    village.run_until(IN_A_MINUTE + timedelta(days=7, seconds=9))
    assert village.state.alarm is not None
    village.run_until(IN_A_MINUTE + timedelta(days=8))
    assert village.state.agenda == ()
    assert {one.item for one in village.outcomes.values()} == {first.key, second.key, third.key}
