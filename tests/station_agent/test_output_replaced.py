"""What plays is replaced while an item is heard: it goes on, and its silence counts for nothing."""

from __future__ import annotations

from datetime import timedelta

from hardware.ports import Finished, Stalled, WentOn
from schedules.wire.plan import ItemKind, PlanItem
from schedules.wire.report import Outcome
from station_agent.operator_acts import OperatorStop
from station_agent.playout_values import ClockStepped
from tests.station_agent.documents import IN_A_MINUTE, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village


def on_the_air(*durations: int) -> Village:
    """Three seconds into an item whose end only the test tells."""
    village = Village(endless={"news/1"})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, durations)))
    village.run_until(IN_A_MINUTE + ms(3000))
    return village


def silent_for(village: Village, silent_ms: int) -> None:
    village.send(Stalled("news/1", village.now))
    village.run_until(village.now + ms(silent_ms))
    village.send(WentOn("news/1", village.now, silent_ms))


def test_what_is_marked_for_a_power_cut_does_not_count_the_silence() -> None:
    """Neither while it lasts nor after it."""
    village = on_the_air(20_000)
    village.send(Stalled("news/1", village.now))
    village.run_until(village.now + ms(1500))
    assert village.drafts["news/1"].aired_ms == 3000
    village.send(WentOn("news/1", village.now, 1500))
    village.run_until(village.now + ms(2000))
    assert 3900 <= village.drafts["news/1"].aired_ms <= 5000


def test_what_is_cut_after_the_silence_was_heard_for_the_rest() -> None:
    """Cut in the silence: up to it. Cut afterwards: without it."""
    for silent_ms, goes_on, heard_ms in ((1500, False, 3000), (1500, True, 3000), (0, True, 3000)):
        village = on_the_air(20_000)
        village.send(Stalled("news/1", village.now))
        village.run_until(village.now + ms(silent_ms))
        if goes_on:
            village.send(WentOn("news/1", village.now, silent_ms))
        village.send(OperatorStop())
        village.run_until(village.now + timedelta(seconds=5))
        airing = village.outcomes["news/1"]
        assert (airing.outcome, airing.reason, airing.aired_ms) == (Outcome.CUT, "operator_stop", heard_ms)


def test_an_item_that_goes_on_late_is_waited_for_as_much_longer() -> None:
    """Three replacements of two seconds are more than the patience with an output that hangs."""
    village = on_the_air(5000)
    for _ in range(3):
        silent_for(village, 2000)
    village.run_until(IN_A_MINUTE + ms(11_000))
    village.send(Finished("news/1", village.now, 5000))
    village.run_until(village.now + timedelta(seconds=5))
    assert village.outcomes["news/1"].outcome is Outcome.AIRED
    assert village.outcomes["news/1"].aired_ms == 5000


def test_it_is_not_whole_at_its_nominal_end() -> None:
    """Stopped at that instant, two seconds of it were still to come."""
    village = on_the_air(5000)
    silent_for(village, 2000)
    village.run_until(IN_A_MINUTE + ms(5050))
    village.send(OperatorStop())
    village.run_until(village.now + timedelta(seconds=5))
    assert (village.outcomes["news/1"].outcome, village.outcomes["news/1"].aired_ms) == (Outcome.CUT, 3050)


def test_a_clock_that_steps_in_the_silence_changes_nothing() -> None:
    """What is awaited moves with the clock."""
    village = on_the_air(20_000)
    village.send(Stalled("news/1", village.now))
    village.now += timedelta(hours=1)
    village.send(ClockStepped(3_600_000))
    village.run_until(village.now + ms(1500))
    village.send(OperatorStop())
    village.run_until(village.now + timedelta(seconds=5))
    assert village.outcomes["news/1"].aired_ms == 3000


def test_of_a_stream_only_what_sounded_counts_at_its_end() -> None:
    """Its time is over when it was to be; the silence is not made up for."""
    stream = PlanItem(
        key="news/1", kind=ItemKind.LIVE, title="Radio", duration_ms=8000, url="http://radio.invalid/live"
    )
    village = Village(endless={"news/1"})
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, items=(stream,))))
    village.run_until(IN_A_MINUTE + ms(3000))
    silent_for(village, 2000)
    village.run_until(IN_A_MINUTE + ms(12_000))
    airing = village.outcomes["news/1"]
    assert 5900 <= airing.aired_ms <= 6000
    assert airing.ended_at is not None
    assert airing.ended_at - IN_A_MINUTE <= ms(8100)
