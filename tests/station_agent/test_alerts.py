"""Alerts at the station: at once, over everything, again and again until they expire or are cancelled."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.airing_origin import Origin, origin_of
from schedules.message_class import MessageClass
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import (
    ItemKind,
    MissedPolicy,
    MissedRule,
    Plan,
    PlannedAudio,
    PlannedBroadcast,
    QuietRule,
    StationLimits,
    Zone,
)
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from station_agent.operator_acts import OperatorStop
from station_agent.phases import Phase
from station_agent.playout_values import AlertCame, ClockStepped, ClockTrust
from tests.station_agent.village_simulator import NOON, Village, broadcast, item, ms, plan_of, sha

IN_A_MINUTE = NOON + timedelta(minutes=1)
LATER = NOON + timedelta(hours=6)
NIGHT = NOON + timedelta(hours=10)
TWO_ZONES = (Zone(key="horns", name="Horns", channel=1), Zone(key="market", name="Market", channel=2))


def alert(serial: int = 1, act: AlertAct = AlertAct.RAISE, *, at: datetime = NOON, **more: Any) -> Alert:
    """A flood alert: a siren and twelve seconds of words, for half an hour."""
    items = (item("siren", 3000, ItemKind.JINGLE), item("flood", 12_000))
    fields: dict[str, Any] = {
        "key": "flood-1",
        "serial": serial,
        "act": act,
        "title": "Flood",
        "stations": ("st-dakcheung",),
        "issued_at": at - timedelta(seconds=10),
        "expires_at": at + timedelta(minutes=30),
        "items": () if act is AlertAct.CANCEL else items,
    }
    fields |= more
    hashes = sorted({one.sha256 for one in fields["items"] if one.sha256})
    audio = tuple(
        PlannedAudio(sha256=one, size_bytes=1, duration_ms=1000, media_type="audio/webm") for one in hashes
    )
    return Alert(**fields, audio=audio)


def a_village(*broadcasts: PlannedBroadcast, **more: Any) -> Village:
    village = Village()
    village.swap(plan_of(*broadcasts, **more))
    return village


def plays(village: Village) -> dict[str, list[Airing]]:
    """The airings of what no plan held, by broadcast."""
    found: dict[str, list[Airing]] = {}
    for airing in village.outcomes.values():
        if origin_of(airing.broadcast) is not Origin.PLAN:
            found.setdefault(airing.broadcast, []).append(airing)
    return found


def first_heard(village: Village) -> datetime:
    return min(at for key, at in village.played.items() if origin_of(key) is not Origin.PLAN)


def test_an_alert_plays_at_once_in_all_zones_and_is_told() -> None:
    """From silence: as soon as the relays are closed and the amplifier is warm. One airing an item."""
    village = a_village(zones=TWO_ZONES)
    village.run_until(IN_A_MINUTE)
    village.send(AlertCame(alert()))
    village.run_until(IN_A_MINUTE + timedelta(minutes=2))
    assert first_heard(village) - IN_A_MINUTE <= ms(1000 + 500)
    ((key, airings),) = plays(village).items()
    assert key == "alert:flood-1/1/20261124T050100Z"
    assert [(one.item, one.outcome, one.reason) for one in airings] == [
        (f"{key}/1", Outcome.AIRED, None),
        (f"{key}/2", Outcome.AIRED, None),
    ]
    assert {one.message_class for one in airings} == {MessageClass.EMERGENCY}
    assert {one.zones for one in airings} == {("horns", "market")}
    assert {one.evidence for one in airings} == {EvidenceGrade.RELAY_CONFIRMED}
    assert [(one.code, one.subject) for one in village.incidents] == [("alert_taken", "flood-1")]
    assert not village.closed()


@pytest.mark.parametrize("rank", list(MessageClass))
@pytest.mark.parametrize("into_ms", [100, 900, 4600, 4950, 5010, 9000])
def test_an_alert_cuts_any_broadcast_and_takes_its_warm_relays(rank: MessageClass, into_ms: int) -> None:
    """Wherever the file stands: a fade, and the siren on the same relays, which never open in between."""
    village = a_village(broadcast("news", IN_A_MINUTE, (5000, 60_000), rank=rank, quiet=QuietRule.IGNORE))
    village.run_until(IN_A_MINUTE + ms(into_ms))
    asked = village.now
    village.send(AlertCame(alert(at=asked)))
    village.run_until(asked + timedelta(minutes=2))
    assert first_heard(village) - asked <= ms(500)
    news = [village.outcomes["news/1"], village.outcomes["news/2"]]
    assert [one.reason for one in news] in (["pre_empted", "pre_empted"], [None, "pre_empted"])
    ((_, airings),) = plays(village).items()
    assert {one.outcome for one in airings} == {Outcome.AIRED}
    assert {one.evidence for one in airings} == {EvidenceGrade.RELAY_CONFIRMED}
    assert [on for _, on in village.relays][:2] == [True, False]
    assert village.relays[1][0] > first_heard(village)


def test_relays_that_an_alert_keeps_are_never_closed_for_longer_than_they_may() -> None:
    """Nearly at the limit the relays open first, and the alert closes them anew."""
    limits = StationLimits(warm_up_ms=1000, tail_ms=500, max_on_s=60)
    village = a_village(broadcast("news", IN_A_MINUTE, (55_000,)), limits=limits)
    village.run_until(IN_A_MINUTE + ms(50_000))
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(IN_A_MINUTE + timedelta(minutes=3))
    spans = [(off - on) for (on, _), (off, _) in zip(village.relays[::2], village.relays[1::2], strict=True)]
    assert len(spans) == 2
    assert max(spans) <= timedelta(seconds=60)


def test_an_alert_ignores_quiet_hours_and_a_test_keeps_them() -> None:
    """22:00 in Vientiane."""
    for act, outcome in ((AlertAct.RAISE, Outcome.AIRED), (AlertAct.TEST, Outcome.SKIPPED)):
        village = a_village()
        village.run_until(NIGHT)
        village.send(AlertCame(alert(act=act, at=NIGHT)))
        village.run_until(NIGHT + timedelta(minutes=5))
        ((_, airings),) = plays(village).items()
        assert {one.outcome for one in airings} == {outcome}


def test_an_alert_repeats_until_it_expires() -> None:
    """Every five minutes from its first play, each play with airings of its own."""
    village = a_village()
    village.run_until(IN_A_MINUTE)
    village.send(AlertCame(alert(at=IN_A_MINUTE, repeat_every_s=300)))
    village.run_until(LATER)
    stamps = sorted(key.rsplit("/", 1)[1] for key in plays(village))
    assert stamps == [f"20261124T05{minute:02}00Z" for minute in range(1, 31, 5)]
    assert {one.outcome for airings in plays(village).values() for one in airings} == {Outcome.AIRED}
    assert village.state.alerts == ()


def test_a_repetition_that_is_shorter_than_the_alert_leaves_a_rest() -> None:
    """Plays never overlap, and the relays open in between."""
    village = a_village()
    long = (item("flood", 60_000),)
    village.send(AlertCame(alert(repeat_every_s=30, items=long)))
    village.run_until(NOON + timedelta(minutes=10))
    begun = sorted(at for key, at in village.played.items() if key.startswith("alert:"))
    assert len(begun) >= 7
    assert all(after - before >= ms(60_000) for before, after in pairwise(begun))


def test_a_cancelled_alert_fades_out_and_never_comes_again() -> None:
    """What plays is cut, what was to come is not, and a replay of the raise changes nothing."""
    village = a_village()
    raised = alert(repeat_every_s=60)
    village.send(AlertCame(raised))
    village.run_until(NOON + timedelta(seconds=6))
    village.send(AlertCame(alert(2, AlertAct.CANCEL)))
    village.run_until(village.now + ms(150))
    assert not village.closed()
    village.send(AlertCame(raised))
    village.run_until(LATER)
    ((_, airings),) = plays(village).items()
    assert [(one.outcome.value, one.reason) for one in airings] == [("aired", None), ("cut", "cancelled")]
    assert [one.code for one in village.incidents] == ["alert_taken", "alert_cancelled"]


def test_a_cancel_that_comes_before_its_alert_keeps_it_silent() -> None:
    """Two ways, one slower than the other: the serial decides."""
    village = a_village()
    village.send(AlertCame(alert(2, AlertAct.CANCEL)))
    village.send(AlertCame(alert(1)))
    village.run_until(LATER)
    assert village.played == {}


def test_a_newer_alert_of_the_same_key_takes_the_place_of_the_older_one() -> None:
    """Corrected words: the older ones stop, and the new ones are heard at once."""
    village = a_village()
    village.send(AlertCame(alert(repeat_every_s=60)))
    village.run_until(NOON + timedelta(seconds=8))
    village.send(AlertCame(alert(2, items=(item("corrected", 9000),), at=village.now)))
    village.run_until(LATER)
    first, second = plays(village).values()
    assert (first[-1].outcome, first[-1].reason) == (Outcome.CUT, "replaced")
    assert [one.outcome for one in second] == [Outcome.AIRED]
    assert len(plays(village)) == 2


@pytest.mark.parametrize(
    ("missed", "rest"),
    [
        (MissedPolicy(), ("missed", "pre_empted")),
        (MissedPolicy(rule=MissedRule.LATE, until=LATER), ("late", "pre_empted")),
        (MissedPolicy(rule=MissedRule.JOIN), ("joined", "pre_empted")),
        (MissedPolicy(rule=MissedRule.MAKE_UP), ("late", "pre_empted")),
    ],
)
def test_what_an_alert_interrupted_is_resumed_or_dropped_by_its_policy(
    missed: MissedPolicy, rest: tuple[str, str]
) -> None:
    """The item that was cut is cut; what had not begun is decided by the slot's missed-policy."""
    village = a_village(broadcast("news", IN_A_MINUTE, (10_000, 60_000), missed=missed))
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(AlertCame(alert(at=village.now, items=(item("flood", 40_000),))))
    village.run_until(LATER)
    first, second = village.outcomes["news/1"], village.outcomes["news/2"]
    assert (first.outcome, first.reason) == (Outcome.CUT, "pre_empted")
    assert (second.outcome.value, second.reason) == rest


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


