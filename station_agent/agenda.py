"""What is due: which broadcast goes on air next, which gives way, and what is accounted without a sound.

Rules
1. One broadcast at a time. A higher class cuts a lower one short; an equal or lower one waits, and its
   missed-policy decides when its turn comes. An alert stands above every class, and has the relays it needs
   left closed for it.
2. Among those due the highest class goes first, then as the operator ordered, then the earliest.
3. On a clock that can't be right nothing timed is started and nothing is given up; on one that may be ahead
   nothing is given up. An alert is not timed.
4. What is found when a broadcast is armed is provisional: it is decided anew the moment its relays have to
   close, and only then accounted.
5. While the operator holds, nothing starts but alerts and emergencies, and nothing is given up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from schedules.airing_origin import Origin
from schedules.message_class import MessageClass
from schedules.quiet_hours import is_quiet
from schedules.wire.report import Outcome
from station_agent import audio_check, off_air, on_air
from station_agent.evidence import silent_airing
from station_agent.level import level_of
from station_agent.missed_policy import Circumstances, Verdict, all_lost, cues_of, decide
from station_agent.operator_acts import LONGEST_HOLD
from station_agent.phases import Happening, Phase
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import AudioArrived, AudioChecked, Planned
from station_agent.timetable import (
    GIVE_WAY_LEAD,
    channel_of,
    channels_of,
    due,
    forget_if_done,
    is_on_its_way,
    limits_here,
    on_air_lead,
)

BY_THE_CLOCK = frozenset({Origin.PLAN, Origin.TEST})
"""What keeps quiet hours with nobody at hand who could say what time it is."""
BUSY_REASONS = frozenset({"pre_empted", "busy", "clock_untrusted", "clock_step", "operator_hold"})


def settle(turn: Turn) -> None:
    """Look at what is due until there is nothing more to decide now."""
    if turn.state.stopping:
        return
    if turn.state.phase is Phase.ARMING:
        _look_at_audio(turn, turn.run.planned)
    if turn.state.phase is not Phase.IDLE:
        _give_way(turn)
    if turn.state.phase is Phase.IDLE:
        _choose(turn)
        if turn.state.follow and all(audio_check.is_answered(turn.state, one) for one in due(turn)):
            turn.change(follow=False)  # else somebody's audio is still being checked: he may follow too


def audio_checked(turn: Turn, event: AudioChecked) -> None:
    """What is armed is chosen anew where its audio turns out to be otherwise."""
    before = turn.state.audio.get(event.broadcast)
    audio_check.answered(turn, event)
    is_news = turn.state.audio.get(event.broadcast) != before
    if is_news and turn.state.phase is Phase.ARMING and turn.run.planned.broadcast.key == event.broadcast:
        turn.go(Happening.TAKEN_BACK)


def audio_arrived(turn: Turn, event: AudioArrived) -> None:
    """Sync has brought a file."""
    audio_check.arrived(turn, event)


def _look_at_audio(turn: Turn, planned: Planned) -> bool:
    return audio_check.look(turn, planned, on_air_lead(turn.state, planned))


def _is_held(turn: Turn, planned: Planned) -> bool:
    until = turn.state.desk.held_until
    if until is None or not turn.now < until <= turn.now + LONGEST_HOLD:
        return False  # longer than one can ask for: it was kept by a clock that was far ahead
    return planned.rank < MessageClass.EMERGENCY.rank and planned.origin in (Origin.PLAN, Origin.TEST)


def _may_start(turn: Turn, planned: Planned) -> bool:
    """Rules 3 and 5; what may not start remembers why, once its instant has come."""
    if not turn.state.clock_trusted and planned.origin in BY_THE_CLOCK:
        reason = "clock_untrusted"
    elif _is_held(turn, planned):
        reason = "operator_hold"
    else:
        return True
    if turn.now >= planned.broadcast.planned_start:
        block(turn, planned.broadcast.key, reason)
    return False


def clock_judged(turn: Turn) -> None:
    """What has not begun to sound does not, once the clock is known to be wrong: its relays open again."""
    run = turn.state.run
    warms = run is not None and turn.state.phase is Phase.WARMING and not run.playing
    if run is not None and warms and not _may_start(turn, run.planned):
        off_air.cut(turn, "clock_untrusted", rest=None)


def _give_way(turn: Turn) -> None:
    run = turn.run
    for planned in due(turn):
        broadcast = planned.broadcast
        if broadcast.key == run.planned.broadcast.key or not _may_start(turn, planned):
            continue
        higher = planned.rank > run.planned.rank
        if higher and not _look_at_audio(turn, planned):
            continue  # the answer comes within moments; for nothing to air nothing is cut
        if higher and turn.now < _gives_way_at(turn, planned):
            continue
        verdict = _verdict(turn, planned) if higher else Verdict()
        if verdict.start is not None and not _may_still_arrive(turn, planned, verdict):
            _cut_for(turn, planned, verdict)
            return
        if higher and _may_still_arrive(turn, planned, verdict):
            block(turn, broadcast.key, "audio_missing")
        elif turn.now >= broadcast.planned_start > turn.state.running_since:
            block(turn, broadcast.key, "busy")


def _gives_way_at(turn: Turn, planned: Planned) -> datetime:
    start = planned.broadcast.planned_start
    return start if planned.at_once else start - on_air_lead(turn.state, planned) - GIVE_WAY_LEAD


def _cut_for(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    run = turn.run
    block(turn, run.planned.broadcast.key, "pre_empted")
    if turn.state.phase is Phase.ARMING:
        turn.go(Happening.TAKEN_BACK)
    elif planned.at_once:
        faded_before = turn.state.phase is Phase.FADING
        relays, limits = frozenset(channels_of(turn.state, planned)), limits_here(turn.state, planned)
        off_air.give_over(turn, "pre_empted", relays, _needs(planned), limits)
        if turn.state.phase is Phase.FADING and not faded_before:
            on_air.prepare_first(turn, planned, verdict.cues)
    else:
        off_air.cut(turn, "pre_empted", rest=None)


def _needs(planned: Planned) -> timedelta:
    return timedelta(milliseconds=planned.broadcast.duration_ms)


def cut_comes_at(turn: Turn) -> datetime | None:
    """When the broadcast on the air will be cut by one of higher class that is near; None if by none."""
    run = turn.state.run
    if run is None:
        return None
    cuts = [
        _gives_way_at(turn, planned)
        for planned in due(turn)
        if planned.rank > run.planned.rank and _has_something_to_air(turn, planned)
    ]
    return min(cuts, default=None)


def _has_something_to_air(turn: Turn, planned: Planned) -> bool:
    verdict = _verdict(turn, planned)
    starts = verdict.start is not None and bool(verdict.cues)
    return starts and not _may_still_arrive(turn, planned, verdict)


def block(turn: Turn, key: str, reason: str) -> None:
    """Remember why a broadcast whose time has come is not on the air."""
    if turn.state.blocked.get(key) not in BUSY_REASONS:
        turn.change(blocked={**turn.state.blocked, key: reason})


def _choose(turn: Turn) -> None:
    for planned in due(turn):
        if not _may_start(turn, planned):
            continue
        if not _look_at_audio(turn, planned):
            if _is_ahead(turn, planned):
                return  # the answer comes within moments; nothing lower goes first meanwhile
            continue
        verdict = _verdict(turn, planned)
        if _may_still_arrive(turn, planned, verdict):
            if turn.now >= planned.broadcast.planned_start - on_air_lead(turn.state, planned):
                block(turn, planned.broadcast.key, "audio_missing")
            continue
        if verdict.start is not None:
            _begin(turn, planned, verdict)
            return
        _account_lost(turn, planned, verdict)


def commit(turn: Turn) -> None:
    """The relays have to close now: what is missing by now is left out, the rest goes on air."""
    planned = turn.run.planned
    verdict = _verdict(turn, planned)
    closes_at = None if verdict.start is None else verdict.start - on_air_lead(turn.state, planned)
    if closes_at is None or closes_at > turn.now or not _may_start(turn, planned):
        turn.go(Happening.TAKEN_BACK)  # it has changed since it was armed: it is chosen anew
        return
    _account_lost(turn, planned, verdict)
    turn.change_run(cues=verdict.cues, start=verdict.start, why_late=verdict.reason)
    on_air.warm(turn)


def _may_still_arrive(turn: Turn, planned: Planned, verdict: Verdict) -> bool:
    """Its audio may come before it would be too late for any policy, and is worth waiting for.

    A broadcast of the plan waits only while nothing of it can be heard. An alert waits for the whole of it
    for a while, and then for words: a chime alone says nothing.
    """
    absent = any(lost.reason == "audio_missing" for lost in verdict.lost)
    if not absent or turn.now >= audio_check.given_up_at(planned, on_air_lead(turn.state, planned)):
        return False
    if not planned.at_once:
        return verdict.start is None
    whole_by = planned.broadcast.planned_start + audio_check.WHOLE_ALERT_WITHIN
    return turn.now < whole_by or not any(cue.item.language for cue in verdict.cues)


def _account_lost(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    on_disk = verdict.start is not None
    for lost in verdict.lost if turn.state.clock_settled else ():  # else it waits for a certain time
        present = on_disk and lost.reason != "audio_missing"
        turn.account(silent_airing(planned, lost.cue, lost.outcome, lost.reason, on_disk=present))
    forget_if_done(turn, planned)


def _is_ahead(turn: Turn, planned: Planned) -> bool:
    return planned.broadcast.planned_start + timedelta(seconds=60) > turn.now


def _may_have_aired(state: PlayoutState, planned: Planned) -> bool:
    """Before the journal was lost: then it does not air again.

    What is wanted at once was asked for since, whatever the clock said then: what was owed is lost with the
    journal. An alert from before is given that very instant (`alerts`).
    """
    if state.lost_at is None:
        return False
    start = planned.broadcast.planned_start
    return start == state.lost_at if planned.at_once else start <= state.lost_at


def _verdict(turn: Turn, planned: Planned) -> Verdict:
    state, broadcast = turn.state, planned.broadcast
    open_cues = tuple(cue for cue in cues_of(broadcast) if cue.item.key not in state.final)
    if _may_have_aired(state, planned):
        return all_lost(open_cues, Outcome.MISSED, "journal_lost")
    if _has_no_zone_here(state, planned):
        return all_lost(open_cues, Outcome.MISSED, "no_such_zone")
    plan = state.plan
    if plan is not None and planned.origin is Origin.PLAN and turn.now > plan.not_after:
        return all_lost(
            open_cues, Outcome.SKIPPED, "expired"
        )  # nobody has said for half a year that it holds
    quiet = (
        partial(is_quiet, plan.limits.quiet_hours, ZoneInfo(plan.time_zone)) if plan else lambda _at: False
    )
    case = Circumstances(
        possible=turn.now + on_air_lead(state, planned),
        why=_why_late(state, planned, turn.now),
        begun=broadcast.key in state.begun,
        follows=state.follow or is_on_its_way(state, broadcast.key),
        is_quiet=quiet,
        withdrawn=state.withdrawn,
        unusable=audio_check.missing(state, planned),
    )
    return decide(broadcast, open_cues, case)


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


def _why_late(state: PlayoutState, planned: Planned, now: datetime) -> str:
    broadcast = planned.broadcast
    blocked = state.blocked.get(broadcast.key)
    if blocked is not None:
        return blocked
    if broadcast.planned_start <= state.running_since:
        return state.down_reason
    if now - broadcast.planned_start <= timedelta(seconds=1) or planned.at_once:
        return "slow_start"
    return "plan_late"


def _begin(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    assert verdict.start is not None  # noqa: S101 - asked for by the caller
    state = turn.state
    run = Run(
        planned=as_here(state, planned),
        cues=verdict.cues,
        start=verdict.start,
        limits=limits_here(state, planned),
        channels=channels_of(state, planned),
        why_late=verdict.reason,
        volume_percent=level_of(state, planned),
    )
    turn.change(run=run)
    turn.go(Happening.CHOSEN, verdict.start - on_air_lead(state, planned))
