"""The heart: what airs, when, and how each item ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hardware.ports import BoardReady, Failed, FaultCode, Finished, RelayCause, RelayFault, RelayState
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind, MissedPolicy, MissedRule, QuietRule
from schedules.wire.report import EvidenceGrade, Outcome, RelayChange
from station_agent import evidence
from station_agent.operator_acts import Desk, OperatorHold, OperatorStop
from station_agent.phases import Phase
from station_agent.playout_values import ClockStepped, ClockTrust, Stopping, Tick
from tests.station_agent.village_simulator import NOON, Village, broadcast, item, ms, plan_of, sha

IN_A_MINUTE = NOON + timedelta(minutes=1)


def ended(village: Village) -> dict[str, tuple[str, str | None]]:
    return {key: (airing.outcome.value, airing.reason) for key, airing in sorted(village.outcomes.items())}


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


def test_a_silent_board_gives_commanded_a_broken_one_played() -> None:
    """The evidence is what was seen, the outcome what was played."""
    for board, grade, reason in (
        ("silent", EvidenceGrade.RELAY_COMMANDED, None),
        ("broken", EvidenceGrade.PLAYED, "relay_failed"),
        ("mute", EvidenceGrade.PLAYED, "relay_failed"),
        ("none", EvidenceGrade.PLAYED, None),
    ):
        village = Village(board=board)
        village.swap(plan_of(broadcast("news", IN_A_MINUTE)))
        village.run_until(NOON + timedelta(minutes=3))
        airing = village.outcomes["news/1"]
        assert (airing.outcome.value, airing.reason, airing.evidence) == ("aired", reason, grade), board
        assert ("relay_failed" in [one.code for one in village.incidents]) is bool(reason), board


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


def test_a_relay_that_falls_on_air_lowers_the_evidence_and_not_the_outcome() -> None:
    """Heard in the studio, not proven in the village."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000,))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village._switch(False)
    village.send(RelayState(1, False, False, village.now, RelayCause.BOARD_LOST))
    village.send(RelayFault(FaultCode.LINE_BROKEN, "serial port /dev/x broke off", village.now))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, "relay_failed")
    assert airing.evidence is EvidenceGrade.PLAYED


def test_the_longest_time_a_relay_may_be_closed_ends_the_broadcast() -> None:
    """The guard opens it; what was not heard is not called aired."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + timedelta(seconds=5))
    village._switch(False)
    village.send(RelayState(1, False, False, village.now, RelayCause.MAX_ON_TIME))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("cut", "max_on_time"), "a/2": ("missed", "max_on_time")}


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


def test_a_board_that_goes_and_comes_back_is_told_once_each() -> None:
    """One incident when it is lost, one when it is back, however often it is tried meanwhile."""
    village = Village()
    for _ in range(3):
        village.send(RelayFault(FaultCode.PORT_MISSING, "serial port /dev/x does not exist", village.now))
    village.send(BoardReady(village.now))
    assert [one.code for one in village.incidents] == ["relay_lost", "relay_back"]


def test_a_relay_that_closes_with_nothing_on_the_air_is_opened() -> None:
    """Whatever made it close, silence is the rule."""
    village = Village()
    village.send(RelayState(2, True, True, village.now, RelayCause.COMMAND))
    assert village.relays == []
    assert not village.closed()
    assert village.opened == [(2,)]


def test_a_board_that_is_just_being_opened_is_waited_for() -> None:
    """Started into a broadcast: the warm-up counts from when the relay is really closed."""
    village = Village(board="mute")
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(1400))
    assert village.state.phase is Phase.WARMING
    village.send(
        RelayFault(FaultCode.NOT_READY, "relay 1 stays open: the guard is being started", village.now)
    )
    assert village.state.phase is Phase.WARMING
    village.board = "raw"
    village.send(BoardReady(village.now))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason) == (Outcome.AIRED, None)
    assert airing.evidence is EvidenceGrade.RELAY_CONFIRMED
    assert village.played["a/1"] - village.relays[0][0] >= ms(1000)


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


def heartbeat_lost(village: Village, at: datetime) -> None:
    village._switch(False)
    village.send(RelayState(1, False, False, at, RelayCause.HEARTBEAT_LOST))


def test_a_sound_that_stood_still_counts_only_what_was_heard_with_the_relay_closed() -> None:
    """The process was stopped: the relay fell a second later, and the output had long ceased."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + ms(1000))
    village._drop(lambda event: event.key == "a/1")
    village.now = IN_A_MINUTE + ms(9000)
    heartbeat_lost(village, IN_A_MINUTE + ms(1900))
    village.send(Failed("a/1", "VLC stood still for 5 s", 1600, IN_A_MINUTE + ms(1600)))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.reason, airing.aired_ms) == (Outcome.CUT, "output_failed", 1600)
    assert airing.ended_at == IN_A_MINUTE + ms(1600)


