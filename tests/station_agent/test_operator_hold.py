"""What the operator holds back, and what becomes of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from schedules.airing_origin import Origin, origin_of
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind, MissedPolicy, MissedRule
from station_agent.operator_acts import (
    OperatorHold,
    OperatorMicrophone,
    OperatorPlay,
)
from station_agent.playout_values import (
    AlertCame,
    ClockStepped,
    KeepDesk,
)
from tests.station_agent.documents import IN_A_MINUTE, NOON, alert, broadcast, item, ms
from tests.station_agent.operated_village import LATE, LATER, a_village
from tests.station_agent.village_simulator import ended


@pytest.mark.parametrize(
    ("missed", "outcome"),
    [
        (MissedPolicy(), ("missed", "operator_hold")),
        (LATE, ("late", "operator_hold")),
        (MissedPolicy(rule=MissedRule.JOIN), ("joined", "operator_hold")),
    ],
)
def test_what_is_held_is_decided_by_its_policy_when_the_hold_is_over(
    missed: MissedPolicy, outcome: tuple[str, str]
) -> None:
    """A funeral passes: for five minutes nothing new starts."""
    village = a_village(broadcast("news", IN_A_MINUTE, (600_000,), missed=missed))
    village.send(OperatorHold(NOON + timedelta(minutes=5)))
    village.run_until(NOON + timedelta(minutes=5))
    assert village.played == {}
    assert village.outcomes == {}
    village.run_until(LATER)
    assert ended(village) == {"news/1": outcome}


def test_a_hold_lets_what_plays_come_to_its_end_and_emergencies_through() -> None:
    """Rule 2, and promise 10."""
    village = a_village(
        broadcast("news", IN_A_MINUTE, (20_000, 20_000)),
        broadcast("songs", NOON + timedelta(minutes=2), rank=MessageClass.FILLER),
        broadcast("flood", NOON + timedelta(minutes=3), rank=MessageClass.EMERGENCY),
    )
    village.run_until(IN_A_MINUTE + ms(5000))
    village.send(OperatorHold(LATER))
    village.run_until(NOON + timedelta(minutes=4))
    village.send(AlertCame(alert(at=village.now)))
    village.run_until(NOON + timedelta(minutes=5))
    heard = {origin_of(key): key for key in village.played}
    assert set(heard) == {Origin.PLAN, Origin.ALERT}
    assert {"news/1", "news/2", "flood/1"} <= set(village.played)
    assert "songs/1" not in village.played


def test_a_hold_keeps_back_nothing_that_is_done_by_hand() -> None:
    """Whoever holds is at hand himself: his own song and the microphone begin."""
    village = a_village(broadcast("news", IN_A_MINUTE, missed=LATE))
    village.send(OperatorHold(LATER))
    village.run_until(NOON + timedelta(minutes=3))
    village.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE)))
    village.run_until(NOON + timedelta(minutes=5))
    village.send(OperatorMicrophone(timedelta(minutes=2)))
    village.run_until(NOON + timedelta(minutes=10))
    assert ended(village) == {
        "local:20261124T050300Z/1": ("aired", None),
        "microphone:20261124T050500Z/1": ("aired", None),
    }


def test_a_hold_is_given_up_and_outlives_a_restart() -> None:
    """What the operator set stays set; 0 minutes is 'go on'."""
    village = a_village(broadcast("news", IN_A_MINUTE, missed=LATE))
    village.send(OperatorHold(LATER))
    (kept,) = village.given(KeepDesk)
    assert isinstance(kept, KeepDesk)
    assert kept.desk.held_until == LATER
    village.run_until(NOON + timedelta(minutes=3))
    village.send(OperatorHold(None))
    village.run_until(NOON + timedelta(minutes=4))
    assert ended(village) == {"news/1": ("late", "operator_hold")}


@pytest.mark.parametrize("before_ms", [4000, 1200, 400])
def test_a_hold_takes_back_what_was_about_to_begin(before_ms: int) -> None:
    """Armed or warming up: the relay opens, and it is decided later."""
    village = a_village(broadcast("news", IN_A_MINUTE, missed=LATE))
    village.run_until(IN_A_MINUTE - ms(before_ms))
    village.send(OperatorHold(NOON + timedelta(minutes=10)))
    village.run_until(NOON + timedelta(minutes=2))
    began = village.played.get("news/1")
    if before_ms > 1200:
        assert began is None
        assert not village.closed()
        village.run_until(LATER)
        assert ended(village) == {"news/1": ("late", "operator_hold")}


@pytest.mark.parametrize("by_s", [-3600, 3600])
def test_a_hold_lasts_as_long_as_was_asked_for_whatever_the_clock_does(by_s: int) -> None:
    """Ten minutes are ten minutes."""
    village = a_village()
    village.send(OperatorHold(NOON + timedelta(minutes=10)))
    village.now += timedelta(seconds=by_s)
    village.send(ClockStepped(by_s * 1000))
    assert village.state.desk.held_until == village.now + timedelta(minutes=10)


def test_a_hold_that_was_over_does_not_come_back_when_a_clock_that_stood_in_2000_is_set() -> None:
    """It was kept over a power cut that emptied the clock's battery: no step may carry it years ahead."""
    village = a_village()
    village.send(OperatorHold(NOON + timedelta(minutes=10)))
    years = timedelta(days=27 * 365)
    village.now = NOON + timedelta(hours=2) - years  # started again on the wrong clock
    village.now += years
    village.send(ClockStepped(int(years.total_seconds()) * 1000))
    assert village.state.desk.held_until is None


def test_a_hold_is_never_longer_than_eight_hours() -> None:
    """Somebody forgets it: the village is not silent for ever."""
    village = a_village()
    village.send(OperatorHold(NOON + timedelta(days=30)))
    assert village.state.desk.held_until == NOON + timedelta(hours=8)
