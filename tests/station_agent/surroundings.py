"""What stands around playout at a village without a board, in touch with its province."""

from __future__ import annotations

from station_agent.clock import TimeVerdict
from station_agent.heard_words import HeardWord
from station_agent.live_state import Surroundings


def around(heard: tuple[HeardWord, ...] | None) -> Surroundings:
    return Surroundings(
        station="st-dakcheung",
        village="Ban Dakcheung",
        board=None,
        port=None,
        relays={},
        time=TimeVerdict(trusted=True),
        clock_offset_ms=None,
        network_ok=True,
        network_message="",
        last_contact=None,
        audio_missing=0,
        unreported=0,
        heard=heard,
    )
