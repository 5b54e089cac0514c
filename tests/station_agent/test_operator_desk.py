"""What the operator does at the station, and what the books say of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedules.airing_origin import Origin, origin_of
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind, QuietRule, Zone
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.operator_acts import (
    OperatorMicrophone,
    OperatorOrder,
    OperatorPlay,
    OperatorStop,
    OperatorVolume,
)
from station_agent.phases import Phase
from station_agent.playout_values import (
    AlertCame,
    ClockStepped,
    ClockTrust,
    Play,
    SetVolume,
)
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, item, ms, plan_of, sha
from tests.station_agent.operated_village import LATE, LATER, TWO_ZONES, Attentive, a_village
from tests.station_agent.village_simulator import ended

# --- play -----------------------------------------------------------------------------------------------


def test_what_the_operator_plays_airs_as_his_own() -> None:
    """At once; its airing names it, and is none of the province's."""
    village = a_village()
    village.run_until(IN_A_MINUTE)
    village.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE), ("horns",)))
    village.run_until(LATER)
    (airing,) = village.outcomes.values()
    assert airing.broadcast == "local:20261124T050100Z"
    assert origin_of(airing.broadcast) is Origin.LOCAL
    assert (airing.outcome, airing.title, airing.zones) == (Outcome.AIRED, "song", ("horns",))
    assert airing.evidence is EvidenceGrade.RELAY_CONFIRMED


def test_what_the_operator_plays_keeps_quiet_hours_and_gives_way() -> None:
    """It is an ordinary broadcast; while something of its class is on the air it does not begin."""
    night = NOON + timedelta(hours=10)
    village = a_village(broadcast("flood", night + timedelta(minutes=1), quiet=QuietRule.IGNORE))
    village.run_until(night)
    village.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE)))
    village.run_until(night + timedelta(minutes=3))
    assert ended(village)["local:20261124T150000Z/1"] == ("skipped", "quiet_hours")

    other = a_village(
        broadcast("news", IN_A_MINUTE, (60_000,)),
        broadcast("late-news", NOON + timedelta(minutes=5), rank=MessageClass.PRIORITY),
    )
    other.run_until(IN_A_MINUTE + ms(5000))
    other.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE)))
    other.run_until(NOON + timedelta(minutes=4, seconds=50))
    other.send(OperatorPlay(item("long-song", 60_000, ItemKind.JINGLE)))
    other.run_until(LATER)
    assert ended(other)["news/1"] == ("aired", None)
    assert ended(other)["local:20261124T050105Z/1"] == ("missed", "busy")
    assert ended(other)["local:20261124T050450Z/1"] == ("cut", "pre_empted")
    assert ended(other)["late-news/1"] == ("aired", None)


def test_a_sound_of_the_operator_that_changed_on_the_disk_is_not_played() -> None:
    """The hash is compared before it airs, as for everything."""
    village = a_village()
    village.bad.add(sha("song"))
    village.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE)))
    village.run_until(LATER)
    assert {one.reason for one in village.outcomes.values()} == {"audio_missing"}


def test_twice_asked_is_played_twice() -> None:
    """Within the same second, too: each has a key of its own."""
    village = a_village()
    for _ in range(2):
        village.send(OperatorPlay(item("song", 3000, ItemKind.JINGLE)))
    village.run_until(LATER)
    assert len(village.outcomes) == 2


# --- microphone -------------------------------------------------------------------------------------------


def test_the_microphone_has_the_line_until_it_is_given_back() -> None:
    """The relays close, the PC is silent, what was on the air is cut; then the relays open."""
    village = a_village(broadcast("news", IN_A_MINUTE, (120_000,)))
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(OperatorMicrophone(timedelta(minutes=10)))
    village.run_until(village.now + ms(40_000))
    assert village.closed()
    assert village.state.phase is Phase.PAUSE
    village.send(OperatorMicrophone(None))
    village.run_until(village.now + ms(3000))
    assert not village.closed()
    assert ended(village)["news/1"] == ("cut", "pre_empted")
    airing = village.outcomes["microphone:20261124T050105Z/1"]
    assert (airing.outcome, airing.kind, airing.evidence) == (
        Outcome.AIRED,
        ItemKind.PAUSE,
        EvidenceGrade.RELAY_CONFIRMED,
    )
    assert 38_000 <= airing.aired_ms <= 41_000


def test_the_microphone_is_taken_back_by_time_and_by_an_alert() -> None:
    """It is forgotten after its minutes; an emergency does not wait for it."""
    village = a_village()
    village.send(OperatorMicrophone(timedelta(minutes=2)))
    village.run_until(NOON + timedelta(minutes=3))
    assert not village.closed()
    village.send(OperatorMicrophone(timedelta(minutes=2)))
    village.run_until(NOON + timedelta(minutes=4))
    village.send(AlertCame(alert(at=village.now)))
    asked = village.now
    village.run_until(NOON + timedelta(minutes=6))
    first, second = (one for one in village.outcomes.values() if one.kind is ItemKind.PAUSE)
    assert (first.outcome, second.outcome, second.reason) == (Outcome.AIRED, Outcome.CUT, "pre_empted")
    assert min(at for key, at in village.played.items() if key.startswith("alert")) - asked <= ms(500)


def test_an_emergency_keeps_the_line_from_the_microphone() -> None:
    """Priority is below emergency: what cannot begin within its grace does not."""
    village = a_village(broadcast("flood", IN_A_MINUTE, (60_000,), rank=MessageClass.EMERGENCY))
    village.run_until(IN_A_MINUTE + ms(3000))
    village.send(OperatorMicrophone(timedelta(minutes=2)))
    village.run_until(LATER)
    assert ended(village)["flood/1"] == ("aired", None)
    assert ended(village)["microphone:20261124T050103Z/1"] == ("missed", "busy")


