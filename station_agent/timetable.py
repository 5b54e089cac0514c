"""When a broadcast on the agenda is looked at, on which relays, and how long before its first sample."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from schedules.airing_origin import Origin
from schedules.wire.plan import PlanItem, StationLimits
from station_agent import on_air
from station_agent.item_set import ItemSet
from station_agent.missed_policy import GRACE
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState
from station_agent.playout_turn import Turn
from station_agent.playout_values import KeepDesk

ARM_LEAD = timedelta(seconds=3)
"""Audio is checked this long before the relays have to close."""
GIVE_WAY_LEAD = timedelta(milliseconds=800)
"""A broadcast that gives way ends this long before the relays of the higher one have to close."""
LOOK_LEAD = ARM_LEAD + GIVE_WAY_LEAD
"""The first look at a broadcast is so long before its relays have to close."""
LONGEST_LEAD = timedelta(seconds=120)
"""No look at a broadcast lies further ahead of its start."""
FURTHEST = LOOK_LEAD + LONGEST_LEAD
AT_ONCE = timedelta(0)
DEFAULT_LIMITS = StationLimits()


def is_done(items: Iterable[PlanItem], final: ItemSet) -> bool:
    """Whether every item has its intent or its outcome."""
    return all(item.key in final for item in items)


def is_on_its_way(state: PlayoutState, key: str) -> bool:
    """Whether this is the broadcast that is armed or on the air."""
    return state.run is not None and state.run.planned.broadcast.key == key


def limits_of(state: PlayoutState) -> StationLimits:
    """The plan's; an alert that comes before the first plan keeps the usual ones."""
    return state.plan.limits if state.plan is not None else DEFAULT_LIMITS


def limits_here(state: PlayoutState, planned: Planned) -> StationLimits:
    """The plan's, and what hangs on the broadcast's relays at this station, whichever is stricter."""
    limits = limits_of(state)
    lines = [state.lines[one] for one in channels_of(state, planned) if one in state.lines]
    if not lines:
        return limits
    longest = [one.max_on_s for one in lines if one.max_on_s is not None]
    return limits.model_copy(
        update={
            "warm_up_ms": max(limits.warm_up_ms, *(one.warm_up_ms for one in lines)),
            "max_on_s": min([limits.max_on_s, *longest]),
        }
    )


def channels_of(state: PlayoutState, planned: Planned) -> dict[int, str]:
    """Relays the broadcast needs here, with their zones; empty where no board is attached.

    In the order in which they close: an amplifier's power before the lines behind it.
    """
    if not state.has_board:
        return {}
    found: dict[int, str] = {}
    for zone in planned.broadcast.zones:
        channel = channel_of(state, zone)
        if channel is not None and channel not in state.lacks:
            found[channel] = zone
    powers = {line.power: zone for channel, zone in found.items() if (line := state.lines.get(channel))}
    return {power: zone for power, zone in powers.items() if power is not None} | found


def channel_of(state: PlayoutState, zone: str) -> int | None:
    """The relay of a zone: as set at the station, else as the plan says."""
    own = state.zone_channels.get(zone)
    if own is not None or state.plan is None:
        return own
    return next((one.channel for one in state.plan.zones if one.key == zone), None)


def on_air_lead(state: PlayoutState, planned: Planned) -> timedelta:
    """From the first command to the first sample, at most."""
    if planned.at_once:
        return AT_ONCE
    zones = planned.broadcast.zones
    lead = state.leads.get(zones)
    if lead is None:
        lead = on_air.lead(len(channels_of(state, planned)), limits_here(state, planned).warm_up_ms)
    return lead


def leads_of(state: PlayoutState) -> dict[tuple[str, ...], timedelta]:
    """The leads of everything on the agenda, by zones: reckoned once a plan."""
    some = {one.broadcast.zones: one for one in state.agenda if not one.at_once}
    return {
        zones: on_air.lead(len(channels_of(state, one)), limits_here(state, one).warm_up_ms)
        for zones, one in some.items()
    }


