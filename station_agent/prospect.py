"""What would become of a broadcast here were it decided now: its missed-policy, and what is here for it.

Rules
1. What may have aired before the journal was lost does not air again.
2. Of a plan whose end has passed nothing airs.
3. A broadcast of the plan waits for its audio only while nothing of it can be heard. An alert waits for the
   whole of it for a while, and then for words: a chime alone says nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from schedules.airing_origin import Origin
from schedules.wire.report import Outcome
from station_agent import audio_check
from station_agent.hush import quiet_of
from station_agent.missed_policy import ON_TIME, Circumstances, Verdict, all_lost, decide
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn
from station_agent.timetable import channel_of, is_on_its_way, on_air_lead


def verdict_of(turn: Turn, planned: Planned) -> Verdict:
    """Which of its items would be heard from when, which are lost, and why."""
    state, broadcast = turn.state, planned.broadcast
    open_cues = tuple(cue for cue in planned.cues if cue.item.key not in state.final)
    if _may_have_aired(state, planned):
        return all_lost(open_cues, Outcome.MISSED, "journal_lost")
    if _has_no_zone_here(state, planned):
        return all_lost(open_cues, Outcome.MISSED, "no_such_zone")
    plan = state.plan
    if plan is not None and planned.origin is Origin.PLAN and turn.now > plan.not_after:
        return all_lost(
            open_cues, Outcome.SKIPPED, "expired"
        )  # nobody has said for half a year that it holds
    case = Circumstances(
        possible=turn.now + on_air_lead(state, planned),
        why=_why_late(state, planned, turn.now),
        begun=broadcast.key in state.begun,
        follows=state.follow or is_on_its_way(state, broadcast.key),
        is_quiet=quiet_of(plan),
        withdrawn=state.withdrawn,
        unusable=audio_check.missing(state, planned),
    )
    return decide(broadcast, open_cues, case)


def _may_have_aired(state: PlayoutState, planned: Planned) -> bool:
    """Before the journal was lost: then it does not air again.

    What is wanted at once was asked for since, whatever the clock said then: what was owed is lost with the
    journal. An alert from before is given that very instant (`alerts`).
    """
    if state.lost_at is None:
        return False
    start = planned.broadcast.planned_start
    return start == state.lost_at if planned.at_once else start <= state.lost_at


def _why_late(state: PlayoutState, planned: Planned, now: datetime) -> str:
    broadcast = planned.broadcast
    blocked = state.blocked.get(broadcast.key)
    if blocked is not None:
        return blocked
    if broadcast.planned_start <= state.running_since:
        return state.down_reason
    if now - broadcast.planned_start <= ON_TIME or planned.at_once:
        return "slow_start"
    return "plan_late"


def _has_no_zone_here(state: PlayoutState, planned: Planned) -> bool:
    """Whether each of its zones needs a relay that this station lacks: nobody would hear it."""
    return bool(state.lacks) and not zones_here(state, planned.broadcast.zones)


def zones_here(state: PlayoutState, zones: tuple[str, ...]) -> tuple[str, ...]:
    """Those zones that can be heard at this station."""
    return tuple(zone for zone in zones if channel_of(state, zone) not in state.lacks)


def as_here(state: PlayoutState, planned: Planned) -> Planned:
    """The broadcast with those of its zones only that can be heard here: its airings name no other."""
    if not state.lacks:
        return planned
    zones = zones_here(state, planned.broadcast.zones)
    return replace(planned, broadcast=planned.broadcast.model_copy(update={"zones": zones}))


def look_at_audio(turn: Turn, planned: Planned) -> bool:
    """Have its audio checked where that is due; True once there is an answer for all of it."""
    return audio_check.look(turn, planned, on_air_lead(turn.state, planned))


def may_still_arrive(turn: Turn, planned: Planned, verdict: Verdict) -> bool:
    """Rule 3: its audio may come before it would be too late for any policy, and is worth waiting for."""
    absent = any(lost.reason == "audio_missing" for lost in verdict.lost)
    if not absent or turn.now >= audio_check.given_up_at(planned, on_air_lead(turn.state, planned)):
        return False
    if not planned.at_once:
        return verdict.start is None
    whole_by = planned.broadcast.planned_start + audio_check.WHOLE_ALERT_WITHIN
    return turn.now < whole_by or not any(cue.item.language for cue in verdict.cues)