def test_a_test_is_marked_in_every_airing_and_cuts_no_alert() -> None:
    """It waits for the alert to be over, and cuts what is ordinary."""
    village = a_village()
    village.send(AlertCame(alert()))
    village.run_until(NOON + timedelta(seconds=3))
    drill = alert(key="drill", act=AlertAct.TEST, items=(item("this-is-a-test", 5000),))
    village.send(AlertCame(drill))
    village.run_until(LATER)
    kinds = [(origin_of(key), {one.outcome for one in airings}) for key, airings in plays(village).items()]
    assert kinds == [(Origin.ALERT, {Outcome.AIRED}), (Origin.TEST, {Outcome.LATE})]


def test_a_test_with_the_words_of_an_alert_in_force_is_refused() -> None:
    """It would sound real."""
    village = a_village()
    village.send(AlertCame(alert(repeat_every_s=300)))
    village.run_until(NOON + timedelta(minutes=1))
    village.send(AlertCame(alert(key="drill", act=AlertAct.TEST)))
    village.run_until(NOON + timedelta(minutes=4))
    assert {origin_of(key) for key in plays(village)} == {Origin.ALERT}
    assert village.incidents[-1].code == "alert_refused"


def test_an_alert_plays_on_a_clock_that_cannot_be_right() -> None:
    """It is not timed; how long it lives is counted from when it came."""
    village = Village(now=datetime(2031, 1, 1, tzinfo=NOON.tzinfo))
    village.send(ClockTrust(False))
    village.swap(plan_of(broadcast("news", village.now + timedelta(minutes=1))))
    village.send(AlertCame(alert(repeat_every_s=600)))
    village.run_until(village.now + timedelta(hours=2))
    assert len(plays(village)) == 4
    assert set(village.outcomes) == {one.item for airings in plays(village).values() for one in airings}


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


