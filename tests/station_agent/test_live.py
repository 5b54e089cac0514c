"""A live stream that comes, does not come, or breaks off; and what stands in for it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from schedules.reconciliation import planned_items
from schedules.wire.plan import ItemKind, Plan, PlanItem
from schedules.wire.report import Outcome
from station_agent.operator_acts import OperatorPlay, OperatorStop
from station_agent.playout_values import ClockStepped, StreamBroke
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of
from tests.station_agent.village_simulator import Village, ended

URL = "http://127.0.0.1/live"


def items(stand_in_ms: int = 60_000, live_ms: int = 30_000) -> tuple[PlanItem, ...]:
    """A chime, thirty seconds live, a recording for where the stream fails, and a last word."""
    return (
        item("n/1", 3000, ItemKind.JINGLE),
        item("n/2", live_ms, ItemKind.LIVE, url=URL),
        item("n/3", stand_in_ms, instead_of="n/2"),
        item("n/4", 4000),
    )


def a_village(parts: tuple[PlanItem, ...]) -> Village:
    village = Village()
    village.endless.add("n/2")
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=parts)))
    return village


def test_where_the_stream_is_heard_nothing_stands_in_for_it() -> None:
    """The recording is skipped, and what follows begins at its own instant."""
    village = a_village(items())
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village) == {
        "n/1": ("aired", None),
        "n/2": ("aired", None),
        "n/3": ("skipped", "not_needed"),
        "n/4": ("aired", None),
    }
    assert village.played["n/4"] - IN_A_MINUTE <= ms(33_300)


def test_where_the_stream_does_not_come_the_recording_is_heard_to_the_streams_end() -> None:
    """It fades out when the stream was to end: what follows keeps its time."""
    village = a_village(items())
    village.fails.add("n/2")
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village) == {
        "n/1": ("aired", None),
        "n/2": ("missed", "output_failed"),
        "n/3": ("cut", "time_over"),
        "n/4": ("aired", None),
    }
    assert village.played["n/3"] - IN_A_MINUTE <= ms(3200)
    assert 29_000 <= village.outcomes["n/3"].aired_ms <= 30_100
    assert ms(33_000) <= village.played["n/4"] - IN_A_MINUTE <= ms(33_400)


@pytest.mark.parametrize("after_ms", [1000, 12_000, 25_000])
def test_where_the_stream_breaks_off_the_recording_takes_over(after_ms: int) -> None:
    """What was heard of it counts; a short recording is heard whole, and what follows is earlier then."""
    village = a_village(items(stand_in_ms=4000))
    village.run_until(IN_A_MINUTE + ms(3000 + after_ms))
    village.fail("n/2")
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village)["n/2"] == ("cut", "output_failed")
    assert ended(village)["n/3"] == ("aired", None)
    assert ended(village)["n/4"] == ("aired", None)
    assert abs(village.outcomes["n/2"].aired_ms - after_ms) <= 200
    assert ms(0) <= village.played["n/3"] - (IN_A_MINUTE + ms(3000 + after_ms)) <= ms(300)


@pytest.mark.parametrize("after_ms", [-2500, 5000, 22_000])
def test_a_stream_that_is_known_to_be_broken_is_not_waited_for(after_ms: int) -> None:
    """Refused before its first sample, or closed in its midst: the recording begins at once."""
    village = a_village(items(stand_in_ms=4000))
    if after_ms < 0:
        village.run_until(IN_A_MINUTE + ms(3010))
    else:
        village.run_until(IN_A_MINUTE + ms(3000 + after_ms))
    assert village.state.run is not None
    village.played["n/2"] = village.now + ms(1)  # the simulated output takes back only what waits
    village.send(StreamBroke("n/2", f"{URL} answered 404"))
    broke = village.now
    village.run_until(NOON + timedelta(minutes=5))
    assert village.played["n/3"] - broke <= ms(100)
    assert ended(village)["n/2"] == ("missed" if after_ms < 0 else "cut", "output_failed")
    assert ended(village)["n/3"] == ("aired", None)
    assert [one.message for one in village.incidents] == [f"{URL} answered 404"]


def test_a_stream_that_ends_as_it_should_is_heard_out() -> None:
    """Closed a second before its time: what was buffered is heard, and it counts as aired."""
    village = a_village(items())
    village.run_until(IN_A_MINUTE + ms(32_200))
    village.send(StreamBroke("n/2", f"{URL} was closed by its server"))
    village.send(StreamBroke("n/9", "of another item"))
    village.run_until(NOON + timedelta(minutes=5))
    assert ended(village)["n/2"] == ("aired", None)
    assert ended(village)["n/3"] == ("skipped", "not_needed")


def test_a_stream_that_ends_by_itself_before_its_time_has_broken_off() -> None:
    """Its server closed it: the recording takes over, and the airing does not say `aired`."""
    village = a_village(items())
    village.endless.clear()
    village.padding_ms = -20_000  # every sound ends twenty seconds before its time
    village.run_until(NOON + timedelta(minutes=5))
    assert village.outcomes["n/2"].outcome is Outcome.CUT
    assert village.outcomes["n/3"].started_at is not None


def test_without_a_recording_the_next_item_takes_over() -> None:
    """As it always was: silence is never waited out."""
    village = a_village((*items()[:2], items()[3]))
    village.fails.add("n/2")
    village.run_until(NOON + timedelta(minutes=5))
    assert village.played["n/4"] - IN_A_MINUTE <= ms(3200)


def test_a_stop_a_power_cut_and_a_clock_step_find_what_stands_in_like_any_other_item() -> None:
    """One outcome an item, whatever comes."""
    for mishap in ("stop", "die", "step"):
        village = a_village(items())
        village.fails.add("n/2")
        village.run_until(IN_A_MINUTE + ms(10_000))
        if mishap == "stop":
            village.send(OperatorStop())
        elif mishap == "die":
            village.die(timedelta(minutes=3))
        else:
            village.now += timedelta(hours=1)
            village.heap = [(at + timedelta(hours=1), order, event) for at, order, event in village.heap]
            village.send(ClockStepped(3_600_000))
        village.run_until(village.now + timedelta(minutes=5))
        assert set(village.outcomes) == {"n/1", "n/2", "n/3", "n/4"}, mishap
        if mishap == "step":
            assert ended(village)["n/3"] == ("cut", "time_over")
            assert ended(village)["n/4"] == ("aired", None)
        else:
            assert village.outcomes["n/3"].outcome is Outcome.CUT


def test_what_stands_in_takes_no_time_of_its_own() -> None:
    """In the broadcast's length, in the plan's instants, and in the airing."""
    plan = plan_of(broadcast("n", IN_A_MINUTE, items=items()))
    assert plan.broadcasts[0].duration_ms == 37_000
    starts = {one.item: one.planned_start - IN_A_MINUTE for one in planned_items(plan)}
    assert starts == {"n/1": ms(0), "n/2": ms(3000), "n/3": ms(3000), "n/4": ms(33_000)}


def test_a_plan_without_it_reads_as_it_always_did() -> None:
    """The field is written only where it is set: a station of before takes such a plan."""
    assert b"instead_of" not in plan_of(broadcast("n", IN_A_MINUTE)).to_bytes()
    with_it = plan_of(broadcast("n", IN_A_MINUTE, items=items()))
    assert b'"instead_of":"n/2"' in with_it.to_bytes()
    assert Plan.from_bytes(with_it.to_bytes()) == with_it


@pytest.mark.parametrize(
    "parts",
    [
        (items()[2], items()[1]),
        (items()[0], item("n/3", 4000, instead_of="n/1")),
        (item("n/3", 4000, instead_of="n/9"),),
    ],
)
def test_it_stands_in_for_a_live_item_before_it_or_is_refused(parts: tuple[PlanItem, ...]) -> None:
    """Anything else would be heard by accident, or never."""
    with pytest.raises(ValidationError, match="no live item before it"):
        plan_of(broadcast("n", IN_A_MINUTE, items=parts))


def test_a_pause_stands_in_for_nothing() -> None:
    """Silence in place of silence."""
    with pytest.raises(ValidationError, match="cannot stand in"):
        item("n/3", 4000, ItemKind.PAUSE, instead_of="n/2")


def test_a_file_of_the_operator_that_ends_early_was_not_heard_whole() -> None:
    """Its length was measured before it aired, and is judged as any other's."""
    village = Village()
    village.swap(plan_of())
    village.padding_ms = -3000
    village.send(OperatorPlay(item("song", 8000, ItemKind.JINGLE)))
    village.run_until(NOON + timedelta(minutes=2))
    (airing,) = village.outcomes.values()
    assert (airing.outcome, airing.reason) == (Outcome.CUT, "output_failed")
    assert (airing.planned_ms, airing.aired_ms) == (8000, 5000)
