"""A process that stood still: it hears first what was said meanwhile, before it gives up what it awaits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from station_agent.missed_policy import GRACE
from station_agent.phases import Phase
from station_agent.playout_state import PlayoutState, Run

HEARD_WITHIN = timedelta(milliseconds=500)
"""So long it takes to empty the queue."""
AWAITS_A_WORD = frozenset({Phase.WARMING, Phase.ITEM, Phase.CLOSING})
"""The phases that end by somebody's word; the others end by the time alone."""


def hear_first(state: PlayoutState, now: datetime) -> PlayoutState:
    """The state with patience for what was said while nobody listened; no mark counts on it meanwhile.

    `Run.taken_back` names the sound that was to be heard and of which no first sample was told: the caller
    takes it back. Where the sound worker lived it has ended it by itself; where it is replaced only now, it
    would begin so late what it was asked for before.
    """
    run = state.run
    if run is None or run.deadline is None or state.phase not in AWAITS_A_WORD:
        return state
    deadline = max(run.deadline, now + HEARD_WITHIN)
    waits = state.phase is Phase.ITEM and run.playing and run.started_at is None
    taken_back = run.cue.item.key if waits else run.taken_back
    return replace(state, run=replace(run, deadline=deadline, marked_at=now, taken_back=taken_back))


def was_taken_back(run: Run) -> bool:
    """Whether the current cue is silent because the process had stood still, not by the output's fault."""
    return run.started_at is None and run.taken_back == run.cue.item.key


def is_decided_anew(run: Run, now: datetime) -> bool:
    """Whether nothing of a broadcast was heard, and its policy is to say if the rest may begin so late."""
    nobody_heard = run.late is None and not run.planned.at_once
    return nobody_heard and now - run.planned.broadcast.planned_start > GRACE