def test_an_alert_played_by_a_clock_that_was_far_ahead_comes_again_in_its_turn_after_a_restart() -> None:
    """The journal says that it was played three days from now: that instant is no reason to wait for it."""
    village = a_village()
    village.now += timedelta(days=3)
    village.send(ClockStepped(3 * 86_400_000))
    raised = alert(repeat_every_s=120)
    village.send(AlertCame(raised))
    village.run_until(village.now + timedelta(seconds=30))
    village.die(timedelta(seconds=30))
    village.now -= timedelta(days=3)
    village.boot()
    village.send(AlertCame(raised, from_book=True))
    village.run_until(NOON + timedelta(minutes=10))
    assert len(plays(village)) >= 4


def test_the_operator_silences_a_play_and_not_the_alert() -> None:
    """He stops this play; the province's alert comes again in its turn."""
    village = a_village()
    village.send(AlertCame(alert(repeat_every_s=120)))
    village.run_until(NOON + timedelta(seconds=8))
    village.send(OperatorStop())
    village.run_until(NOON + timedelta(minutes=3))
    first, second = plays(village).values()
    assert (first[-1].outcome, first[-1].reason) == (Outcome.CUT, "operator_stop")
    assert {one.outcome for one in second} == {Outcome.AIRED}


def test_an_alert_needs_no_plan() -> None:
    """A station that was just enrolled: what is said is said, and counts as played."""
    village = Village()
    village.send(AlertCame(alert()))
    village.run_until(NOON + timedelta(minutes=2))
    (airings,) = plays(village).values()
    assert {one.outcome for one in airings} == {Outcome.AIRED}
    assert {one.evidence for one in airings} == {EvidenceGrade.PLAYED}


