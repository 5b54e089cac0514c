"""What is due: which broadcast goes on air next, which gives way, and what is accounted without a sound.

Rules
1. One broadcast at a time. A higher message class cuts a lower one short; an equal or lower one waits, and
   its missed-policy decides when its turn comes.
2. Among those due the highest class goes first, then the earliest.
3. On a clock that can't be right nothing is started and nothing is given up; on one that may be ahead
   nothing is given up.
4. What is found when a broadcast is armed is provisional: it is decided anew the moment its relays have to
   close, and only then accounted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from schedules.quiet_hours import is_quiet
from schedules.wire.plan import PlanItem, StationLimits
from schedules.wire.report import Outcome
from station_agent import audio_check, off_air, on_air
from station_agent.evidence import silent_airing
from station_agent.missed_policy import Circumstances, Verdict, all_lost, cues_of, decide
from station_agent.playout_state import PlayoutState, Run
from station_agent.playout_turn import Turn
from station_agent.playout_values import AudioArrived, AudioChecked, Phase, Planned

ARM_LEAD = timedelta(seconds=3)
"""Audio is checked this long before the relays have to close."""
GIVE_WAY_LEAD = timedelta(milliseconds=800)
"""A broadcast that gives way ends this long before the relays of the higher one have to close."""
LONGEST_LEAD = timedelta(seconds=120)
"""No look at a broadcast lies further ahead of its start."""
BUSY_REASONS = frozenset({"pre_empted", "busy", "clock_untrusted", "clock_step"})


def is_on_its_way(state: PlayoutState, key: str) -> bool:
    """Whether this is the broadcast that is armed or on the air."""
    return state.run is not None and state.run.planned.broadcast.key == key


def is_done(items: Iterable[PlanItem], final: frozenset[str]) -> bool:
    """Whether every item has its intent or its outcome."""
    return all(item.key in final for item in items)


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
        if all(audio_check.is_answered(turn.state, planned) for planned in due(turn)):
            turn.change(follow=False)  # else somebody's audio is still being checked: he may follow too


def due(turn: Turn) -> list[Planned]:
    """Broadcasts whose time to be looked at has come, in the order of rule 2."""
    found: list[Planned] = []
    for planned in turn.state.agenda:
        opens = planned.broadcast.planned_start - ARM_LEAD - GIVE_WAY_LEAD
        if opens - LONGEST_LEAD > turn.now:
            break  # the agenda is sorted
        if opens - on_air_lead(turn.state, planned) <= turn.now:
            found.append(planned)
    found.sort(key=lambda one: -one.broadcast.message_class.rank)
    return found


def audio_checked(turn: Turn, event: AudioChecked) -> None:
    """What is armed is chosen anew where its audio turns out to be otherwise."""
    before = turn.state.audio.get(event.broadcast)
    audio_check.answered(turn, event)
    is_news = turn.state.audio.get(event.broadcast) != before
    if is_news and turn.state.phase is Phase.ARMING and turn.run.planned.broadcast.key == event.broadcast:
        turn.go(Phase.IDLE, None)


def audio_arrived(turn: Turn, event: AudioArrived) -> None:
    """Sync has brought a file."""
    audio_check.arrived(turn, event)


def _look_at_audio(turn: Turn, planned: Planned) -> bool:
    return audio_check.look(turn, planned, on_air_lead(turn.state, planned))


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
        if higher and not _look_at_audio(turn, planned):
            continue  # the answer comes within moments; for nothing to air nothing is cut
        if higher and turn.now < cut_at:
            continue
        if higher and _has_something_to_air(turn, planned):
            _block(turn, run.planned.broadcast.key, "pre_empted")
            if turn.state.phase is Phase.ARMING:
                turn.go(Phase.IDLE, None)
            else:
                off_air.cut(turn, "pre_empted", rest=None)
            return
        if turn.now >= broadcast.planned_start > turn.state.running_since:
            _block(turn, broadcast.key, "busy")


def gives_way_at(turn: Turn) -> datetime | None:
    """When the broadcast on the air will be cut by one of higher class that is near; None if by none."""
    run = turn.state.run
    if run is None:
        return None
    own = run.planned.broadcast.message_class
    cuts = [
        planned.broadcast.planned_start - on_air_lead(turn.state, planned) - GIVE_WAY_LEAD
        for planned in due(turn)
        if planned.broadcast.message_class.pre_empts(own) and _has_something_to_air(turn, planned)
    ]
    return min(cuts, default=None)


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
        if not _look_at_audio(turn, planned):
            if _is_ahead(turn, planned):
                return  # the answer comes within moments; nothing lower goes first meanwhile
            continue
        verdict = _verdict(turn, planned)
        if _may_still_arrive(turn, planned, verdict):
            if turn.now > planned.broadcast.planned_start - on_air_lead(turn.state, planned):
                _block(turn, planned.broadcast.key, "audio_missing")
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
    if closes_at is None or closes_at > turn.now or not turn.state.clock_trusted:
        turn.go(Phase.IDLE, None)  # it has changed since it was armed: it is chosen anew
        return
    _account_lost(turn, planned, verdict)
    turn.change_run(cues=verdict.cues, start=verdict.start, why_late=verdict.reason)
    on_air.warm(turn)


def _may_still_arrive(turn: Turn, planned: Planned, verdict: Verdict) -> bool:
    """Nothing of it can be heard, and its audio may come before it would be too late for any policy."""
    lead = on_air_lead(turn.state, planned)
    absent = any(lost.reason == "audio_missing" for lost in verdict.lost)
    return verdict.start is None and absent and turn.now < audio_check.given_up_at(planned, lead)


def _account_lost(turn: Turn, planned: Planned, verdict: Verdict) -> None:
    on_disk = verdict.start is not None
    for lost in verdict.lost if turn.state.clock_settled else ():  # else it waits for a certain time
        present = on_disk and lost.reason != "audio_missing"
        turn.account(silent_airing(planned, lost.cue, lost.outcome, lost.reason, on_disk=present))
    _forget_if_done(turn, planned)


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
        follows=state.follow or is_on_its_way(state, broadcast.key),
        is_quiet=quiet,
        withdrawn=state.withdrawn,
        unusable=audio_check.missing(state, planned),
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
    if is_done(planned.broadcast.items, turn.state.final):
        key = planned.broadcast.key
        agenda = tuple(one for one in turn.state.agenda if one.broadcast.key != key)
        blocked = {one: why for one, why in turn.state.blocked.items() if one != key}
        audio = {one: known for one, known in turn.state.audio.items() if one != key}
        turn.change(agenda=agenda, blocked=blocked, audio=audio)


def next_look(state: PlayoutState, now: datetime) -> datetime | None:
    """The next instant at which something on the agenda has to be looked at."""
    found: datetime | None = None
    for planned in state.agenda:
        if found is not None and planned.broadcast.planned_start - LONGEST_LEAD > found:
            break  # the agenda is sorted: nothing further on is looked at sooner
        ahead = [look for look in _looks(state, planned) if look > now]
        found = min(ahead if found is None else (*ahead, found), default=None)
    return found


def _looks(state: PlayoutState, planned: Planned) -> tuple[datetime, ...]:
    start, lead = planned.broadcast.planned_start, on_air_lead(state, planned)
    usual = (start - ARM_LEAD - GIVE_WAY_LEAD - lead, start - lead - GIVE_WAY_LEAD, start)
    if planned.broadcast.key in state.audio and audio_check.missing(state, planned):
        return (*usual, *audio_check.last_looks(planned, lead), audio_check.given_up_at(planned, lead))
    return usual
