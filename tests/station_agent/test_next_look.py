"""When the agenda is looked at next: what was reckoned before is what reckoning anew would say."""

from __future__ import annotations

from datetime import datetime

import pytest

from station_agent import next_look, playout
from station_agent.playout_turn import Turn
from station_agent.simulation.runs import live
from station_agent.simulation.village import Lived

DAYS = 7
REAL = next_look.next_look


@pytest.mark.parametrize("seed", range(2000, 2006))
def test_the_next_look_is_the_one_that_is_found_by_looking_at_the_whole_agenda(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every step of a week with everything going wrong; and most steps find it reckoned already."""
    kept = reckoned = 0

    def compared(turn: Turn) -> datetime | None:
        nonlocal kept, reckoned
        before = turn.state.looked
        found = REAL(turn)
        assert found == next_look.soonest_look(turn.state, turn.now)
        kept, reckoned = kept + (turn.state.looked is before), reckoned + 1
        return found

    monkeypatch.setattr(playout, "next_look", compared)
    lived = live(seed, DAYS)
    assert isinstance(lived, Lived), lived
    assert kept > reckoned / 4