def crowded(plan_of_day: list[int]) -> Plan:
    starts = [NOON + timedelta(seconds=at) for at in sorted(set(plan_of_day))]
    return plan_of(
        *(
            broadcast(f"b{number}", at, (4000, 6000), rank=list(MessageClass)[number % 4])
            for number, at in enumerate(starts)
        )
    )


@given(
    st.lists(st.integers(10, 600), min_size=1, max_size=12),
    st.lists(
        st.tuples(
            st.integers(0, 700_000),
            st.integers(1, 4),
            st.sampled_from([AlertAct.RAISE, AlertAct.RAISE, AlertAct.CANCEL, AlertAct.TEST]),
            st.sampled_from([None, 30, 120]),
        ),
        min_size=1,
        max_size=6,
    ),
)
@settings(max_examples=60, deadline=None)
def test_whenever_alerts_come_each_starts_in_time_and_everything_is_accounted(
    starts: list[int], words: list[tuple[int, int, AlertAct, int | None]]
) -> None:
    """A raised alert is heard within half a second and a warm-up, unless a newer word or another play of an
    alert stands before it; a serial already known changes nothing."""
    village = Village()
    village.swap(crowded(starts))
    highest, alone = 0, True
    for number, (at, serial, act, repeat) in enumerate(sorted(words, key=itemgetter(0))):
        village.run_until(max(village.now, NOON + ms(at)))
        came = village.now
        before = set(village.played)
        words_of = (item(f"words-{number}", 5000),)
        fresh = alert(
            serial, act, at=came, repeat_every_s=repeat, items=() if act is AlertAct.CANCEL else words_of
        )
        alone = village.state.run is None or village.state.run.planned.rank < 4
        village.send(AlertCame(fresh))
        if serial <= highest:
            assert village.state.alert_serials["flood-1"] == highest
            continue
        highest = serial
        if act is AlertAct.RAISE and alone:
            village.run_until(came + ms(2200))  # relays that were just opening close anew
            assert any(key.startswith("alert:flood-1") for key in set(village.played) - before)
    village.run_until(NOON + timedelta(hours=3))
    assert village.state.phase is Phase.IDLE
    assert village.drafts == {}
    assert village.state.agenda == ()
    assert not village.closed()
