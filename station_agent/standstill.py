"""A process that stood still hears first what was said meanwhile, before it gives up what it awaits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from station_agent.leave_to_start import block
from station_agent.phases import Phase
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn

HEARD_WITHIN = timedelta(milliseconds=500)
"""So long it takes to empty the queue."""
AWAITS_A_WORD = frozenset({Phase.WARMING, Phase.ITEM, Phase.CLOSING})
"""The phases that end by somebody's word; the others end by the time alone."""


def hear_first(state: PlayoutState, now: datetime) -> PlayoutState:
    """The state with patience for what was said while nobody listened; no mark counts on it meanwhile."""
    run = state.run
    if run is None or run.deadline is None or state.phase not in AWAITS_A_WORD:
        return state
    deadline = max(run.deadline, now + HEARD_WITHIN)
    return replace(state, run=replace(run, deadline=deadline, marked_at=now))


def made_late(state: PlayoutState, now: datetime) -> PlayoutState:
    """The state that says of what is on its way: should it begin late, or not at all, this was why."""
    if state.run is None:
        return state
    turn = Turn(state, now)
    block(turn, turn.run.planned.broadcast.key, "slow_start", outweighs=True)
    return turn.state
