"""Alerts at the station: at once, over everything, again and again until they expire or are cancelled."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest

from schedules.airing_origin import Origin, origin_of
from schedules.message_class import MessageClass
from schedules.wire.alert import AlertAct
from schedules.wire.plan import (
    MissedPolicy,
    MissedRule,
    QuietRule,
    StationLimits,
)
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.operator_acts import OperatorStop
from station_agent.playout import step
from station_agent.playout_values import AlertCame, ClockStepped, RelayOn, Tick
from tests.station_agent.alerted_village import LATER, NIGHT, TWO_ZONES, a_village, first_heard, plays
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, item, ms


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
    """Wherever the file stands: the siren on the same relays, which never open in between, while the file
    fades out: an output needs a moment to begin, and has that of the fade."""
    village = a_village(broadcast("news", IN_A_MINUTE, (5000, 60_000), rank=rank, quiet=QuietRule.IGNORE))
    village.run_until(IN_A_MINUTE + ms(into_ms))
    asked = village.now
    village.send(AlertCame(alert(at=asked)))
    village.run_until(asked + timedelta(minutes=2))
    assert first_heard(village) - asked <= ms(100)
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


@pytest.mark.parametrize("before_ms", [1450, 1200, 600])
def test_an_alert_that_lasts_longer_than_relays_may_takes_those_that_just_closed(before_ms: int) -> None:
    """Closed anew they would have to warm up for as long: it would be late, and nothing gained."""
    limits = StationLimits(warm_up_ms=1000, tail_ms=500, max_on_s=10)
    village = a_village(broadcast("news", IN_A_MINUTE, (5000,)), limits=limits)
    village.run_until(IN_A_MINUTE - ms(before_ms))
    asked = village.now
    village.send(AlertCame(alert(at=asked)))
    village.run_until(asked + timedelta(minutes=1))
    assert first_heard(village) - asked <= ms(1500)
    assert [on for _, on in village.relays][:2] == [True, False]
    assert village.relays[1][0] > first_heard(village)


def test_an_alert_has_its_relays_for_their_whole_time_though_the_clock_has_leapt() -> None:
    """The broadcast that it cuts began by the clock before: by the new one it seems to last for a day."""
    village = a_village(broadcast("news", IN_A_MINUTE, (60_000,)), zones=TWO_ZONES)
    village.run_until(IN_A_MINUTE + ms(2000))
    village.now += timedelta(days=1)
    village.heap = [(at + timedelta(days=1), order, event) for at, order, event in village.heap]
    village.relays = [(at + timedelta(days=1), on) for at, on in village.relays]
    village.send(ClockStepped(86_400_000))
    village.send(AlertCame(alert(at=village.now)))
    at, _, checked = village.heap[0]
    state, commands = step(village.state, at, checked)
    state, more = step(state, at + ms(150), Tick())
    (closing,) = (one for one in (*commands, *more) if isinstance(one, RelayOn))
    assert closing.channels == (1, 2)
    assert closing.max_on_ms >= (state.run.limits.max_on_s - 10) * 1000


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
