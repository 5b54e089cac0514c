"""Alerts without their audio, on clocks that step or cannot be right, over power cuts and lost journals."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.airing_origin import Origin, unplanned_key
from schedules.message_class import MessageClass
from schedules.wire.plan import MissedPolicy, MissedRule
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.phases import Phase
from station_agent.planned import Planned
from station_agent.playout import step
from station_agent.playout_values import AlertCame, ClockStepped, ClockTrust, Tick
from tests.station_agent.alerted_village import LATER, a_village, first_heard, plays
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, item, ms, plan_of, sha
from tests.station_agent.village_simulator import Village


def test_an_alert_waits_for_its_audio_and_lets_others_go_first() -> None:
    """A chime alone says nothing. Once the words are here it plays at once, late and with the reason."""
    village = a_village(broadcast("news", IN_A_MINUTE, (20_000,)))
    village.bad.add(sha("flood"))
    village.run_until(NOON + timedelta(seconds=30))
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(IN_A_MINUTE + ms(9000))
    assert set(village.played) == {"news/1"}
    village.arrive("flood")
    village.run_until(LATER)
    ((_, airings),) = plays(village).items()
    assert {(one.outcome, one.reason) for one in airings} == {(Outcome.LATE, "audio_missing")}
    assert first_heard(village) - (IN_A_MINUTE + ms(9000)) <= ms(500)


def test_an_alert_whose_audio_never_comes_is_accounted_when_it_expires() -> None:
    """Promise 1 holds for alerts too."""
    village = a_village()
    village.bad |= {sha("flood"), sha("siren")}
    village.send(AlertCame(alert()))
    village.run_until(LATER)
    ((_, airings),) = plays(village).items()
    assert {(one.outcome, one.reason) for one in airings} == {(Outcome.MISSED, "audio_missing")}


def test_one_language_that_is_missing_does_not_silence_the_others_for_long() -> None:
    """After a minute what is there is said; the repetition says the rest when it has come."""
    village = a_village()
    items = (item("flood-lo", 8000), item("flood-tdf", 8000, language="tdf"))
    village.bad.add(sha("flood-tdf"))
    village.send(AlertCame(alert(items=items, repeat_every_s=300)))
    village.run_until(NOON + timedelta(minutes=3))
    village.arrive("flood-tdf")
    village.run_until(NOON + timedelta(minutes=8))
    first, second = plays(village).values()
    assert sorted(one.outcome.value for one in first) == ["late", "missed"]
    assert [one.outcome.value for one in second] == ["aired", "aired"]


def test_an_alert_plays_on_a_clock_that_cannot_be_right() -> None:
    """It is not timed; how long it lives is counted from when it came."""
    village = Village(now=datetime(2031, 1, 1, tzinfo=NOON.tzinfo))
    village.send(ClockTrust(False))
    village.swap(plan_of(broadcast("news", village.now + timedelta(minutes=1))))
    village.send(AlertCame(alert(repeat_every_s=600)))
    village.run_until(village.now + timedelta(hours=2))
    assert len(plays(village)) == 4
    assert set(village.outcomes) == {one.item for airings in plays(village).values() for one in airings}


def test_what_is_left_of_a_play_whose_time_is_over_keeps_no_repetition_waiting() -> None:
    """It was broken off on a clock that stood in the past, and is accounted when nothing is on the air; the
    alert goes on meanwhile, and cuts what is.
    """
    village = a_village(broadcast("news", IN_A_MINUTE, (120_000,)))
    village.run_until(IN_A_MINUTE + ms(5000))
    before = village.state
    village.send(AlertCame(alert(at=village.now, repeat_every_s=600)))
    (standing,) = village.state.alerts
    old = NOON - timedelta(days=9000)
    long_over = MissedPolicy(rule=MissedRule.LATE, until=old + timedelta(hours=1))
    key = unplanned_key(Origin.ALERT, f"{standing.alert.key}/1", old)
    left = broadcast(key, old, (8000, 8000), rank=MessageClass.EMERGENCY, missed=long_over)
    state = replace(
        before,
        agenda=(Planned(left, 1), *before.agenda),
        final=before.final.with_(left.items[0].key),
        alerts=(replace(standing, next_at=village.now),),
        alarm=None,
    )
    after, _ = step(state, village.now, Tick())
    plays = [one.broadcast.key for one in after.agenda if one.origin is Origin.ALERT]
    assert len(plays) == 2


@pytest.mark.parametrize("by_s", [-86_400 * 3, -600, 600, 86_400])
def test_a_clock_step_neither_silences_nor_doubles_an_alert(by_s: int) -> None:
    """What waits for its audio goes on waiting; what repeats goes on by the time that passed."""
    village = a_village()
    village.send(AlertCame(alert(repeat_every_s=300, expires_at=NOON + timedelta(days=5))))
    village.run_until(NOON + timedelta(minutes=2))
    village.now += timedelta(seconds=by_s)
    stepped = village.now
    village.heap.clear()
    village.relays = [(at + timedelta(seconds=by_s), on) for at, on in village.relays]
    village.send(ClockStepped(by_s * 1000))
    village.run_until(stepped + timedelta(minutes=9))
    since = sorted(at - stepped for at in village.played.values() if abs(at - stepped) < ms(600_000))
    heard = [round(one / timedelta(minutes=1)) for one in since if one > timedelta(0)]
    assert sorted(set(heard)) == [3, 8]


def test_after_a_restart_an_alert_goes_on_where_it_was() -> None:
    """One that repeats comes again in its turn; one that was played is not played twice."""
    for repeat, count in ((600, 3), (None, 1)):
        village = a_village()
        raised = alert(repeat_every_s=repeat)
        village.send(AlertCame(raised))
        village.run_until(NOON + timedelta(minutes=2))
        village.die(timedelta(seconds=30))
        village.send(AlertCame(raised))
        village.run_until(LATER)
        assert len(plays(village)) == count, repeat


def test_an_alert_that_a_power_cut_silenced_before_its_first_sample_is_played_after_it() -> None:
    """It was owed; it is late and says why."""
    village = a_village()
    village.send(AlertCame(alert()))
    village.run_until(NOON + ms(60))
    assert village.state.phase is Phase.WARMING
    village.die(timedelta(minutes=3))
    village.send(AlertCame(alert()))
    village.run_until(LATER)
    (airings,) = plays(village).values()
    assert {(one.outcome, one.reason) for one in airings} == {(Outcome.LATE, "power_lost")}


def test_an_alert_that_may_have_aired_before_the_journal_was_lost_is_not_played_again() -> None:
    """But one that repeats goes on."""
    for repeat, outcomes in ((None, {Outcome.MISSED}), (600, {Outcome.AIRED})):
        village = a_village()
        village.run_until(IN_A_MINUTE)
        village.boot(lost_at=IN_A_MINUTE)
        village.send(AlertCame(alert(repeat_every_s=repeat), from_book=True))
        village.run_until(LATER)
        assert {one.outcome for airings in plays(village).values() for one in airings} == outcomes


def test_an_alert_that_comes_after_the_journal_was_lost_is_played_though_it_was_raised_before() -> None:
    """Nobody here knew of it before: it can't have been played."""
    village = a_village()
    village.run_until(IN_A_MINUTE)
    village.boot(lost_at=IN_A_MINUTE)
    village.send(AlertCame(alert()))
    village.run_until(LATER)
    assert {one.outcome for airings in plays(village).values() for one in airings} == {Outcome.AIRED}


