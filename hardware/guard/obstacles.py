"""What stands in the way of closing a relay: a board that is not there, an interlock, a rest. Pure."""

from hardware.guard.limits import INTERLOCK_GAP_MS, Limits
from hardware.guard.state import GuardState, Refusal
from hardware.ports import FaultCode


def in_the_way(state: GuardState, channel: int, limits: Limits) -> Refusal | None:
    """A board that is not reached, or an interlock, for the relay itself and for its amplifier's power."""
    power = limits.of(channel).power
    if channel in state.closed:
        return None
    if channel in state.away:
        why = f"relay {channel} stays open: the board is not ready"
        return Refusal(channel, FaultCode.NOT_READY, why)
    if power is not None and power in state.away:
        why = f"relay {channel} stays open: the board of its amplifier's power, relay {power}, is not ready"
        return Refusal(channel, FaultCode.NOT_READY, why)
    soon = {fed_by for one in state.waiting if (fed_by := limits.of(one).power) is not None}
    known = state.closed.keys() | state.waiting.keys() | soon
    for one in (channel, *(() if power is None else (power,))):
        other = min(limits.never_with(one) & (known | state.doubtful), default=None)
        if other is not None:
            is_what = "is closed" if other in known else "is not known to be open"
            why = (
                f"relay {channel} stays open: relay {other} {is_what}, and {one} and {other} are interlocked"
            )
            return Refusal(channel, FaultCode.INTERLOCKED, why)
    return None


def may_close_at_s(state: GuardState, channel: int, limits: Limits) -> float:
    """After its own rest, and once what it is interlocked with has had the time to fall."""
    if channel in state.closed:
        return float("-inf")
    never = float("-inf")
    instants = [state.opened.get(channel, never) + limits.of(channel).min_off_ms / 1000]
    instants += [state.opened.get(one, never) + INTERLOCK_GAP_MS / 1000 for one in limits.never_with(channel)]
    return max(instants)