# --- level and order ---------------------------------------------------------------------------------------


def test_the_level_changes_what_plays_and_what_comes_but_no_alert() -> None:
    """Percent of the plan's level; the lowest of a broadcast's zones holds."""
    village = a_village(
        broadcast("news", IN_A_MINUTE, (30_000,), zones=("horns", "fm")),
        broadcast("later", NOON + timedelta(minutes=3), zones=("fm",)),
    )
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(OperatorVolume(40, "horns"))
    assert village.given(SetVolume) == [SetVolume(40)]
    village.run_until(NOON + timedelta(minutes=4))
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(LATER)
    levels = {one.cue.item.title: one.volume_percent for one in village.given(Play) if isinstance(one, Play)}
    assert levels == {"news/1": 100, "later/1": 100, "siren": 100, "flood": 100}
    village.send(OperatorVolume(0))
    village.swap(plan_of(broadcast("n2", LATER + timedelta(minutes=1)), serial=2, zones=TWO_ZONES))
    village.run_until(LATER + timedelta(minutes=3))
    last = village.given(Play)[-1]
    assert isinstance(last, Play)
    assert last.volume_percent == 0


@pytest.mark.parametrize(("percent", "level"), [(-5, 0), (250, 100)])
def test_a_level_out_of_range_is_brought_into_it(percent: int, level: int) -> None:
    """The door refuses it; were it to come all the same, nothing is louder than the plan allows."""
    village = a_village()
    village.send(OperatorVolume(percent))
    assert set(village.state.desk.volumes.values()) == {level}


@pytest.mark.parametrize("order", [("b", "a"), ("b",), ("a", "b"), ()])
def test_the_operator_orders_ties_between_broadcasts_of_one_class(order: tuple[str, ...]) -> None:
    """Two districts' messages at seven: he says which is first. A higher class is never put behind."""
    village = a_village(
        broadcast("a", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("b", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("c", IN_A_MINUTE, rank=MessageClass.EMERGENCY),
    )
    village.send(OperatorOrder((*order, "c")))
    village.run_until(LATER)
    heard = sorted(village.played, key=lambda key: village.played[key])
    assert heard[0] == "c/1"
    assert heard[1] == ("b/1" if order[:1] == ("b",) else "a/1")


def test_what_is_over_or_no_longer_planned_drops_out_of_the_order() -> None:
    """Nobody reads there what he asked for last week; what is kept for the next start is the same."""
    village = a_village(
        broadcast("a", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("b", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("c", LATER + ms(60_000)),
        broadcast("d", LATER + ms(120_000)),
    )
    village.send(OperatorOrder(("d", "b", "a", "c")))
    village.run_until(LATER)
    assert {"a/1", "b/1"} <= set(village.played)
    assert village.state.desk.order == ("d", "c")
    village.swap(plan_of(broadcast("c", LATER + ms(60_000)), serial=2))
    assert village.state.desk.order == ("c",)


def test_an_order_can_be_taken_back() -> None:
    """Then the earliest goes first again, and of two at once the one that the plan names first."""
    village = a_village(
        broadcast("a", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("b", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
    )
    village.send(OperatorOrder(("b", "a")))
    village.send(OperatorOrder(()))
    village.run_until(LATER)
    assert village.state.desk.order == ()
    assert village.played["a/1"] < village.played["b/1"]


def test_an_order_that_comes_while_one_is_armed_still_counts() -> None:
    """Until the relays have to close, the choice is provisional."""
    village = a_village(
        broadcast("a", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
        broadcast("b", IN_A_MINUTE, rank=MessageClass.PRIORITY, missed=LATE),
    )
    village.run_until(IN_A_MINUTE - ms(3000))
    assert village.state.phase is Phase.ARMING
    village.send(OperatorOrder(("b", "a")))
    village.run_until(LATER)
    assert village.played["b/1"] < village.played["a/1"]


def test_stop_on_an_idle_station_is_harmless() -> None:
    """It silences the output, whatever that may be doing."""
    village = a_village()
    village.send(OperatorStop())
    assert village.state.phase is Phase.IDLE
    assert village.outcomes == {}


def test_a_line_taken_on_one_relay_lets_the_others_go() -> None:
    """The news sounded on two; the microphone has one of them, warm, and the other opens."""
    zones = (Zone(key="horns", name="Horns", channel=1), Zone(key="market", name="Market", channel=2))
    village = Attentive()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, (60_000,), zones=("horns", "market")), zones=zones))
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(OperatorMicrophone(timedelta(minutes=1), ("horns",)))
    village.run_until(village.now + ms(200))
    assert village.opened == [(2,)]
    assert village.state.phase is Phase.PAUSE
    assert village.state.run is not None
    assert set(village.state.run.channels) == {1}
    village.run_until(LATER)
    (microphone,) = (one for one in village.outcomes.values() if one.kind is ItemKind.PAUSE)
    assert (microphone.zones, microphone.evidence) == (("horns",), EvidenceGrade.RELAY_CONFIRMED)


def test_what_was_asked_for_before_a_start_in_a_wrong_year_is_accounted_once_the_clock_is_set() -> None:
    """When the right clock comes back it is too late for it, and not a lifetime too early."""
    village = a_village()
    village.send(OperatorMicrophone(timedelta(minutes=5)))
    back = timedelta(days=9000)
    village.die(-back)
    village.send(ClockTrust(False, settled=False))
    village.run_until(village.now + timedelta(minutes=2))
    village.now += back
    village.send(ClockStepped(round(back / ms(1))))
    village.send(ClockTrust(True))
    village.run_until(village.now + timedelta(hours=1))
    assert village.state.agenda == ()
    assert [one.outcome for one in village.outcomes.values()] == [Outcome.MISSED]
