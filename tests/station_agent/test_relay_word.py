"""What a relay says before the alarm is noted, and nothing else is looked at: looking would find nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from hardware.ports import RelayState
from station_agent import execution, playout
from station_agent.playout_state import PlayoutState
from station_agent.playout_values import Command, Event
from station_agent.simulation.runs import live
from station_agent.simulation.village import Lived

DAYS = 7
REAL = playout.step


@pytest.mark.parametrize("seed", range(2010, 2013))
def test_a_relays_word_before_the_alarm_leads_to_what_looking_around_would_lead_to(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every step of a week with everything going wrong; and most of what relays say is only noted."""
    noted = said = 0

    def compared(
        state: PlayoutState, now: datetime, event: Event
    ) -> tuple[PlayoutState, tuple[Command, ...]]:
        nonlocal noted, said
        found = REAL(state, now, event)
        if isinstance(event, RelayState):
            with monkeypatch.context() as looking:
                looking.setattr(playout, "is_only_noted", lambda _turn, _before: False)
                whole = REAL(state, now, event)
            assert found[1] == whole[1]
            assert replace(found[0], looked=None) == replace(whole[0], looked=None)
            noted, said = noted + (found[0].looked is state.looked and not found[1]), said + 1
        return found

    monkeypatch.setattr(execution, "step", compared)
    lived = live(seed, DAYS)
    assert isinstance(lived, Lived), lived
    assert noted > said / 2
