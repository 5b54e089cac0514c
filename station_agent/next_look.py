"""When the agenda is looked at next: once a step, so it is reckoned anew only where its grounds changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from schedules.wire.plan import MissedRule
from station_agent import audio_check
from station_agent.missed_policy import MAKE_UP_WITHIN
from station_agent.planned import Planned
from station_agent.playout_state import Looked, PlayoutState
from station_agent.playout_turn import Turn
from station_agent.timetable import ARM_LEAD, GIVE_WAY_LEAD, LONGEST_LEAD, LOOK_LEAD, on_air_lead

_MAKE_UP = MissedRule.MAKE_UP
"""A name is read ten times as fast as a member of an enumeration's class."""


def next_look(turn: Turn) -> datetime | None:
    """The next instant at which something on the agenda has to be looked at."""
    known, state, now = turn.state.looked, turn.state, turn.now
    if (
        known is not None
        and known.since <= now
        and (known.at is None or now < known.at)
        and known.agenda is state.agenda
        and known.leads is state.leads
        and known.audio is state.audio
        and known.final is state.final
        and known.begun is state.begun
    ):
        return known.at
    at = soonest_look(state, now)
    turn.change(looked=Looked(state.agenda, state.leads, state.audio, state.final, state.begun, now, at))
    return at


def soonest_look(state: PlayoutState, now: datetime) -> datetime | None:
    """The same, whatever was reckoned before."""
    found: datetime | None = None
    for planned in state.agenda:
        if found is not None and planned.broadcast.planned_start - LONGEST_LEAD > found:
            break  # the agenda is sorted: nothing further on is looked at sooner
        look = _next_look(state, planned, now)
        if look is not None and (found is None or look < found):
            found = look
    return found


def _next_look(state: PlayoutState, planned: Planned, now: datetime) -> datetime | None:
    if not planned.at_once:
        arms = planned.broadcast.planned_start - on_air_lead(state, planned) - LOOK_LEAD
        if arms > now:
            return arms  # every other look comes after it
    ahead = [look for look in _looks(state, planned, now) if look > now]
    return min(ahead) if ahead else None


def _given_up(state: PlayoutState, planned: Planned) -> tuple[datetime, ...]:
    """When what waits for another broadcast to follow has waited too long: nothing else may bring it up."""
    broadcast = planned.broadcast
    if broadcast.missed.rule is not _MAKE_UP:
        return ()
    anchors = [broadcast.planned_start]
    if broadcast.key in state.begun:  # whichever of its items is the first that can still be heard
        anchors = [cue.planned_start for cue in planned.cues if cue.item.key not in state.final]
    after = MAKE_UP_WITHIN + on_air_lead(state, planned) + timedelta(milliseconds=1)
    return tuple(anchor + after for anchor in anchors)


def _looks(state: PlayoutState, planned: Planned, now: datetime) -> list[datetime]:
    """All that may lie ahead; what comes before its start is left out once that has passed."""
    start, lead = planned.broadcast.planned_start, on_air_lead(state, planned)
    looks: list[datetime] = []
    if start > now:
        gives_way = start - lead - GIVE_WAY_LEAD
        looks += (gives_way - ARM_LEAD, gives_way, start)
    looks += _given_up(state, planned)
    if planned.broadcast.key in state.audio and audio_check.missing(state, planned):
        looks += (
            start - lead,
            *audio_check.last_looks(planned, lead),
            audio_check.given_up_at(planned, lead),
        )
    return looks
