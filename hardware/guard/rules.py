"""When a relay may be closed: the guard's decisions, without time, port or process of their own.

Rules:

1. A relay closes only because the owner asked, and only while the owner is heard.
2. The owner not heard for `deadline_ms`: every relay opens. Hearing it again closes nothing by itself.
3. A relay opens when its `max_on_ms` has passed. The owner's figure counts from its last command; the guard's
   own figure counts from the moment the relay closed, and no command extends it.
4. The owner gone: every relay opens, and nothing closes any more.
5. The board lost: every relay counts as open; each must be commanded anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.ports import RelayCause


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline_ms`: longest silence of the owner. `max_on_ms`: longest any relay stays closed."""

    deadline_ms: int = 1000
    max_on_ms: int = 4 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class ClosedRelay:
    """When a closed relay was closed, and when it must open at the latest."""

    closed_at_s: float
    open_by_s: float


@dataclass(frozen=True, slots=True)
class GuardState:
    """All the guard decides from. Times are seconds of the monotonic clock."""

    heard_at_s: float
    closed: Mapping[int, ClosedRelay] = field(default_factory=dict)
    leaving: bool = False


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
    """The line to the board broke."""


@dataclass(frozen=True, slots=True)
class TimePassed:
    """Nothing happened but time."""


GuardEvent = Heard | Asked | AskedAllOff | OwnerGone | BoardLost | TimePassed


@dataclass(frozen=True, slots=True)
class Want:
    """Command this relay so, because of that."""

    channel: int
    on: bool
    cause: RelayCause


Step = tuple[GuardState, tuple[Want, ...]]


def step(state: GuardState, now_s: float, event: GuardEvent, limits: Limits) -> Step:
    """What to command at `now_s` because of `event`, and the state after it. Due relays open on any event."""
    state, due = _open_what_is_due(state, now_s, limits)
    match event:
        case Asked() if not state.leaving:
            state, asked = _obey(replace(state, heard_at_s=now_s), now_s, event, limits)
        case Heard():
            state, asked = replace(state, heard_at_s=now_s), ()
        case AskedAllOff():
            state, asked = _open_all(replace(state, heard_at_s=now_s), RelayCause.COMMAND)
        case OwnerGone():
            state, asked = _open_all(replace(state, leaving=True), RelayCause.OWNER_GONE)
        case BoardLost():
            state, asked = replace(state, closed={}), ()
        case _:
            asked = ()
    return state, due + asked


def next_due_s(state: GuardState, limits: Limits) -> float | None:
    """When the next relay opens by itself if nothing happens. None: no relay is closed."""
    if not state.closed:
        return None
    deadline_s = state.heard_at_s + limits.deadline_ms / 1000
    return min(deadline_s, *(relay.open_by_s for relay in state.closed.values()))


def _open_what_is_due(state: GuardState, now_s: float, limits: Limits) -> Step:
    if now_s >= state.heard_at_s + limits.deadline_ms / 1000:  # the same sum as in next_due_s
        return _open_all(state, RelayCause.HEARTBEAT_LOST)
    due = tuple(channel for channel, relay in state.closed.items() if now_s >= relay.open_by_s)
    still = {channel: relay for channel, relay in state.closed.items() if channel not in due}
    return replace(state, closed=still), tuple(Want(c, False, RelayCause.MAX_ON_TIME) for c in due)


def _open_all(state: GuardState, cause: RelayCause) -> Step:
    return replace(state, closed={}), tuple(Want(channel, False, cause) for channel in state.closed)


def _obey(state: GuardState, now_s: float, asked: Asked, limits: Limits) -> Step:
    closed = dict(state.closed)
    before = closed.pop(asked.channel, None)
    if asked.on:
        closed_at_s = before.closed_at_s if before else now_s
        open_by_s = closed_at_s + limits.max_on_ms / 1000
        if asked.max_on_ms is not None:
            open_by_s = min(open_by_s, now_s + asked.max_on_ms / 1000)
        closed[asked.channel] = ClosedRelay(closed_at_s, open_by_s)
    return replace(state, closed=closed), (Want(asked.channel, asked.on, RelayCause.COMMAND),)
