"""A silence shorter than the word of an end takes to come: what follows is in time, and all is accounted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.wire.plan import ItemKind
from schedules.wire.report import Outcome
from station_agent.phases import Phase
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of, sha
from tests.station_agent.test_handover import MOMENTS, an_alarm_comes, relay_falls, shut_down, stop
from tests.station_agent.village_simulator import Village, ended

FIRST_MS = 5000
HEARD = (Outcome.AIRED, Outcome.CUT, Outcome.LATE)


def around(silences: tuple[int, ...], moment_ms: float) -> Village:
    """Five seconds of sound, the silences, two sounds more; `moment_ms` from the end of the first. The file
    of each is 26 ms longer than approved, and its end is told as late."""
    village = Village(padding_ms=26)
    pauses = [item(f"n/p{number}", length, ItemKind.PAUSE) for number, length in enumerate(silences)]
    items = (item("n/1", FIRST_MS), *pauses, item("n/2", 5000), item("n/3", 3000))
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items)))
    village.run_until(IN_A_MINUTE + ms(FIRST_MS + moment_ms))
    return village


@pytest.mark.parametrize("silences", [(0,), (10,), (0, 0), (0, 30, 0), (100,), (350,), (400,), (30, 700)])
def test_a_sound_behind_a_short_silence_begins_at_its_instant(silences: tuple[int, ...]) -> None:
    """Each silence is aired too, for as long as it was to last."""
    village = around(silences, -2000)
    village.run_until(NOON + timedelta(minutes=3))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert len(village.outcomes) == 3 + len(silences)
    assert village.played["n/2"] == IN_A_MINUTE + ms(FIRST_MS + sum(silences))
    begins = IN_A_MINUTE + ms(FIRST_MS)
    for number, length in enumerate(silences):
        silence = village.outcomes[f"n/p{number}"]
        assert (silence.started_at, silence.aired_ms) == (begins, length)
        begins += ms(length)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("silences", [(0,), (40,), (0, 25)])
@pytest.mark.parametrize("fault", [stop, shut_down, relay_falls, an_alarm_comes])
def test_whatever_ends_the_broadcast_around_a_short_silence_leaves_every_item_one_outcome(
    fault: Callable[[Village], None], silences: tuple[int, ...], moment: int
) -> None:
    """Nothing begins afterwards, and nothing counts as heard that had not begun."""
    village = around(silences, moment)
    fault(village)
    village.run_until(village.now + ms(150))
    assert not village.closed()
    silent_from = village.relays[-1][0]
    village.run_until(NOON + timedelta(minutes=9))
    mine = {key: one for key, one in village.outcomes.items() if key.startswith("n/")}
    for airing in mine.values():
        assert (airing.outcome in HEARD) == (airing.started_at is not None)
        assert airing.started_at is None or airing.outcome is Outcome.LATE or airing.started_at <= silent_from
    assert not [key for key in village.drafts if key.startswith("n/")]
    assert len(mine) == 3 + len(silences) or fault is shut_down  # the rest is decided after the next start


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("silences", [(0,), (40,), (0, 25)])
def test_power_lost_around_a_short_silence_plays_nothing_again(
    silences: tuple[int, ...], moment: int
) -> None:
    """The books are whole afterwards; the village itself checks that nothing is played or told twice."""
    village = around(silences, moment)
    village.die(timedelta(minutes=2))
    village.run_until(NOON + timedelta(minutes=9))
    assert village.drafts == {}
    assert len(village.outcomes) == 3 + len(silences)
    second = village.outcomes["n/2"]
    assert (second.started_at is not None) == (second.outcome is Outcome.CUT)


@pytest.mark.parametrize("moment", [*range(-360, 0, 30), -5])
def test_a_sound_handed_over_behind_a_short_silence_may_fail_or_be_withdrawn(moment: int) -> None:
    """The silence is kept, and the third sound takes its place."""
    for loses in ("fails", "withdrawn"):
        village = around((20,), moment)
        if loses == "fails":
            village.fail("n/2")
        else:
            assert village.plan is not None
            village.swap(village.plan.model_copy(update={"serial": 2, "withdrawn": (sha("n/2"),)}))
        village.run_until(NOON + timedelta(minutes=3))
        assert ended(village) == {
            "n/1": ("aired", None),
            "n/2": ("missed", "output_failed") if loses == "fails" else ("skipped", "withdrawn"),
            "n/3": ("aired", None),
            "n/p0": ("aired", None),
        }
        assert village.played["n/3"] - (IN_A_MINUTE + ms(FIRST_MS + 20)) <= ms(46)


def test_an_end_that_is_never_told_holds_nothing_up_behind_a_silence() -> None:
    """The sound after the silence is heard: what came before it has been."""
    village = around((30, 0), -200)
    village._drop(lambda event: event.key == "n/1")
    village.run_until(NOON + timedelta(minutes=3))
    assert set(ended(village).values()) == {("aired", None)}
    assert len(village.outcomes) == 5
    assert village.outcomes["n/p0"].aired_ms == 30
    assert village.state.phase is Phase.IDLE
