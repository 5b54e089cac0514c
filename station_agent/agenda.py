"""What is due: which broadcast goes on air next, which gives way, and what is accounted without a sound.

Rules
1. One broadcast at a time. A higher message class cuts a lower one short; an equal or lower one waits, and
   its missed-policy decides when its turn comes.
2. Among those due the highest class goes first, then the earliest.
3. On a clock that can't be right nothing is started and nothing is given up.
4. A new plan never disturbs the broadcast on the air, unless its recording is withdrawn. What an older plan
   still owes (its time has come, its end has not) stays on the agenda.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from schedules.quiet_hours import is_quiet
from schedules.wire.plan import Plan, StationLimits
from schedules.wire.report import Outcome
from station_agent import off_air, on_air
from station_agent.evidence import silent_airing
from station_agent.missed_policy import Circumstances, Verdict, all_lost, cues_of, decide
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import CheckAudio, KeepOwed, Phase, Planned

ARM_LEAD = timedelta(seconds=3)
"""Audio is checked this long before the relays have to close."""
GIVE_WAY_LEAD = timedelta(milliseconds=800)
"""A broadcast that gives way ends this long before the relays of the higher one have to close."""
BUSY_REASONS = frozenset({"pre_empted", "busy", "clock_untrusted", "clock_step"})


def channels_of(state: PlayoutState, planned: Planned) -> dict[int, str]:
    """Relay channels the broadcast needs here, with their zones; empty where no board is attached."""
    if not state.has_board or state.plan is None:
        return {}
    by_key = {zone.key: zone.channel for zone in state.plan.zones}
    found: dict[int, str] = {}
    for zone in planned.broadcast.zones:
        channel = state.zone_channels.get(zone, by_key.get(zone))
        if channel is not None:
            found[channel] = zone
    return found


def on_air_lead(state: PlayoutState, planned: Planned) -> timedelta:
    """From the first command to the first sample."""
    limits = state.plan.limits if state.plan is not None else StationLimits()
    return on_air.lead(len(channels_of(state, planned)), limits.warm_up_ms)


def take_plan(turn: Turn, plan: Plan) -> None:
    """Make a plan current: merge it with what is owed, and stop what was withdrawn."""
    state = turn.state
    listed = {broadcast.key for broadcast in plan.broadcasts}
    fresh = [Planned(one, plan.serial) for one in plan.broadcasts if not _is_done(one.items, state.final)]
    owed = [
        one
        for one in state.agenda
        if one.broadcast.key not in listed
        and (one.broadcast.planned_start <= turn.now or _is_on_air(state, one.broadcast.key))
    ]
    agenda = sorted((*owed, *fresh), key=lambda one: (one.broadcast.planned_start, one.broadcast.key))
    withdrawn = state.withdrawn | frozenset(plan.withdrawn)
    turn.change(plan=plan, agenda=tuple(agenda), withdrawn=withdrawn, asked=frozenset(), checked={})
    turn.give(KeepOwed(tuple(owed)))
    _reconsider_run(turn)


def _is_on_air(state: PlayoutState, key: str) -> bool:
    return state.run is not None and state.run.planned.broadcast.key == key and key in state.begun


def _is_done(items: Iterable[object], final: frozenset[str]) -> bool:
    return all(getattr(item, "key", None) in final for item in items)


def _reconsider_run(turn: Turn) -> None:
    run = turn.state.run
    if run is None or turn.state.phase in (Phase.TAIL, Phase.CLOSING):
        return
    if run.playing and run.cue.item.sha256 in turn.state.withdrawn:
        off_air.cut(turn, "withdrawn", rest=None)  # what else is withdrawn is accounted from the agenda
    elif not run.playing and not any(one.broadcast == run.planned.broadcast for one in turn.state.agenda):
        drop(turn)
    elif any(cue.item.sha256 in turn.state.withdrawn for cue in run.cues[run.position + 1 :]):
        kept = tuple(
            cue
            for index, cue in enumerate(run.cues)
            if index <= run.position or cue.item.sha256 not in turn.state.withdrawn
        )
        turn.change_run(cues=kept)


def drop(turn: Turn) -> None:
    """Take back a broadcast of which nothing has been heard."""
    if turn.state.phase is Phase.ARMING:
        turn.go(Phase.IDLE, None)
    else:
        off_air.cut(turn, "plan_changed", rest=None)


def settle(turn: Turn) -> None:
    """Look at what is due until there is nothing more to decide now."""
    if turn.state.stopping:
        return
    if turn.state.phase is not Phase.IDLE:
        _give_way(turn)
    if turn.state.phase is Phase.IDLE:
        _choose(turn)
        if all(planned.broadcast.key in turn.state.checked for planned in due(turn)):
            turn.change(follow=False)  # else somebody's audio is still being checked: he may follow too


def due(turn: Turn) -> list[Planned]:
    """Broadcasts whose time to be looked at has come, in the order of rule 2."""
    found: list[Planned] = []
    for planned in turn.state.agenda:
        opens = planned.broadcast.planned_start - ARM_LEAD - GIVE_WAY_LEAD
        if opens - timedelta(seconds=120) > turn.now:
            break  # the agenda is sorted, and no lead is longer than that
        if opens - on_air_lead(turn.state, planned) <= turn.now:
            found.append(planned)
    found.sort(key=lambda one: -one.broadcast.message_class.rank)
    return found


def _check_ahead(turn: Turn, planned: Planned) -> bool:
    """Have its audio checked; True once the answer is there."""
    key = planned.broadcast.key
    if key not in turn.state.asked:
        hashes = frozenset(item.sha256 for item in planned.broadcast.items if item.sha256 is not None)
        turn.change(asked=turn.state.asked | {key})
        turn.give(CheckAudio(key, hashes))
    return key in turn.state.checked


def _give_way(turn: Turn) -> None:
    run = turn.run
    for planned in due(turn):
        broadcast = planned.broadcast
        if broadcast.key == run.planned.broadcast.key:
            continue
        if not turn.state.clock_trusted:
            _block(turn, broadcast.key, "clock_untrusted")
            continue
        higher = broadcast.message_class.pre_empts(run.planned.broadcast.message_class)
        cut_at = broadcast.planned_start - on_air_lead(turn.state, planned) - GIVE_WAY_LEAD
        if higher and turn.now < cut_at:
            _check_ahead(turn, planned)
        elif higher and _has_something_to_air(turn, planned):
            _block(turn, run.planned.broadcast.key, "pre_empted")
            if turn.state.phase is Phase.ARMING:
                turn.go(Phase.IDLE, None)
            else:
                off_air.cut(turn, "pre_empted", rest=None)
            return
        elif turn.now >= broadcast.planned_start > turn.state.running_since:
            _block(turn, broadcast.key, "busy")


def _has_something_to_air(turn: Turn, planned: Planned) -> bool:
    verdict = _verdict(turn, planned)
    return verdict.start is not None and bool(verdict.cues)


def _block(turn: Turn, key: str, reason: str) -> None:
    if turn.state.blocked.get(key) not in BUSY_REASONS:
        turn.change(blocked={**turn.state.blocked, key: reason})


def _choose(turn: Turn) -> None:
    for planned in due(turn):
        if not turn.state.clock_trusted:
            if turn.now >= planned.broadcast.planned_start:
                _block(turn, planned.broadcast.key, "clock_untrusted")
            continue
        if not _check_ahead(turn, planned):
            if _is_ahead(turn, planned):
                return  # the answer comes within moments; nothing lower goes first meanwhile
            continue
        verdict = _verdict(turn, planned)
        on_disk = verdict.start is not None
        for lost in verdict.lost:
            present = on_disk and lost.reason != "audio_missing"
            turn.account(silent_airing(planned, lost.cue, lost.outcome, lost.reason, on_disk=present))
        _forget_if_done(turn, planned)
        if verdict.start is not None:
            _begin(turn, planned, verdict)
            return


def _is_ahead(turn: Turn, planned: Planned) -> bool:
    return planned.broadcast.planned_start + timedelta(seconds=60) > turn.now


def _verdict(turn: Turn, planned: Planned) -> Verdict:
    state, broadcast = turn.state, planned.broadcast
    open_cues = tuple(cue for cue in cues_of(broadcast) if cue.item.key not in state.final)
    if state.lost_at is not None and broadcast.planned_start <= state.lost_at:
        return all_lost(open_cues, Outcome.MISSED, "journal_lost")  # it may have aired: never twice
    plan = state.plan
    quiet = (
        partial(is_quiet, plan.limits.quiet_hours, ZoneInfo(plan.time_zone)) if plan else lambda _at: False
    )
    case = Circumstances(
        possible=turn.now + on_air_lead(state, planned),
        why=_why_late(state, planned, turn.now),
        begun=broadcast.key in state.begun,
        follows=state.follow,
        is_quiet=quiet,
        withdrawn=state.withdrawn,
        unusable=state.checked.get(broadcast.key, frozenset()),
    )
    return decide(broadcast, open_cues, case)


def _why_late(state: PlayoutState, planned: Planned, now: datetime) -> str:
    broadcast = planned.broadcast
    blocked = state.blocked.get(broadcast.key)
    if blocked is not None:
        return blocked
    if broadcast.planned_start <= state.running_since:
        return state.down_reason
    if now - broadcast.planned_start <= timedelta(seconds=1):
        return "slow_start"
    return "plan_late"


def _begin(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    assert verdict.start is not None  # noqa: S101 - asked for by the caller
    assert turn.state.plan is not None  # noqa: S101 - the agenda comes from a plan
    run = Run(
        planned=planned,
        cues=verdict.cues,
        start=verdict.start,
        limits=turn.state.plan.limits,
        channels=channels_of(turn.state, planned),
        why_late=verdict.reason,
    )
    turn.change(run=run)
    turn.go(Phase.ARMING, verdict.start - on_air_lead(turn.state, planned))


def _forget_if_done(turn: Turn, planned: Planned) -> None:
    if _is_done(planned.broadcast.items, turn.state.final):
        key = planned.broadcast.key
        agenda = tuple(one for one in turn.state.agenda if one.broadcast.key != key)
        blocked = {one: why for one, why in turn.state.blocked.items() if one != key}
        checked = {one: bad for one, bad in turn.state.checked.items() if one != key}
        turn.change(agenda=agenda, blocked=blocked, checked=checked, asked=turn.state.asked - {key})


def next_look(state: PlayoutState, now: datetime) -> datetime | None:
    """The next instant at which something on the agenda has to be looked at."""
    for planned in state.agenda:
        lead = on_air_lead(state, planned)
        start = planned.broadcast.planned_start
        looks = (start - ARM_LEAD - GIVE_WAY_LEAD - lead, start - lead - GIVE_WAY_LEAD, start)
        ahead = [look for look in looks if look > now]
        if ahead:
            return min(ahead)
    return None