def due(turn: Turn) -> list[Planned]:
    """What is to be looked at: the highest first, then as the operator ordered, then the earliest."""
    state, now = turn.state, turn.now
    horizon, furthest = now + LOOK_LEAD, now + FURTHEST
    found: list[Planned] = []
    for planned in state.agenda:
        start = planned.broadcast.planned_start
        if start > furthest:
            break  # the agenda is sorted
        if start <= horizon or start <= horizon + on_air_lead(state, planned):
            found.append(planned)
    if len(found) > 1:
        order = state.desk.order
        found.sort(key=lambda one: (-one.rank, _place(order, one.broadcast.key)))
    return found


def _place(order: tuple[str, ...], key: str) -> int:
    return order.index(key) if key in order else len(order)


def keep_order_to_what_is_ahead(turn: Turn) -> None:
    """What is not on the agenda any more needs no place in the operator's order."""
    desk = turn.state.desk
    if not desk.order:
        return
    there = {one.broadcast.key for one in turn.state.agenda}
    left = tuple(key for key in desk.order if key in there)
    if left != desk.order:
        turn.change(desk=replace(desk, order=left))
        turn.give(KeepDesk(turn.state.desk))


def insert(turn: Turn, planned: Planned) -> None:
    """Put a broadcast on the agenda."""
    turn.change(agenda=sorted_agenda((*turn.state.agenda, planned)))


def _when(planned: Planned) -> tuple[datetime, str]:
    return (planned.broadcast.planned_start, planned.broadcast.key)


def sorted_agenda(broadcasts: Iterable[Planned]) -> tuple[Planned, ...]:
    """Earliest first."""
    return tuple(sorted(broadcasts, key=_when))


def as_recalled(owed: Iterable[Planned], final: ItemSet, now: datetime) -> tuple[Planned, ...]:
    """What an earlier start left. What was wanted at once does not wait for an instant of a clock that was
    ahead: an alert is wanted still, what the operator asked for then is too late."""
    waiting = (one for one in owed if not is_done(one.broadcast.items, final))
    return sorted_agenda(_as_asked(one, now) for one in waiting)


def _as_asked(planned: Planned, now: datetime) -> Planned:
    if not planned.at_once or planned.broadcast.planned_start <= now:
        return planned
    at = now if planned.origin in (Origin.ALERT, Origin.TEST) else now - GRACE - timedelta(seconds=1)
    return replace(planned, broadcast=planned.broadcast.model_copy(update={"planned_start": at}))


def clock_stepped(turn: Turn, by: timedelta) -> None:
    """What is wanted at once goes on being so; instants of the plan stay what they are."""
    if any(one.at_once for one in turn.state.agenda):
        turn.change(agenda=sorted_agenda(_moved(one, by, turn.now) for one in turn.state.agenda))


def _moved(planned: Planned, by: timedelta, now: datetime) -> Planned:
    """What was asked for by the clock before the step moves with it; what an earlier start left, not."""
    if not planned.at_once:
        return planned
    asked_at, missed = planned.broadcast.planned_start, planned.broadcast.missed
    at = min(asked_at + by if asked_at <= now - by else asked_at, now)
    if missed.until is not None:
        missed = missed.model_copy(update={"until": missed.until + by})
    update = {"planned_start": at, "missed": missed}
    return Planned(planned.broadcast.model_copy(update=update), planned.serial)


def forget_if_done(turn: Turn, planned: Planned) -> None:
    """Take a broadcast off the agenda once each of its items is accounted for."""
    state, key = turn.state, planned.broadcast.key
    if not is_done(planned.broadcast.items, state.final):
        return
    for index, one in enumerate(state.agenda):
        if one.broadcast.key == key:
            turn.change(agenda=state.agenda[:index] + state.agenda[index + 1 :])
            keep_order_to_what_is_ahead(turn)
            break
    if key in state.blocked:
        turn.change(blocked={one: why for one, why in state.blocked.items() if one != key})
    if key in state.audio:
        turn.change(audio={one: known for one, known in state.audio.items() if one != key})