def test_an_alert_outlives_a_clock_that_was_far_ahead_for_a_while() -> None:
    """Three days ahead for a minute its date is over; it goes on, and ends at its own date all the same."""
    village = a_village()
    village.send(AlertCame(alert(repeat_every_s=120)))
    village.run_until(NOON + timedelta(seconds=30))
    for by in (timedelta(days=3), timedelta(days=-3)):
        village.now += by
        village.heap.clear()
        village.send(ClockStepped(int(by / ms(1))))
        village.run_until(village.now + timedelta(seconds=30))
    village.send(ClockTrust(True))
    village.run_until(NOON + timedelta(hours=2))
    assert len(plays(village)) == 15
    assert max(village.played.values()) < NOON + timedelta(minutes=31)


@pytest.mark.parametrize("settled", [False, True])
def test_an_alert_that_a_clock_far_ahead_held_for_over_is_played_once_the_clock_is_set(settled: bool) -> None:
    """It came while the clock was three days ahead; told again from the book, it is news. What was over by a
    certain clock stays over."""
    village = a_village()
    village.now += timedelta(days=3)
    village.send(ClockStepped(3 * 86_400_000))
    village.send(ClockTrust(trusted=True, settled=settled))
    raised = alert(repeat_every_s=120)
    village.send(AlertCame(raised))
    village.run_until(village.now + timedelta(seconds=30))
    assert not plays(village)
    village.now -= timedelta(days=3)
    village.send(ClockStepped(-3 * 86_400_000))
    village.send(AlertCame(raised, from_book=True))
    village.run_until(village.now + timedelta(seconds=30))
    assert bool(plays(village)) is not settled


def test_an_alert_needs_no_plan() -> None:
    """A station that was just enrolled: what is said is said, and counts as played."""
    village = Village()
    village.send(AlertCame(alert()))
    village.run_until(NOON + timedelta(minutes=2))
    (airings,) = plays(village).values()
    assert {one.outcome for one in airings} == {Outcome.AIRED}
    assert {one.evidence for one in airings} == {EvidenceGrade.PLAYED}
