"""What is known of a broadcast's audio, and when it is looked at again.

Rules
1. Only a file that was read to its end and has its hash counts as there.
2. What is missing is missing for now: it is looked at again when it arrives and at the last looks: before
   the relays would have to close for an on-time start, at the planned start, before `GRACE` is over.
3. A broadcast of which something can be heard leaves out what is missing when its relays close. One of which
   nothing can be heard waits until `GRACE` is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from schedules.airing_origin import Origin
from station_agent.missed_policy import GRACE
from station_agent.planned import Planned
from station_agent.playout_state import AudioKnown, PlayoutState
from station_agent.playout_turn import Turn
from station_agent.playout_values import AudioArrived, AudioChecked, CheckAudio

FINAL_LOOK = timedelta(milliseconds=500)
"""Reading and hashing takes up to this long: the last looks lie so much ahead."""


WHOLE_ALERT_WITHIN = timedelta(seconds=60)
"""So long an alert waits for all of its audio; after that, what is there is said."""


def beside_the_plan(state: PlayoutState) -> frozenset[str]:
    """The audio of what was asked for beside the plan and is not over: no swap of plans takes it away."""
    asked = (one for one in state.agenda if one.origin is not Origin.PLAN)
    return frozenset[str]().union(*(one.hashes for one in asked))


def missing(state: PlayoutState, planned: Planned) -> frozenset[str]:
    """Its audio that is not known to be there and whole."""
    known = state.audio.get(planned.broadcast.key)
    return planned.hashes if known is None else planned.hashes - known.whole


def is_answered(state: PlayoutState, planned: Planned) -> bool:
    """Whether each of its files was looked at."""
    known = state.audio.get(planned.broadcast.key)
    return known is not None and planned.hashes <= known.whole | known.unusable


def given_up_at(planned: Planned, lead: timedelta) -> datetime:
    """When what cannot be heard no longer waits for its audio; an alert: never before its end."""
    missed = planned.broadcast.missed
    if planned.at_once and missed.until is not None:
        return missed.until
    return planned.broadcast.planned_start + GRACE - lead


def last_looks(planned: Planned, lead: timedelta) -> tuple[datetime, ...]:
    """When what is missing is looked at again, if nobody says earlier that it has arrived."""
    start = planned.broadcast.planned_start
    if planned.at_once:
        return (start + WHOLE_ALERT_WITHIN, given_up_at(planned, lead) - FINAL_LOOK)
    return (start - lead - FINAL_LOOK, start, given_up_at(planned, lead) - FINAL_LOOK)


def look(turn: Turn, planned: Planned, lead: timedelta) -> bool:
    """Have its audio checked where that is due; True once there is an answer for all of it."""
    known = turn.state.audio.get(planned.broadcast.key)
    gone = missing(turn.state, planned)
    if known is None or (gone and any(known.asked_at < at <= turn.now for at in last_looks(planned, lead))):
        _ask(turn, planned, gone)
    return is_answered(turn.state, planned)


def arrived(turn: Turn, event: AudioArrived) -> None:
    """A file has come: look at it wherever it was looked for before, missing or not: it is another one."""
    for planned in turn.state.agenda:
        if planned.broadcast.key in turn.state.audio and event.sha256 in planned.hashes:
            _ask(turn, planned, {event.sha256})


def answered(turn: Turn, event: AudioChecked) -> None:
    """Take the answer; answers come in the order of the questions, so the latest one is right."""
    known = turn.state.audio.get(event.broadcast)
    if known is None:
        return  # a plan was swapped meanwhile: it is asked anew when its time comes
    whole = (known.whole - event.unusable) | event.whole
    unusable = (known.unusable - event.whole) | event.unusable
    _keep(turn, event.broadcast, AudioKnown(known.asked_at, whole, unusable))


def _ask(turn: Turn, planned: Planned, hashes: Iterable[str]) -> None:
    key = planned.broadcast.key
    known = turn.state.audio.get(key)
    asked = AudioKnown(turn.now) if known is None else AudioKnown(turn.now, known.whole, known.unusable)
    _keep(turn, key, asked)
    turn.give(CheckAudio(key, frozenset(hashes)))


def _keep(turn: Turn, key: str, known: AudioKnown) -> None:
    turn.change(audio={**turn.state.audio, key: known})
