"""A delay within a broadcast: the pauses after it give it back, and where there are none it stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hardware.ports import Finished, Stalled, WentOn
from schedules.wire.plan import ItemKind, PlanItem
from schedules.wire.report import Outcome
from station_agent.live_state import describe
from station_agent.operator_acts import OperatorStop
from station_agent.playout_values import ClockStepped
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of
from tests.station_agent.surroundings import around
from tests.station_agent.village_simulator import Village

LATE_MS = 900


def parts(*pauses: int) -> tuple[PlanItem, ...]:
    """A sound of five seconds before each pause, and one at the end; a pause of 0 is left out."""
    items: list[PlanItem] = []
    for number, length in enumerate(pauses):
        items.append(item(f"n/{number}", 5000))
        items += [item(f"n/p{number}", length, ItemKind.PAUSE)] if length else []
    return (*items, item("n/last", 5000))


def begun(items: tuple[PlanItem, ...]) -> Village:
    village = Village()
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(IN_A_MINUTE + ms(1000))
    return village


def late_ms(village: Village, key: str) -> float:
    started_at = village.outcomes[key].started_at
    assert started_at is not None
    return (started_at - village.outcomes[key].planned_start) / ms(1)


def held_up_over_the_second_sound(village: Village) -> None:
    village.start_late_ms = LATE_MS
    village.run_until(IN_A_MINUTE + ms(5000 + 1000))
    village.start_late_ms = 0


@pytest.mark.parametrize(
    ("pauses", "late"),
    [
        ((0, 2000, 2000), {"n/2": 0, "n/last": 0}),
        ((0, 1000, 1000), {"n/2": LATE_MS - 510, "n/last": 0}),
        ((0, 600, 600), {"n/2": LATE_MS - 310, "n/last": LATE_MS - 610}),
        ((0, 0, 0), {"n/2": LATE_MS - 10, "n/last": LATE_MS - 10}),
    ],
)
def test_what_follows_is_on_its_second_again_as_far_as_half_of_each_pause_takes_it(
    pauses: tuple[int, ...], late: dict[str, float]
) -> None:
    """Ten milliseconds are made good at any seam. No sound is shortened, and none begins too early."""
    village = begun(parts(*pauses))
    held_up_over_the_second_sound(village)
    village.run_until(NOON + timedelta(minutes=3))
    assert late_ms(village, "n/1") == LATE_MS
    assert {key: late_ms(village, key) for key in late} == late
    for key, one in village.outcomes.items():
        assert one.outcome is Outcome.AIRED, key
        if one.kind is ItemKind.PAUSE:
            assert one.planned_ms / 2 <= one.aired_ms <= one.planned_ms
        else:
            assert one.aired_ms == one.planned_ms


def test_several_pauses_in_a_row_give_back_together() -> None:
    """The first as much as it may, the next what is left."""
    silences = (item("n/p", 600, ItemKind.PAUSE), item("n/q", 1000, ItemKind.PAUSE))
    items = (item("n/0", 5000), item("n/1", 5000), *silences, item("n/last", 5000))
    village = begun(items)
    held_up_over_the_second_sound(village)
    village.run_until(NOON + timedelta(minutes=3))
    assert late_ms(village, "n/last") == LATE_MS - 10 - 300 - 500
    assert [village.outcomes[key].aired_ms for key in ("n/p", "n/q")] == [300, 500]


def test_a_delay_while_a_sound_is_heard_is_given_back_too() -> None:
    """Its worker was replaced, and it ended later by the silence."""
    village = begun(parts(4000, 4000))
    village.run_until(IN_A_MINUTE + ms(2000))
    village.send(Stalled("n/0", village.now))
    village.run_until(IN_A_MINUTE + ms(3500))
    village._drop(lambda event: event.key == "n/0")
    village.send(WentOn("n/0", village.now, 1500))
    ends_at = IN_A_MINUTE + ms(6500)
    village.later((ends_at - village.now) / ms(1), Finished("n/0", ends_at, 5000))
    village.run_until(NOON + timedelta(minutes=3))
    assert late_ms(village, "n/p0") == 1500
    assert (late_ms(village, "n/1"), late_ms(village, "n/last")) == (0, 0)


def within_a_shortened_pause() -> Village:
    """Two seconds by the programme, of which it gives 890 ms back."""
    village = begun(parts(0, 2000, 2000))
    held_up_over_the_second_sound(village)
    village.run_until(IN_A_MINUTE + ms(10_000 + LATE_MS + 100))
    assert village.state.run is not None
    assert village.state.run.cue.length_ms == 2000 - LATE_MS + 10
    return village


@pytest.mark.parametrize("after_ms", [0, 40])
def test_a_shortened_pause_that_is_stopped_at_its_very_end_counts_as_long_as_it_was(after_ms: int) -> None:
    """Not as long as the programme says: nobody heard the rest of that silence."""
    village = within_a_shortened_pause()
    assert village.state.run is not None
    assert village.state.run.deadline is not None
    village.now = village.state.run.deadline + ms(after_ms)
    village.send(OperatorStop())
    village.run_until(NOON + timedelta(minutes=3))
    one = village.outcomes["n/p1"]
    assert one.started_at is not None
    assert one.ended_at is not None
    assert (one.outcome, one.aired_ms) == (Outcome.AIRED, 2000 - LATE_MS + 10)
    assert (one.ended_at - one.started_at) / ms(1) == one.aired_ms


def test_who_looks_on_sees_how_long_a_shortened_pause_is() -> None:
    """The live state counts to where it ends, and not to where the programme has it end."""
    village = within_a_shortened_pause()
    on_air = describe(village.state, around(None), village.now)["on_air"]
    assert (on_air["item"], on_air["duration_ms"]) == ("n/p1", 2000 - LATE_MS + 10)
    later = describe(village.state, around(None), village.now + ms(5000))["on_air"]
    assert later["elapsed_ms"] == on_air["duration_ms"]


def test_a_broadcast_that_began_late_pauses_as_the_programme_says() -> None:
    """Its plan counts from its first sample."""
    village = Village(start_late_ms=LATE_MS)
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=parts(2000, 2000))))
    village.run_until(IN_A_MINUTE + ms(1500))
    village.start_late_ms = 0
    village.run_until(NOON + timedelta(minutes=3))
    assert [village.outcomes[key].aired_ms for key in ("n/p0", "n/p1")] == [2000, 2000]


def test_a_clock_that_steps_is_no_delay() -> None:
    """What is awaited moves with it; the pause lasts as long as it was to."""
    village = begun(parts(2000, 2000))
    village._drop(lambda event: event.key == "n/0")
    village.now += timedelta(seconds=40)
    village.send(ClockStepped(40_000))
    ends_at = village.now + ms(4000)
    village.later(4000, Finished("n/0", ends_at, 5000))
    village.run_until(NOON + timedelta(minutes=4))
    assert [village.outcomes[key].aired_ms for key in ("n/p0", "n/p1")] == [2000, 2000]
