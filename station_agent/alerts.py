"""Alerts in force: each play of one is a broadcast of its own on the agenda, and ends in its own airings.

Rules
1. An alert plays at once, and then every `repeat_every_s` until it expires or is cancelled.
2. Its serial rises: an alert whose serial is known, or lower than one known, changes nothing.
3. A raised alert stands above all classes, in quiet hours too and on a clock that can't be right. A test is
   a priority broadcast: it cuts no alert and no emergency, waits for a right clock and keeps quiet hours, and
   the key of each of its airings says that it is one. A test with the words of an alert in force is refused:
   it would sound real.
4. A cancel ends what plays of it, fading out, and what was still to come.
5. What was played before a restart is known from the journal; what may have been played before the journal
   was lost is played again only where it repeats.
6. An alert lives as long as it was meant to, whatever the clock says meanwhile: its end moves with a clock
   that steps, and is its own date again once the clock is settled. No clock that was far ahead ends it, nor
   keeps its repetitions waiting.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schedules.airing_origin import Origin, unplanned_key
from schedules.message_class import MessageClass
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import MissedPolicy, MissedRule, PlannedBroadcast, QuietRule
from schedules.wire.report import Outcome
from station_agent import off_air, plan_change, prospect, timetable
from station_agent.evidence import silent_airing
from station_agent.phases import Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState, Standing
from station_agent.playout_turn import Turn
from station_agent.playout_values import AlertCame, KeepOwed

REST = timedelta(seconds=10)
"""Between two plays of one alert there is at least so much time, however short its repetition is."""
AFTER = timedelta(milliseconds=1)
WITHOUT_A_PLAN = 1
"""The plan serial in airings of an alert that came before any plan."""
_OF_ALERTS = (Origin.ALERT, Origin.TEST)
ALL_ZONES = "all"
"""Zone of an alert at a station that has no plan and no zones set: nothing is switched there."""


def came(turn: Turn, event: AlertCame) -> None:
    """Take an alert that is trusted already."""
    alert, known = event.alert, turn.state.alert_serials.get(event.alert.key, 0)
    if alert.serial <= known:
        return
    turn.change(alert_serials={**turn.state.alert_serials, alert.key: alert.serial})
    _end(turn, alert)
    if alert.act is AlertAct.CANCEL:
        turn.incident("alert_cancelled", alert.key, f"no. {alert.serial}: {alert.title}")
    elif alert.act is AlertAct.TEST and _sounds_real(turn.state, alert):
        message = f"no. {alert.serial} is a test with the audio of an alert in force: it is not played"
        turn.incident("alert_refused", alert.key, message)
    else:
        _take(turn, alert, event.from_book)


def _take(turn: Turn, alert: Alert, from_book: bool) -> None:
    until = alert.expires_at
    if not turn.state.clock_trusted:  # it lives as long as it was meant to, counted from now
        until = turn.now + (alert.expires_at - alert.issued_at)
    last = _last_play(turn.state, alert)
    if last is not None:
        last = min(last, turn.now)  # else it was played by a clock that was ahead
    next_at: datetime | None = turn.now
    if last is not None or any(_is_of(planned, alert.key) for planned in turn.state.agenda):
        every = _every(alert)
        next_at = None if every is None else max(turn.now, (last or turn.now) + every)
    standing = Standing(alert, until, next_at, from_book)
    turn.change(alerts=(*turn.state.alerts, standing))
    again = "" if last is None else "; it was played before this start"
    if until <= turn.now:
        again += "; it was over by then"
        if (
            not turn.state.clock_settled
        ):  # by a clock that may be ahead: told again once it is set, it is news
            turn.change(alert_serials={**turn.state.alert_serials, alert.key: alert.serial - 1})
    word = "test of an alert" if alert.act is AlertAct.TEST else "alert"
    turn.incident("alert_taken", alert.key, f"{word} no. {alert.serial}: {alert.title}{again}")


def _last_play(state: PlayoutState, alert: Alert) -> datetime | None:
    """When it was last played, as the journal's keys tell; None for never."""
    begin = _head(alert)
    stamps = [key[len(begin) :].partition("/")[0] for key in state.final if key.startswith(begin)]
    if not stamps:
        return None
    return datetime.strptime(max(stamps), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _sounds_real(state: PlayoutState, test: Alert) -> bool:
    real = {
        item.sha256
        for standing in state.alerts
        if standing.alert.act is AlertAct.RAISE
        for item in standing.alert.items
        if item.sha256 is not None and item.language is not None
    }
    return any(item.sha256 in real for item in test.items)


def _origin(alert: Alert) -> Origin:
    return Origin.TEST if alert.act is AlertAct.TEST else Origin.ALERT


def _head(alert: Alert) -> str:
    """How the keys of its plays begin."""
    return f"{_origin(alert)}:{alert.key}/{alert.serial}/"


def _is_of(planned: Planned, alert_key: str) -> bool:
    origin = planned.origin
    return origin in _OF_ALERTS and planned.broadcast.key.startswith(f"{origin}:{alert_key}/")


def _end(turn: Turn, newer: Alert) -> None:
    """A newer word about an alert: what was in force of older ones is over."""
    reason = "cancelled" if newer.act is AlertAct.CANCEL else "replaced"
    turn.change(alerts=tuple(one for one in turn.state.alerts if one.alert.key != newer.key))
    run = turn.state.run
    if run is not None and _is_older(run.planned, newer):
        if turn.state.phase is Phase.ARMING:
            turn.go(Happening.TAKEN_BACK)
        else:
            off_air.cut(turn, reason, rest=Outcome.SKIPPED)
    for planned in turn.state.agenda:
        if _is_older(planned, newer):
            _skip(turn, planned, reason)


def _is_older(planned: Planned, newer: Alert) -> bool:
    return _is_of(planned, newer.key) and not planned.broadcast.key.startswith(_head(newer))


def _skip(turn: Turn, planned: Planned, reason: str) -> None:
    for cue in planned.cues:
        waits = turn.state.run.pending if turn.state.run is not None else None
        if cue.item.key not in turn.state.final and (waits is None or waits.item != cue.item.key):
            turn.account(silent_airing(planned, cue, Outcome.SKIPPED, reason, on_disk=False))
    timetable.forget_if_done(turn, planned)


def look(turn: Turn) -> None:
    """Put the plays that are due on the agenda; let go of what has expired."""
    for standing in turn.state.alerts:
        if turn.now >= standing.until:
            kept = tuple(one for one in turn.state.alerts if one is not standing)
            turn.change(alerts=kept)
        elif standing.next_at is not None and turn.now >= standing.next_at:
            plays = [one for one in turn.state.agenda if _is_of(one, standing.alert.key)]
            waits = any(_may_still_be_heard(turn, one) for one in plays)
            if not waits:
                _put_on_agenda(turn, standing)
            _set_next(turn, standing, REST if waits else _every(standing.alert))


def _may_still_be_heard(turn: Turn, planned: Planned) -> bool:
    """Not what is left of a play that was broken off, once its time is over: that is only accounted for, and
    that waits until nothing is on the air.
    """
    begun = any(item.key in turn.state.final for item in planned.broadcast.items)
    if not begun or timetable.is_on_its_way(turn.state, planned.broadcast.key):
        return True
    verdict = prospect.verdict_of(turn, planned)
    return verdict.start is not None or not verdict.lost


def _every(alert: Alert) -> timedelta | None:
    return None if alert.repeat_every_s is None else timedelta(seconds=alert.repeat_every_s)


def _set_next(turn: Turn, standing: Standing, after: timedelta | None) -> None:
    next_at = None if after is None else turn.now + after
    fresh = Standing(standing.alert, standing.until, next_at, standing.from_book)
    turn.change(alerts=tuple(fresh if one is standing else one for one in turn.state.alerts))


def _put_on_agenda(turn: Turn, standing: Standing) -> None:
    alert, state = standing.alert, turn.state
    planned = Planned(
        PlannedBroadcast(
            key=_free_key(state, alert, turn.now),
            slot=alert.key,
            title=alert.title,
            planned_start=_planned_start(state, standing, turn.now),
            zones=all_zones(state),
            message_class=MessageClass.PRIORITY if alert.act is AlertAct.TEST else MessageClass.EMERGENCY,
            missed=MissedPolicy(rule=MissedRule.LATE, until=standing.until),
            quiet=QuietRule.HOLD if alert.act is AlertAct.TEST else QuietRule.IGNORE,
            items=alert.items,
        ),
        state.plan.serial if state.plan is not None else WITHOUT_A_PLAN,
    )
    planned = with_own_keys(planned)
    timetable.insert(turn, planned)
    turn.give(KeepOwed(plan_change.owed_of(turn)))


def _planned_start(state: PlayoutState, standing: Standing, now: datetime) -> datetime:
    """Now; for one that may have been played before the journal was lost: then, so that it is not again."""
    alert, lost_at = standing.alert, state.lost_at
    may_have_aired = standing.from_book and lost_at is not None and alert.issued_at <= lost_at
    if may_have_aired and lost_at is not None and alert.repeat_every_s is None:
        return lost_at
    return now + AFTER if now == lost_at else now


def _free_key(state: PlayoutState, alert: Alert, now: datetime) -> str:
    """Named for its instant; on a clock that stepped back, for the next one that is free."""
    subject, at = f"{alert.key}/{alert.serial}", now
    while f"{(key := unplanned_key(_origin(alert), subject, at))}/1" in state.final:
        at += timedelta(seconds=1)
    return key


def with_own_keys(planned: Planned) -> Planned:
    """Items named for this broadcast: each play ends in airings of its own."""
    broadcast = planned.broadcast
    own = {item.key: f"{broadcast.key}/{number}" for number, item in enumerate(broadcast.items, start=1)}
    items = tuple(
        item.model_copy(update={"key": own[item.key], "instead_of": own.get(item.instead_of or "")})
        for item in broadcast.items
    )
    return Planned(broadcast.model_copy(update={"items": items}), planned.serial)


def all_zones(state: PlayoutState) -> tuple[str, ...]:
    """Every zone of the plan; without a plan those set at the station."""
    named = tuple(zone.key for zone in state.plan.zones) if state.plan is not None else ()
    return named or tuple(sorted(state.zone_channels)) or (ALL_ZONES,)


def due_at(state: PlayoutState) -> datetime | None:
    """When an alert is to be looked at next."""
    if not state.alerts:
        return None
    instants = [one.next_at for one in state.alerts if one.next_at is not None]
    return min([*instants, *(one.until for one in state.alerts)])


def clock_stepped(turn: Turn, by: timedelta) -> None:
    """The wall clock jumped: alerts last and repeat by how much time passed; what waits goes on waiting."""
    moved = tuple(
        replace(one, until=one.until + by, next_at=None if one.next_at is None else one.next_at + by)
        for one in turn.state.alerts
    )
    turn.change(alerts=moved)


def clock_settled(turn: Turn) -> None:
    """The clock is certain: each alert ends at its own date."""
    turn.change(alerts=tuple(replace(one, until=one.alert.expires_at) for one in turn.state.alerts))
