"""The heart: what airs, when, and how each item ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hardware.ports import Finished
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind, MissedPolicy, MissedRule, QuietRule
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.phases import Phase
from station_agent.playout_values import ClockTrust, Tick
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of, sha
from tests.station_agent.village_simulator import Village, ended


def test_a_broadcast_on_time_airs_all_its_items_with_the_relay_confirmed() -> None:
    """The first sample is at the planned instant, the relay closes before and opens after the tail."""
    village = Village()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, (5000, 8000))))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"news/1": ("aired", None), "news/2": ("aired", None)}
    assert village.played["news/1"] == IN_A_MINUTE
    assert all(airing.evidence is EvidenceGrade.RELAY_CONFIRMED for airing in village.outcomes.values())
    (on, closed), (off, opened) = village.relays
    assert closed
    assert not opened
    assert on <= IN_A_MINUTE - ms(1000)
    last = village.outcomes["news/2"]
    assert last.ended_at is not None
    assert ms(500) <= off - last.ended_at <= ms(1000)
    assert [change.on for change in last.relay] == [True, True, False, False]
    assert village.state.phase is Phase.IDLE
    assert village.state.agenda == ()


def test_zones_without_a_relay_need_none() -> None:
    """A transmitter without a relay channel is keyed by nobody."""
    village = Village()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, zones=("fm",))))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.relays == []
    assert village.outcomes["news/1"].evidence is EvidenceGrade.PLAYED


def test_pauses_are_kept_and_accounted() -> None:
    """A pause lasts as planned and is an item like the others."""
    village = Village()
    items = (item("n/1", 3000), item("n/2", 2000, ItemKind.PAUSE), item("n/3", 3000))
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(NOON + timedelta(minutes=2))
    assert {key: airing.outcome for key, airing in village.outcomes.items()} == dict.fromkeys(
        ("n/1", "n/2", "n/3"), Outcome.AIRED
    )
    gap = village.played["n/3"] - village.played["n/1"]
    assert ms(5000) <= gap <= ms(5100)


def test_a_higher_class_cuts_a_lower_one_and_starts_on_time() -> None:
    """What was cut says by what; what had not begun is decided by the policy of its slot."""
    village = Village()
    alarm = IN_A_MINUTE + timedelta(seconds=20)
    village.swap(
        plan_of(
            broadcast("songs", IN_A_MINUTE, (30_000, 30_000), rank=MessageClass.FILLER),
            broadcast("alarm", alarm, (15_000,), rank=MessageClass.EMERGENCY),
        )
    )
    village.run_until(NOON + timedelta(minutes=5))
    assert village.played["alarm/1"] == alarm
    assert ended(village)["songs/1"] == ("cut", "pre_empted")
    assert 15_000 < village.outcomes["songs/1"].aired_ms < 20_000
    assert ended(village)["alarm/1"] == ("aired", None)
    assert ended(village)["songs/2"][0] in ("aired", "late", "missed")


@pytest.mark.parametrize(
    ("missed", "outcome"),
    [
        (MissedPolicy(), ("missed", "busy")),
        (MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(minutes=9)), ("late", "busy")),
        (MissedPolicy(rule=MissedRule.LATE, until=NOON + timedelta(minutes=2)), ("missed", "busy")),
        (MissedPolicy(rule=MissedRule.JOIN), ("joined", "busy")),
        (MissedPolicy(rule=MissedRule.MAKE_UP), ("late", "busy")),
    ],
)
def test_an_equal_class_waits_and_its_policy_decides(missed: MissedPolicy, outcome: tuple[str, str]) -> None:
    """Skip, late until an instant, join inside, or make up after the station's next broadcast."""
    village = Village()
    second = broadcast("second", IN_A_MINUTE + timedelta(seconds=30), (120_000,), missed=missed)
    village.swap(plan_of(broadcast("first", IN_A_MINUTE, (90_000,)), second))
    village.run_until(NOON + timedelta(minutes=10))
    assert ended(village)["second/1"] == outcome
    if outcome[0] == "joined":
        assert 60_000 < village.start_ms["second/1"] < 66_000


