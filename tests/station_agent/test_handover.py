"""The seam between two items: no gap, no drift, and every fault at every moment of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from hardware.ports import RelayCause, RelayState
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind
from schedules.wire.report import Outcome
from station_agent.operator_acts import OperatorStop
from station_agent.phases import Phase
from station_agent.playout_values import ClockStepped, Stopping
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of, sha
from tests.station_agent.village_simulator import Village, ended

SEAM = IN_A_MINUTE + ms(5000)
MOMENTS = [*range(-420, 0, 30), -5, 0, 5, 15, 25, 35, 45, 60, 100]
"""Milliseconds from the seam between the first item and the second."""


def at_the_seam(moment_ms: float, **more: float) -> Village:
    """Two items of five seconds and a third; the file of each is 26 ms longer than approved."""
    village = Village(padding_ms=26, **more)  # type: ignore[arg-type]
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (5000, 5000, 5000))))
    village.run_until(SEAM + ms(moment_ms))
    return village


@pytest.mark.parametrize(("late_ms", "padding_ms"), [(0, 0), (0, 26), (0, 46), (9, 26), (30, 26)])
def test_six_items_each_begin_on_their_own_instant(late_ms: float, padding_ms: float) -> None:
    """A few milliseconds of lateness are made good at the next seam; a file's padding adds nothing."""
    village = Village(start_late_ms=0, padding_ms=padding_ms)
    items = (
        item("n/1", 3000, ItemKind.JINGLE),
        item("n/2", 8000),
        item("n/3", 700, ItemKind.PAUSE),
        item("n/4", 6000),
        item("n/5", 200, ItemKind.PAUSE),
        item("n/6", 4000),
        item("n/7", 350, ItemKind.JINGLE),
        item("n/8", 4000),
    )
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(IN_A_MINUTE + ms(500))
    village.start_late_ms = late_ms
    village.run_until(NOON + timedelta(minutes=3))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert len(village.outcomes) == len(items)
    for position, part in enumerate(items):
        airing = village.outcomes[part.key]
        assert airing.started_at is not None
        late = (airing.started_at - airing.planned_start) / ms(1)
        assert 0 <= late <= late_ms + max(0, late_ms - 10) * position, part.key


@pytest.mark.parametrize("moment", MOMENTS)
def test_power_lost_at_the_seam_calls_nothing_cut_that_was_not_heard(moment: int) -> None:
    """Between its intent and its first sample the second item is missed, with no aired time."""
    village = at_the_seam(moment)
    has_intent = "n/2" in village.drafts
    assert has_intent is (moment >= -400)
    village.die(timedelta(minutes=2))
    village.run_until(NOON + timedelta(minutes=9))
    assert village.outcomes["n/1"].outcome is (Outcome.CUT if moment < 26 else Outcome.AIRED)
    second = village.outcomes["n/2"]
    if moment < 0 or second.outcome is Outcome.MISSED:
        assert (second.outcome, second.reason) == (Outcome.MISSED, "power_lost")
        assert (second.aired_ms, second.started_at) == (0, None)
    assert moment < 26 or second.outcome is Outcome.CUT
    assert village.drafts == {}
    assert len(village.outcomes) == 3


def stop(village: Village) -> None:
    village.send(OperatorStop())


def shut_down(village: Village) -> None:
    village.send(Stopping())


def relay_falls(village: Village) -> None:
    village._switch(False)
    village.send(RelayState(1, False, False, village.now, RelayCause.MAX_ON_TIME))


def an_alarm_comes(village: Village) -> None:
    alarm = broadcast("alarm", village.now + ms(1000), rank=MessageClass.EMERGENCY)
    village.swap(plan_of(*village.plan.broadcasts, alarm, serial=2))  # type: ignore[union-attr]
    village.run_until(village.now + ms(100))


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (stop, "operator_stop"),
        (shut_down, "stopped"),
        (relay_falls, "max_on_time"),
        (an_alarm_comes, "pre_empted"),
    ],
)
def test_whatever_ends_the_broadcast_at_the_seam_silences_both(
    fault: Callable[[Village], None], reason: str, moment: int
) -> None:
    """After a fade the relay opens, nothing begins afterwards, and no item is lost from the books."""
    village = at_the_seam(moment)
    fault(village)
    village.run_until(village.now + ms(150))
    assert not village.closed()
    silent_from = village.relays[-1][0]
    village.run_until(silent_from + timedelta(seconds=2))
    heard = [key for key, airing in village.outcomes.items() if airing.aired_ms]
    assert all(village.played[key] <= silent_from for key in heard)
    first, second = village.outcomes["n/1"], village.outcomes.get("n/2")
    assert (first.outcome, first.reason) in ((Outcome.AIRED, None), (Outcome.CUT, reason))
    assert first.outcome is Outcome.AIRED or silent_from < SEAM + ms(350)
    if second is not None:
        assert second.reason == reason
        assert (second.outcome is Outcome.CUT) == (second.started_at is not None)
    assert set(village.drafts) <= {"alarm/1"}


