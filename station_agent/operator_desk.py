"""What becomes of the operator's acts.

Rules
1. Stop ends what is on the air, an alert's play too; the alert itself goes on with its next play.
2. Hold: what plays goes on to its end, nothing new of the plan and no test starts but emergencies. Alerts,
   what is played by hand and the microphone are not held. When it is over, what was held is decided by its
   missed-policy, with the reason `operator_hold`.
3. What the operator plays is an ordinary broadcast that begins at once or not at all: it keeps quiet hours,
   waits for nothing, and its airings say that it was not the province's.
4. The microphone is a priority broadcast without a sound of ours: the relays close, the PC is silent.
   Emergencies and alerts take the line away from it.
5. The level is a share of the plan's, never more; an alert does not heed it.
6. The order decides among broadcasts of one class that are due together; it never puts a lower class first.
   What is over, or no longer planned, drops out of it (`timetable.keep_order_to_what_is_ahead`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from schedules.airing_origin import Origin, unplanned_key
from schedules.message_class import MessageClass
from schedules.wire.plan import ItemKind, PlanItem, PlannedBroadcast
from schedules.wire.report import Outcome
from station_agent import alerts, off_air, on_air, plan_change, timetable
from station_agent.evidence import silent_airing
from station_agent.level import level_of
from station_agent.operator_acts import (
    LONGEST_HOLD,
    LONGEST_MICROPHONE,
    Desk,
    OperatorHold,
    OperatorMicrophone,
    OperatorOrder,
    OperatorPlay,
    OperatorStop,
    OperatorVolume,
)
from station_agent.phases import Happening, Phase
from station_agent.planned import Planned
from station_agent.playout_turn import Turn
from station_agent.playout_values import KeepDesk, KeepOwed, SetVolume, StopOutput

REMEMBERED_ORDER = 50
ON_THE_WAY = frozenset({Phase.WARMING, Phase.ITEM, Phase.PAUSE})


def stop(turn: Turn, _event: OperatorStop) -> None:
    """What is on the air, or about to be, is over."""
    if turn.state.phase is Phase.IDLE:
        turn.give(StopOutput())
    elif turn.state.phase is Phase.ARMING:
        run = turn.run
        for cue in run.cues:
            turn.account(silent_airing(run.planned, cue, Outcome.SKIPPED, "operator_stop", on_disk=True))
        turn.go(Happening.TAKEN_BACK)
    else:
        off_air.cut(turn, "operator_stop", rest=Outcome.SKIPPED)


def hold(turn: Turn, event: OperatorHold) -> None:
    """Nothing new of the plan and no test starts until then, emergencies excepted."""
    until = None if event.until is None else min(event.until, turn.now + LONGEST_HOLD)
    _set(turn, replace(turn.state.desk, held_until=until))
    run = turn.state.run
    if until is None or run is None or run.playing or run.planned.rank >= MessageClass.EMERGENCY.rank:
        return
    if run.planned.origin in (Origin.PLAN, Origin.TEST) and turn.state.phase in (
        Phase.ARMING,
        Phase.WARMING,
    ):
        plan_change.drop(turn, "operator_hold")


def volume(turn: Turn, event: OperatorVolume) -> None:
    """Set the level of one zone, or of all."""
    percent = max(0, min(100, event.percent))
    zones = (event.zone,) if event.zone is not None else alerts.all_zones(turn.state)
    desk = turn.state.desk
    _set(turn, replace(desk, volumes={**desk.volumes, **dict.fromkeys(zones, percent)}))
    run = turn.state.run
    if run is None:
        return
    fresh = level_of(turn.state, run.planned)
    if fresh != run.volume_percent:
        turn.change_run(volume_percent=fresh)
        if turn.state.phase in ON_THE_WAY:
            turn.give(SetVolume(fresh))


def order(turn: Turn, event: OperatorOrder) -> None:
    """Which of several goes first."""
    _set(turn, replace(turn.state.desk, order=event.broadcasts[:REMEMBERED_ORDER]))
    if turn.state.phase is Phase.ARMING:
        turn.go(Happening.TAKEN_BACK)  # it is chosen anew


def play(turn: Turn, event: OperatorPlay) -> None:
    """Put it on the agenda, for now."""
    _ask_for(turn, Origin.LOCAL, MessageClass.ORDINARY, event.item, event.zones)


def microphone(turn: Turn, event: OperatorMicrophone) -> None:
    """Give the line to the microphone, or take it back."""
    _give_back(turn)
    if event.duration is None:
        return
    length_ms = int(min(event.duration, LONGEST_MICROPHONE) / timedelta(milliseconds=1))
    item = PlanItem(key="microphone", kind=ItemKind.PAUSE, title="Microphone", duration_ms=length_ms)
    _ask_for(turn, Origin.MICROPHONE, MessageClass.PRIORITY, item, event.zones)


def _give_back(turn: Turn) -> None:
    run = turn.state.run
    if run is None or run.planned.origin is not Origin.MICROPHONE:
        return
    if turn.state.phase is Phase.PAUSE:
        on_air.silence_over(turn)
    else:
        stop(turn, OperatorStop())


def _ask_for(
    turn: Turn, origin: Origin, message_class: MessageClass, item: PlanItem, zones: tuple[str, ...]
) -> None:
    state = turn.state
    known = alerts.all_zones(state)
    asked = PlannedBroadcast(
        key=_free_key(turn, origin),
        slot=origin.value,
        title=item.title,
        planned_start=turn.now,
        zones=tuple(zone for zone in zones if zone in known) or known,
        message_class=message_class,
        items=(item,),
    )
    serial = state.plan.serial if state.plan is not None else alerts.WITHOUT_A_PLAN
    timetable.insert(turn, alerts.with_own_keys(Planned(asked, serial)))
    turn.give(KeepOwed(plan_change.owed_of(turn)))


def _free_key(turn: Turn, origin: Origin) -> str:
    """Named for its instant, to the second; asked for twice within one, for the next that is free."""
    at: datetime = turn.now
    taken = {one.broadcast.key for one in turn.state.agenda}
    while (key := unplanned_key(origin, "", at)) in taken or f"{key}/1" in turn.state.final:
        at += timedelta(seconds=1)
    return key


def _set(turn: Turn, desk: Desk) -> None:
    turn.change(desk=desk)
    turn.give(KeepDesk(desk))


def clock_stepped(turn: Turn, by: timedelta) -> None:
    """A hold lasts as long as was asked for, whatever the clock says.

    One that seemed longer than any can be was set by another clock, before a start on a wrong one: then the
    clock as it is now decides.
    """
    until = turn.state.desk.held_until
    if until is None:
        return
    left = until - (turn.now - by)
    meant = until + by if left <= LONGEST_HOLD else until
    in_force = timedelta(0) < meant - turn.now <= LONGEST_HOLD
    _set(turn, replace(turn.state.desk, held_until=meant if in_force else None))
