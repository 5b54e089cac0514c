"""Who stood still on the air takes what sounded and switched meanwhile before what somebody wants."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from hardware.ports import AudioEvent, Failed
from hardware.simulated_output import SimulatedOutput
from schedules.wire.report import Airing, Outcome
from station_agent.audio_store import AudioStore
from station_agent.capture import Capture
from station_agent.execution import Execution
from station_agent.journal import Journal
from station_agent.operator_acts import OperatorStop
from station_agent.phases import Phase
from station_agent.playout_values import Event, Tick
from station_agent.surface import Surface
from tests.station_agent.documents import NOON, broadcast, plan_of
from tests.station_agent.hand_clock import HandClock
from tests.station_agent.village_simulator import Village

IN_A_MINUTE = NOON + timedelta(minutes=1)
STOOD_STILL_S = 20.0


class Station:
    """An agent on the air for two seconds, with nothing in its queue."""

    def __init__(self, folder: Path) -> None:
        village = Village()
        village.swap(plan_of(broadcast("news", IN_A_MINUTE, (5000,))))
        village.run_until(IN_A_MINUTE + timedelta(seconds=2))
        self.clock, self.queue = HandClock(), list[Event]()
        self.clock.wall = village.now
        self.journal = Journal(folder, NOON)
        heard: list[AudioEvent] = []
        output = SimulatedOutput(heard.append, self.clock, lambda _path: 5000)
        surface = Surface(
            clock=self.clock,
            journal=self.journal,
            audio=AudioStore(folder / "audio"),
            output=output,
            relay=None,
            capture=Capture(output, folder),
            put=self.queue.append,
            arm=lambda _at: None,
            aside=lambda act: act(),
            on_report=lambda: None,
        )
        self.execution = Execution(village.state, surface)
        self.execution.turn(Tick())

    def airing(self) -> Airing | None:
        """What was accounted of the item."""
        found = [one for one in self.journal.unacknowledged() if isinstance(one, Airing)]
        return found[0] if found else None


@pytest.fixture
def station(tmp_path: Path) -> Station:
    return Station(tmp_path)


def test_a_stop_waits_for_the_word_that_the_sound_was_lost(station: Station) -> None:
    """It lies in the queue behind the stop, and came before: what was not heard is not accounted as heard."""
    lost = Failed("news/1", "the sound process died", 1700, IN_A_MINUTE + timedelta(seconds=1.7))
    station.clock.run(STOOD_STILL_S)
    station.execution.turn(OperatorStop())
    assert station.queue == [OperatorStop()]
    assert station.airing() is None
    station.execution.turn(lost)
    airing = station.airing()
    assert airing is not None
    assert (airing.outcome, airing.reason, airing.aired_ms) == (Outcome.CUT, "output_failed", 1700)


def test_what_was_put_back_once_is_taken_though_he_stands_still_again(station: Station) -> None:
    """A machine that stands still over and over is stopped all the same."""
    stop = OperatorStop()
    for _ in range(2):
        station.clock.run(STOOD_STILL_S)
        station.execution.turn(stop)
    assert station.queue == [stop]
    assert station.execution.state.phase is not Phase.ITEM