@pytest.mark.parametrize("moment", [*range(-390, 0, 30), -5, 5, 15])
def test_the_next_item_failing_at_the_seam_leaves_the_current_one_alone(moment: int) -> None:
    """It is missed and told; the third takes its place."""
    village = at_the_seam(moment)
    assert village.state.run is not None
    assert village.state.run.cue.item.key == "n/1"
    village.fail("n/2")
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village)["n/1"] == ("aired", None)
    assert ended(village)["n/2"] == ("missed" if moment < 0 else "cut", "output_failed")
    assert ended(village)["n/3"] == ("aired", None)
    assert [one.code for one in village.incidents] == ["output_failed"]


@pytest.mark.parametrize("moment", [moment for moment in MOMENTS if moment < 0])
def test_a_withdrawn_recording_handed_over_ahead_is_taken_back(moment: int) -> None:
    """The item on the air is heard to its end, and the one after the withdrawn follows it."""
    village = at_the_seam(moment)
    plan = village.plan
    assert plan is not None
    village.swap(plan.model_copy(update={"serial": 2, "withdrawn": (sha("n/2"),)}))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {
        "n/1": ("aired", None),
        "n/2": ("skipped", "withdrawn"),
        "n/3": ("aired", None),
    }
    assert "n/2" not in village.played


@pytest.mark.parametrize("moment", [5, 15, 25])
def test_a_withdrawn_recording_that_has_just_begun_is_cut(moment: int) -> None:
    """The one before it was heard whole, though its end was not told yet."""
    village = at_the_seam(moment)
    plan = village.plan
    assert plan is not None
    village.swap(plan.model_copy(update={"serial": 2, "withdrawn": (sha("n/2"),)}))
    village.run_until(village.now + ms(150))
    assert not village.closed()
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village)["n/1"] == ("aired", None)
    assert ended(village)["n/2"] == ("cut", "withdrawn")


@pytest.mark.parametrize("by_s", [-600, 600])
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_clock_that_steps_at_the_seam_changes_nothing_that_is_heard(moment: int, by_s: int) -> None:
    """Sounds wait on a clock that never steps; what is awaited moves with the wall clock."""
    village = at_the_seam(moment)
    by = timedelta(seconds=by_s)
    village.now += by
    village.heap = [(at + by, order, event) for at, order, event in village.heap]
    village.relays = [(at + by, on) for at, on in village.relays]
    village.send(ClockStepped(by_s * 1000))
    village.run_until(village.now + timedelta(seconds=60))
    assert [ended(village)[f"n/{index}"] for index in (1, 2, 3)] == [("aired", None)] * 3
    assert village.state.phase is Phase.IDLE


def test_an_end_that_is_never_told_holds_nothing_up() -> None:
    """The next item sounds: the one before it has been heard."""
    village = at_the_seam(-300)
    village._drop(lambda event: event.key == "n/1")
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None), "n/3": ("aired", None)}
    assert village.incidents == []


def test_a_stalled_sound_is_cut_by_the_next_one_and_says_so() -> None:
    """It has far more left than padding: it was not heard whole, and nothing after it is late."""
    village = Village(padding_ms=26)
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (5000, 5000))))
    village.run_until(SEAM - ms(1000))
    stalled = [(at + ms(2000), order, event) for at, order, event in village.heap]
    village.heap = stalled
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played["n/2"] == SEAM
    assert ended(village)["n/1"] == ("cut", "output_failed")
    assert village.outcomes["n/1"].aired_ms == 3000
    assert ended(village)["n/2"] == ("aired", None)


def test_a_live_stream_is_neither_handed_over_nor_cut_ahead() -> None:
    """It has its own end, and needs its own connection."""
    village = Village()
    items = (
        item("n/1", 3000),
        item("n/2", 4000, ItemKind.LIVE, url="http://127.0.0.1/live"),
        item("n/3", 3000),
    )
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.endless.add("n/2")
    village.run_until(NOON + timedelta(minutes=2))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert ms(0) <= village.played["n/2"] - (IN_A_MINUTE + ms(3000)) <= ms(50)
