"""A delay within a broadcast is made good by the pauses after it, until what follows is on its second again.

Rules
1. The plan of a broadcast under way counts from its first sample: what began late pauses as it should.
2. A pause gives back no more than half of itself, and nothing of a delay that nobody hears.
3. Nothing is taken from a sound, and nothing begins before its planned second.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.airing_origin import Origin
from schedules.wire.plan import ItemKind
from station_agent.evidence import MILLISECOND
from station_agent.playout_turn import Turn

HEARD = timedelta(milliseconds=50)
"""Who listens does not notice less, and pauses are right to the millisecond where nothing was late."""
LEAST_SHARE = 2
"""A pause keeps one of so many parts: it is there so that one thing can be told from the next."""


def make_good(turn: Turn, position: int, begins: datetime) -> None:
    """The cue at `position` begins at `begins`: where it is a pause, shorten it, and those right after it."""
    run = turn.run
    if run.behind is None or position >= len(run.cues) or run.planned.origin is Origin.MICROPHONE:
        return
    first = run.cues[position]
    delay = begins - (first.planned_start + first.start_ms * MILLISECOND + run.behind)
    if delay < HEARD:
        return
    cues, left_ms = list(run.cues), delay // MILLISECOND
    for index in range(position, len(cues)):
        cue = cues[index]
        if cue.item.kind is not ItemKind.PAUSE or cue.item.instead_of is not None:
            break
        given_ms = min(left_ms, (cue.item.duration_ms - cue.start_ms) // LEAST_SHARE)
        cues[index] = replace(cue, given_ms=given_ms)
        left_ms -= given_ms
    if tuple(cues) != run.cues:
        turn.change_run(cues=tuple(cues))
