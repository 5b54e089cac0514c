"""Whether relays are closed on the air once nothing stands in their way: also after board or guard was gone,
and where the board did not do at first what it was told.

Not looked at where an interlock may stand in the way.
"""

from __future__ import annotations

from station_agent.phases import SOUNDING
from station_agent.playout_state import PlayoutState
from station_agent.simulation.board import Board
from station_agent.simulation.clock import SECOND_US, VirtualClock
from station_agent.simulation.relay_promises import RelayPromises

CLOSED_WITHIN_US = 3 * SECOND_US
"""Besides rests and warm-ups: until a board says that it is ready, and until it has closed its relays."""


class Reassertion:
    """Asked after each step, and told whenever time has passed."""

    def __init__(self, clock: VirtualClock, board: Board, relays: RelayPromises) -> None:
        self._clock, self._board, self._relays = clock, board, relays
        self._broadcast: str | None = None
        self._on_air_since_us = self._well_since_us = 0

    def time_passed(self, *, is_well: bool) -> None:
        """`is_well`: agent, guard and boards do what they should."""
        if not is_well:
            self._well_since_us = self._clock.us

    def wrong(self, state: PlayoutState) -> str | None:
        """What is wrong with the relays of what is on the air; None if nothing is."""
        run = state.run
        if run is None or state.phase not in SOUNDING:
            self._broadcast = None
            return None
        broadcast = run.planned.broadcast
        if broadcast.key != self._broadcast:
            self._broadcast, self._on_air_since_us = broadcast.key, self._clock.us
        for channel in self._relays.channels(broadcast.zones):
            contact = self._board.contacts[channel]
            opened_us = contact.stretches[-1][1] if contact.stretches else 0
            if contact.closed_since_us is not None:
                continue
            open_us = self._clock.us - max(self._on_air_since_us, self._well_since_us, opened_us)
            within_us = CLOSED_WITHIN_US + self._relays.patience_us
            if open_us > within_us and not self._relays.may_be_kept_open(channel):
                return (
                    f"relay {channel} is open on the air since {open_us // SECOND_US} s, its board is there"
                )
        return None
