"""When a relay may be closed: the guard's decisions, without time, port or process of their own.

Rules:

1. A relay closes only because the owner asked, and only while the owner is heard.
2. The owner not heard for `deadline_ms`: every relay opens. Hearing it again closes nothing by itself.
3. A relay opens when its `max_on_ms` has passed. The owner's figure counts from its last command; the guard's
   own figure counts from the moment the relay closed, and no command extends it. One that waits to close when
   it has passed is told as well: it does not close any more.
4. The owner gone: every relay opens, and nothing closes any more.
5. A board lost: every relay of it counts as open; each must be commanded anew.
6. A relay that was open for less than its `min_off_ms` waits, and closes then if it is still wanted.
7. Of an interlocked group at most one relay is closed; another is refused, also while nobody can know that
   the first is open: its board was lost while it was closed, was never reached, or reads it back closed. One
   that has only just opened is waited for.
8. An amplifier's power closes before its first line and opens after its last. Without it no line stays
   closed.
9. A relay that was read back closed and reads open has fallen by itself, and with an amplifier's power its
   lines: it is commanded open, and closed again once it has rested, for no longer than it might have stayed
   closed. One that falls again and again is left alone for longer each time (`tries`), and its amplifier
   keeps its power meanwhile. A command of the owner takes the place of this: what it closes waits for nothing
   any more, what it is refused is not closed later.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from hardware.guard.limits import INTERLOCK_GAP_MS, Limits
from hardware.guard.obstacles import in_the_way, may_close_at_s
from hardware.guard.state import ClosedRelay, GuardState, Refusal, Waiting, Want
from hardware.guard.tries import POWER_WAITS_S, of_late, wait_s
from hardware.ports import RelayCause


@dataclass(frozen=True, slots=True)
class Heard:
    """The owner gave a sign of life."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The owner asked for one relay."""

    channel: int
    on: bool
    max_on_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AskedAllOff:
    """The owner asked for every relay to open."""


@dataclass(frozen=True, slots=True)
class OwnerGone:
    """The owner closed its end, died, or told the guard to end."""


@dataclass(frozen=True, slots=True)
class BoardLost:
    """The line to a board broke. `channels` None: every board's."""

    channels: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class BoardOpened:
    """Every relay of a board has been commanded open."""

    channels: frozenset[int]


@dataclass(frozen=True, slots=True)
class SentOpen:
    """The order to open has gone out to the board: the relay's rest counts from here."""

    channel: int


