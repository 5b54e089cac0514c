"""Who stood still hears first what was said meanwhile."""

from __future__ import annotations

from datetime import timedelta

from hardware.ports import Finished
from schedules.wire.report import Outcome
from station_agent.phases import Phase
from station_agent.playout import step
from station_agent.playout_values import JournalOutcome, JournalProgress, Tick
from station_agent.standstill import hear_first
from tests.station_agent.documents import NOON, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village

IN_A_MINUTE = NOON + timedelta(minutes=1)


def on_the_air() -> Village:
    village = Village()
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, (5000,))))
    village.run_until(IN_A_MINUTE + ms(2000))
    assert village.state.phase is Phase.ITEM
    return village


def test_an_end_that_was_told_while_the_agent_stood_still_is_not_put_down_to_the_output() -> None:
    """The word lies in the queue, twenty seconds old: the item was heard whole."""
    village = on_the_air()
    woken = village.now + timedelta(seconds=20)
    ended = Finished("news/1", IN_A_MINUTE + ms(5000), 5000)
    _, commands = step(hear_first(village.state, woken), woken, ended)
    told = [one.airing.outcome for one in commands if isinstance(one, JournalProgress | JournalOutcome)]
    assert told
    assert Outcome.CUT not in told


def test_nothing_is_marked_as_heard_before_the_queue_is_empty() -> None:
    """The sound may have failed while nobody listened: the power may be cut before that is taken."""
    village = on_the_air()
    woken = village.now + timedelta(seconds=2)
    _, commands = step(hear_first(village.state, woken), woken, Tick())
    assert not [one for one in commands if isinstance(one, JournalProgress)]


def test_what_ends_by_the_time_alone_waits_for_nobody() -> None:
    """A state at rest, and a tail, are as they were."""
    village = on_the_air()
    village.run_until(IN_A_MINUTE + ms(5050))
    assert village.state.phase is Phase.TAIL
    assert hear_first(village.state, village.now + timedelta(seconds=20)) is village.state
    village.run_until(IN_A_MINUTE + timedelta(minutes=1))
    assert hear_first(village.state, village.now) is village.state


def stood_still_before_the_first_sample() -> Village:
    """Told to play in a moment; then nothing is said for four minutes, and the sound is taken back."""
    village = Village(start_late_ms=3_600_000)
    village.swap(plan_of(broadcast("news", IN_A_MINUTE, (5000, 5000))))
    village.run_until(IN_A_MINUTE + ms(100))
    assert village.state.phase is Phase.ITEM
    village.now += timedelta(minutes=4)
    village.state = hear_first(village.state, village.now)
    return village


def test_a_sound_that_never_began_has_its_broadcast_decided_anew() -> None:
    """The new sound worker does not begin it. Its policy is to skip: nothing airs four minutes late, and the
    station was slow, the output did not fail.
    """
    village = stood_still_before_the_first_sample()
    village.send(Finished("news/1", village.now, 0, cut=True))
    village.run_until(village.now + timedelta(minutes=1))
    assert list(village.played) == ["news/1"], "the second was not asked for"
    assert {key: (one.outcome, one.reason) for key, one in village.outcomes.items()} == {
        "news/1": (Outcome.MISSED, "slow_start"),
        "news/2": (Outcome.MISSED, "slow_start"),
    }
    assert not village.incidents
    assert village.state.phase is Phase.IDLE