def test_nothing_counts_as_heard_after_the_relay_opened() -> None:
    """The output said nothing about where it ceased: the relay bounds it."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000, 5000))))
    village.run_until(IN_A_MINUTE + ms(1000))
    village.now = IN_A_MINUTE + ms(9000)
    heartbeat_lost(village, IN_A_MINUTE + ms(1900))
    village.send(OperatorStop())
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert (airing.outcome, airing.aired_ms) == (Outcome.CUT, 1900)
    assert airing.ended_at == IN_A_MINUTE + ms(1900)


def test_time_with_the_relay_open_does_not_count_as_aired() -> None:
    """It fell for two seconds in the middle, and closed again."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (20_000,))))
    village.run_until(IN_A_MINUTE + ms(8000))
    heartbeat_lost(village, IN_A_MINUTE + ms(6000))
    village.run_until(NOON + timedelta(minutes=3))
    airing = village.outcomes["a/1"]
    assert airing.evidence is EvidenceGrade.PLAYED
    assert 17_900 <= airing.aired_ms <= 18_000


def test_after_the_relays_fell_the_next_sound_waits_for_the_warm_up() -> None:
    """Closed anew: a whole warm-up before the first sample, and then the evidence is full again."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE, (5000, 5000))))
    village.run_until(IN_A_MINUTE + ms(4500))
    village._drop(lambda event: event.key == "a/1")
    heartbeat_lost(village, village.now)
    village.fail("a/1")
    closed_at = village.relays[-1][0]
    assert village.closed()
    assert village.state.phase is Phase.WARMING
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played["a/2"] - closed_at >= ms(1000)
    assert village.outcomes["a/2"].evidence is EvidenceGrade.RELAY_CONFIRMED
    assert village.outcomes["a/2"].outcome is Outcome.AIRED


def test_a_relay_closed_too_late_for_the_warm_up_proves_nothing() -> None:
    """Only `played`, though it was closed at the first sample."""
    on = RelayChange(at=NOON, zone="horns", channel=1, on=True, confirmed=True)
    for after_ms, found in ((500, EvidenceGrade.PLAYED), (990, EvidenceGrade.RELAY_CONFIRMED)):
        started_at = NOON + ms(after_ms)
        assert evidence.grade((1,), (on,), started_at, started_at + ms(5000), 1000) is found


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


@pytest.mark.parametrize("falls_at_ms", [None, 3500, 6200])
def test_each_mark_says_what_a_power_cut_would_leave(falls_at_ms: int | None) -> None:
    """Made from the one before where only time has passed: the same as made anew, in every field."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE + timedelta(microseconds=700), (12_000,))))
    for second in range(1, 12):
        village.run_until(IN_A_MINUTE + ms(second * 1000))
        if falls_at_ms is not None and falls_at_ms < second * 1000 <= falls_at_ms + 1000:
            heartbeat_lost(village, IN_A_MINUTE + ms(falls_at_ms))
        run, mark = village.state.run, village.drafts.get("a/1")
        if run is None or mark is None or mark.started_at is None or run.marked_at is None:
            continue
        assert run.started_at is not None
        aired_ms = evidence.length_ms(run.started_at, run.marked_at)
        ended_at = run.started_at + ms(aired_ms)
        anew = evidence.heard_airing(run, ended_at, aired_ms, Outcome.CUT, "power_lost")
        assert mark == anew or mark.relay != anew.relay  # the relays have spoken since the mark
    village.run_until(IN_A_MINUTE + ms(15_000))
    assert village.outcomes["a/1"].outcome is Outcome.AIRED


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


def test_a_lost_board_is_not_believed_when_a_late_word_says_closed() -> None:
    """A read-back that was on its way as the line broke is no evidence."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.run_until(IN_A_MINUTE - ms(100))
    village.send(RelayFault(FaultCode.LINE_BROKEN, "serial port /dev/x broke off", village.now))
    village.send(RelayState(1, False, False, village.now, RelayCause.BOARD_LOST))
    village.send(RelayState(1, True, True, village.now + ms(1), RelayCause.COMMAND))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.outcomes["a/1"].evidence is EvidenceGrade.PLAYED


def test_a_hold_that_was_kept_by_a_clock_far_ahead_holds_nothing() -> None:
    """It moved with the clock, and the clock was set while the station was off: else it held for months."""
    village = Village()
    village.swap(plan_of(broadcast("a", IN_A_MINUTE)))
    village.state = replace(village.state, desk=Desk(held_until=NOON + timedelta(days=139)))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"a/1": ("aired", None)}


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