@dataclass(frozen=True, slots=True)
class ReadBack:
    """A board was asked and says so."""

    channel: int
    on: bool


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time."""


GuardEvent = (
    Heard | Asked | AskedAllOff | OwnerGone | BoardLost | BoardOpened | SentOpen | ReadBack | TimePassed
)


Step = tuple[GuardState, tuple[Want | Refusal, ...]]


def step(state: GuardState, now_s: float, event: GuardEvent, limits: Limits) -> Step:
    """What to command at `now_s` because of `event`, and the state after it. Due relays open on any event."""
    state, due = _let_time_pass(state, now_s, limits)
    asked: tuple[Want | Refusal, ...] = ()
    match event:
        case Asked() if not state.leaving:
            state, asked = _obey(state.heard(now_s), now_s, event, limits)
        case Heard():
            state = state.heard(now_s)
        case AskedAllOff():
            state, asked = _open_all(state.heard(now_s), now_s, RelayCause.COMMAND, limits)
        case OwnerGone():
            state, asked = _open_all(replace(state, leaving=True), now_s, RelayCause.OWNER_GONE, limits)
        case BoardLost(channels=channels):
            state, asked = _lose(state, now_s, channels, limits)
        case BoardOpened(channels=channels):
            opened = {**state.opened, **dict.fromkeys(channels - state.closed.keys(), now_s)}
            doubtful = state.doubtful - channels
            state = replace(state, away=state.away - channels, doubtful=doubtful, opened=opened)
        case SentOpen(channel=channel) if channel not in state.closed:
            state = replace(state, opened={**state.opened, channel: now_s})
        case ReadBack(channel=channel, on=on):
            state, asked = _look(state, now_s, channel, on, limits)
    return state, due + asked


def next_due_s(state: GuardState, limits: Limits) -> float | None:
    """When the next relay changes by itself if nothing happens. None: nothing is closed or waits."""
    act_s = next_act_s(state)
    return None if act_s is None else min(act_s, unheard_at_s(state, limits))


def unheard_at_s(state: GuardState, limits: Limits) -> float:
    """When the owner counts as not heard any more, unless it is heard before."""
    return state.heard_at_s + limits.deadline_ms / 1000


def next_act_s(state: GuardState) -> float | None:
    """The same should the owner go on being heard."""
    if not state.closed and not state.waiting:
        return None
    act_s = math.inf
    for relay in state.closed.values():
        if relay.open_by_s < act_s:
            act_s = relay.open_by_s
    for waiting in state.waiting.values():
        act_s = min(act_s, waiting.close_at_s, waiting.open_by_s)
    return min(act_s, *state.power_off.values()) if state.power_off else act_s


def _let_time_pass(state: GuardState, now_s: float, limits: Limits) -> Step:
    due_s = next_due_s(state, limits)
    if due_s is None or now_s < due_s:
        return state, ()
    if now_s >= unheard_at_s(state, limits):
        return _open_all(state, now_s, RelayCause.HEARTBEAT_LOST, limits)
    due = tuple(channel for channel, relay in state.closed.items() if now_s >= relay.open_by_s)
    state, opened = _open(state, now_s, due, RelayCause.MAX_ON_TIME, limits)
    over = tuple(channel for channel, at_s in state.power_off.items() if now_s >= at_s)
    state, off = _open(state, now_s, over, RelayCause.COMMAND, limits)
    wants: tuple[Want | Refusal, ...] = opened + off
    for channel in [channel for channel, one in state.waiting.items() if now_s >= one.open_by_s]:
        state = _wait_no_more(state, now_s, channel, limits)
        wants += (Want(channel, False, RelayCause.MAX_ON_TIME),)
    ripe = {channel: one for channel, one in state.waiting.items() if now_s >= one.close_at_s}
    state = replace(state, waiting={c: one for c, one in state.waiting.items() if c not in ripe})
    for channel, one in ripe.items():
        state, closing = _close(state, now_s, channel, one.open_by_s, limits)
        wants += closing
    return state, wants


def _obey(state: GuardState, now_s: float, asked: Asked, limits: Limits) -> Step:
    channel = asked.channel
    if not asked.on:
        state = _wait_no_more(state, now_s, channel, limits)
        if channel in limits.powers and any(line in state.closed for line in limits.behind(channel)):
            return state, ()  # it follows its last line
        if channel in state.power_off:
            return state, ()
        state, opened = _open(state, now_s, (channel,), RelayCause.COMMAND, limits)
        return state, opened or (Want(channel, False, RelayCause.COMMAND),)
    before = state.closed.get(channel)
    open_by_s = (before.closed_at_s if before else now_s) + limits.max_on_s(channel)
    if asked.max_on_ms is not None:
        open_by_s = min(open_by_s, now_s + asked.max_on_ms / 1000)
    return _close(state, now_s, channel, open_by_s, limits)


def _close(state: GuardState, now_s: float, channel: int, open_by_s: float, limits: Limits) -> Step:
    """Close it now, or when it may; refuse it where an interlock stands in the way."""
    refusal = in_the_way(state, channel, limits)
    if refusal is not None:
        return _wait_no_more(state, now_s, channel, limits), (refusal,)
    power = limits.of(channel).power
    ready_s = max(may_close_at_s(state, one, limits) for one in (channel, power or channel))
    if now_s < ready_s:
        return replace(state, waiting={**state.waiting, channel: Waiting(ready_s, open_by_s)}), ()
    wants: tuple[Want, ...] = ()
    closed = dict(state.closed)
    power_off = {one: at_s for one, at_s in state.power_off.items() if one not in (channel, power)}
    if power is not None and power not in closed:
        closed[power] = ClosedRelay(now_s, now_s + limits.max_on_s(power))
        wants += (Want(power, True, RelayCause.COMMAND),)
    before = closed.pop(channel, None)
    closed[channel] = replace(before or ClosedRelay(now_s, open_by_s), open_by_s=open_by_s)
    waiting = {one: wait for one, wait in state.waiting.items() if one != channel}
    state = replace(state, closed=closed, waiting=waiting, power_off=power_off)
    return state, (*wants, Want(channel, True, RelayCause.COMMAND))


def _open(
    state: GuardState, now_s: float, channels: Iterable[int], cause: RelayCause, limits: Limits
) -> tuple[GuardState, tuple[Want, ...]]:
    """Open these; lines go with their power, before it, and power follows the last of its lines."""
    going = [channel for channel in channels if channel in state.closed]
    if not going:
        return state, ()
    lines = [
        line for one in going for line in limits.behind(one) if line in state.closed and line not in going
    ]
    powers = limits.powers
    order = sorted([*going, *lines], key=lambda channel: channel in powers)
    closed = {channel: relay for channel, relay in state.closed.items() if channel not in order}
    opened = {**state.opened, **dict.fromkeys(order, now_s)}
    power_off = {one: at_s for one, at_s in state.power_off.items() if one in closed}
    for power in {limits.of(channel).power for channel in order} - {None}:
        if power in closed and not any(line in closed for line in limits.behind(power)):
            power_off[power] = now_s + limits.power_off_delay_ms / 1000
    state = replace(state, closed=closed, opened=opened, power_off=power_off)
    return state, tuple(Want(channel, False, cause) for channel in order)


def _wait_no_more(state: GuardState, now_s: float, channel: int, limits: Limits) -> GuardState:
    """It is not wanted any more; neither is the power that was kept for it alone."""
    if channel not in state.waiting:
        return state
    waiting = {one: wait for one, wait in state.waiting.items() if one != channel}
    power_off = dict(state.power_off)
    power = limits.of(channel).power
    if power is not None and power in power_off and not any(line in waiting for line in limits.behind(power)):
        power_off[power] = min(power_off[power], now_s + limits.power_off_delay_ms / 1000)
    return replace(state, waiting=waiting, power_off=power_off)


def _look(state: GuardState, now_s: float, channel: int, on: bool, limits: Limits) -> Step:
    """What a board reads back: as it was commanded, closed though it should not be, or fallen."""
    relay = state.closed.get(channel)
    is_stuck = on and relay is None
    if is_stuck is not (channel in state.doubtful):
        state = replace(state, doubtful=state.doubtful ^ {channel})
    if relay is None or on is relay.seen:
        return state, ()
    if on:
        return replace(state, closed={**state.closed, channel: replace(relay, seen=True)}), ()
    return _fall(state, now_s, channel, limits)


def _fall(state: GuardState, now_s: float, channel: int, limits: Limits) -> Step:
    """It opened by itself. It, or the lines of the amplifier it is, are closed again after a while."""
    lines = limits.behind(channel)
    again = [line for line in lines if line in state.closed]
    is_needless = channel in state.power_off or any(line in state.waiting for line in lines)
    if not again and not is_needless:
        again = [channel]
    before = of_late(state.fell.get(channel, ()), now_s)
    close_at_s = now_s + max(wait_s(len(before)), POWER_WAITS_S if channel in limits.powers else 0.0)
    waiting = {one: Waiting(close_at_s, state.closed[one].open_by_s) for one in again}
    for line in lines:
        if (wait := state.waiting.get(line)) is not None:
            waiting[line] = replace(wait, close_at_s=max(wait.close_at_s, close_at_s))
    state = replace(state, fell={**state.fell, channel: (*before, now_s)})
    state, opened = _open(state, now_s, (channel,), RelayCause.REFUSED_BY_BOARD, limits)
    power_off, power = dict(state.power_off), limits.of(channel).power
    # Without its power the line would wait for the power's rest, too.
    if power is not None and power in power_off and channel in waiting:
        power_off[power] = max(power_off[power], close_at_s + limits.power_off_delay_ms / 1000)
    return replace(state, waiting={**state.waiting, **waiting}, power_off=power_off), opened


def _open_all(state: GuardState, now_s: float, cause: RelayCause, limits: Limits) -> Step:
    state = replace(state, waiting={})
    return _open(state, now_s, tuple(state.closed), cause, limits)


def _lose(state: GuardState, now_s: float, channels: frozenset[int] | None, limits: Limits) -> Step:
    lost = frozenset(state.closed) if channels is None else channels
    fed = frozenset(line for power in lost for line in limits.behind(power)) - lost
    just_now_s = now_s - INTERLOCK_GAP_MS / 1000  # the order to open may not have gone out any more
    doubtful = {one for one in lost if one in state.closed or state.opened.get(one, just_now_s) > just_now_s}
    state = replace(
        state,
        doubtful=state.doubtful | doubtful,
        waiting={one: wait for one, wait in state.waiting.items() if one not in lost | fed},
        away=state.away | lost,
    )
    state, opened = _open(state, now_s, [*lost, *fed], RelayCause.BOARD_LOST, limits)
    return state, tuple(want for want in opened if want.channel not in lost)