def test_a_short_overrun_does_not_cost_the_next_broadcast() -> None:
    """Back to back: the second starts as soon as the first is closed, and counts as late if it was."""
    village = Village()
    village.swap(
        plan_of(
            broadcast("first", IN_A_MINUTE, (30_000,)),
            broadcast("second", IN_A_MINUTE + timedelta(seconds=30)),
        )
    )
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village)["second/1"] == ("late", "busy")


def test_quiet_hours_hold_an_ordinary_slot_and_not_an_emergency() -> None:
    """22:00 in Vientiane lies in quiet hours."""
    night = NOON + timedelta(hours=10)
    village = Village(now=night - timedelta(minutes=5))
    village.swap(
        plan_of(
            broadcast("news", night),
            broadcast("flood", night + timedelta(minutes=1), quiet=QuietRule.IGNORE),
        )
    )
    village.run_until(night + timedelta(minutes=5))
    assert ended(village) == {"flood/1": ("aired", None), "news/1": ("skipped", "quiet_hours")}


def test_missing_audio_costs_its_item_only() -> None:
    """The rest moves up and starts on the broadcast's instant; an item past its validity is skipped."""
    village = Village(bad={sha("n/1")})
    items = (
        item("n/1"),
        item("n/2"),
        item("n/3", valid_until=NOON),
        item("n/4"),
    )
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {
        "n/1": ("missed", "audio_missing"),
        "n/2": ("aired", None),
        "n/3": ("skipped", "expired"),
        "n/4": ("aired", None),
    }
    assert village.played["n/2"] == IN_A_MINUTE


def test_a_broadcast_without_any_usable_audio_closes_no_relay() -> None:
    """Nothing to say, nothing to switch."""
    village = Village(bad={sha("n/1")})
    items = (item("n/1"), item("n/2", 1000, ItemKind.PAUSE))
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("missed", "audio_missing"), "n/2": ("skipped", "nothing_to_air")}
    assert village.relays == []


def test_an_item_that_fails_gives_way_to_the_next() -> None:
    """The decoder's failure is one item's, and it is told."""
    village = Village(fails={"n/1"})
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (5000, 5000))))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("missed", "output_failed"), "n/2": ("aired", None)}
    assert [one.code for one in village.incidents] == ["output_failed"]


def test_an_output_that_never_answers_is_given_up() -> None:
    """Every wait is bounded."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(500))
    village._stop()
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("missed", "output_failed")}
    assert not village.closed()


def test_a_tick_with_nothing_planned_does_nothing() -> None:
    """An idle station is silent."""
    village = Village()
    village.send(Tick())
    assert village.relays == []
    assert village.state.phase is Phase.IDLE


def test_a_live_item_ends_at_its_planned_length() -> None:
    """A stream has no end of its own; what follows it is not late."""
    village = Village()
    items = (item("n/1", 4000, ItemKind.LIVE, url="http://127.0.0.1/live"), item("n/2", 3000))
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.endless.add("n/1")
    village.run_until(NOON + timedelta(minutes=2))
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None)}
    assert village.outcomes["n/1"].aired_ms == 4000
    assert village.played["n/2"] - village.played["n/1"] < ms(4200)


def test_a_file_that_ends_early_was_not_heard_whole() -> None:
    """The disk may lose the end of a file; the airing says how much there was."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (10_000,))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=3))
    village._drop(lambda event: event.key == "a/1")
    village.send(Finished("a/1", village.now, 3000))
    village.run_until(IN_A_MINUTE + timedelta(seconds=20))
    assert ended(village) == {"a/1": ("cut", "output_failed")}
    assert village.outcomes["a/1"].aired_ms == 3000


def test_what_has_not_begun_does_not_on_a_clock_that_turns_out_to_be_wrong() -> None:
    """Its relays open again, and it is decided once the clock is right."""
    village = Village()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(1495))
    assert village.state.phase is Phase.WARMING
    village.send(ClockTrust(False))
    village.run_until(IN_A_MINUTE + ms(5000))
    assert village.played == {}
    assert not village.closed()
