"""When the loudspeaker line may be closed: the amplifier's states, and nothing else.

    off ──ask──► warming ──warm──► live ──release──► cooling ──cool──► off
     ▲              │ release        │ ask              │ ask ► live
     └──── any fault, or too long on, from anywhere ────┘

Rules:

1. The amplifier's power goes on first and off last; the zone's line is closed between the two.
2. Sound may begin only in `live`: every relay of the zone was commanded and the warm-up has passed since.
3. After the last sound the relays stay closed for the tail, then open. Asked again in the tail: live at once.
4. Released while warming: nothing has been heard, so everything opens at once.
5. Every fault leads to off, from every state, with every relay of the zone commanded open.
6. Closed for `max_on_ms`: off, whatever was planned. The count begins when the first relay closes.
7. Off asks nothing of the relays, except that a fault in off commands them open once more.

Warm-up and tail come from the amplifier's own relay, which connects 5–8 s after power-on.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from hardware.errors import BadSetting


class Stage(StrEnum):
    """Where the amplifier is."""

    OFF = "off"
    WARMING = "warming"
    LIVE = "live"
    COOLING = "cooling"


class AmplifierEvent(StrEnum):
    """What can happen to it."""

    ASK = "ask"  # somebody wants to be heard
    RELEASE = "release"  # nobody wants to be heard any more
    FAULT = "fault"  # a relay, the guard or the sound failed
    TIME = "time"  # nothing but time


@dataclass(frozen=True, slots=True)
class Amplifier:
    """One zone. `channels`: its loudspeaker lines. `power_channel`: the amplifier's mains, if switched."""

    channels: tuple[int, ...]
    warm_up_ms: int = 0
    tail_ms: int = 500
    max_on_ms: int = 4 * 3600 * 1000
    power_channel: int | None = None

    def __post_init__(self) -> None:
        if not self.channels or len(set(self.relays)) != len(self.relays) or min(self.relays) < 1:
            raise BadSetting(
                "a zone needs channels from 1 on, each once, and its power channel is another one"
            )
        if self.warm_up_ms < 0 or self.tail_ms < 0 or self.max_on_ms <= self.warm_up_ms:
            raise BadSetting(
                "warm_up_ms and tail_ms must not be negative, and max_on_ms longer than the warm-up"
            )

    @property
    def relays(self) -> tuple[int, ...]:
        """In the order they close; they open in the reverse."""
        return self.channels if self.power_channel is None else (self.power_channel, *self.channels)


@dataclass(frozen=True, slots=True)
class AmplifierState:
    """`since_s`: when the stage began; `closed_since_s`: when the first relay closed. Monotonic seconds."""

    stage: Stage = Stage.OFF
    since_s: float = 0.0
    closed_since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SwitchRelay:
    """Command this relay so. `max_on_ms` goes to the guard with a closing."""

    channel: int
    on: bool
    max_on_ms: int | None = None


_TABLE: dict[tuple[Stage, AmplifierEvent], Stage] = {
    (Stage.OFF, AmplifierEvent.ASK): Stage.WARMING,
    (Stage.WARMING, AmplifierEvent.RELEASE): Stage.OFF,
    (Stage.LIVE, AmplifierEvent.RELEASE): Stage.COOLING,
    (Stage.COOLING, AmplifierEvent.ASK): Stage.LIVE,
    **{(stage, AmplifierEvent.FAULT): Stage.OFF for stage in Stage},
}


def step(
    amplifier: Amplifier, state: AmplifierState, now_s: float, event: AmplifierEvent
) -> tuple[AmplifierState, tuple[SwitchRelay, ...]]:
    """What to command at `now_s`, and the state after it. Time that has passed is looked at first."""
    state, due = _let_time_pass(amplifier, state, now_s)
    target = _TABLE.get((state.stage, event))
    if target is None:
        return state, due
    entered = AmplifierState(target, now_s, now_s if target is Stage.WARMING else state.closed_since_s)
    if target is Stage.WARMING:
        entered, warm = _let_time_pass(amplifier, entered, now_s)
        return entered, due + _close(amplifier) + warm
    return entered, due + (_open(amplifier) if target is Stage.OFF else ())


def next_due_s(amplifier: Amplifier, state: AmplifierState) -> float | None:
    """When time alone changes the state. None: never."""
    if state.stage is Stage.OFF:
        return None
    limit_s = state.closed_since_s + amplifier.max_on_ms / 1000
    if state.stage is Stage.WARMING:
        return min(limit_s, state.since_s + amplifier.warm_up_ms / 1000)
    if state.stage is Stage.COOLING:
        return min(limit_s, state.since_s + amplifier.tail_ms / 1000)
    return limit_s


def _let_time_pass(
    amplifier: Amplifier, state: AmplifierState, now_s: float
) -> tuple[AmplifierState, tuple[SwitchRelay, ...]]:
    due_s = next_due_s(amplifier, state)
    if due_s is None or now_s < due_s:
        return state, ()
    over_limit = now_s >= state.closed_since_s + amplifier.max_on_ms / 1000
    if state.stage is Stage.WARMING and not over_limit:
        return replace(state, stage=Stage.LIVE, since_s=due_s), ()
    return AmplifierState(Stage.OFF, now_s), _open(amplifier)


def _close(amplifier: Amplifier) -> tuple[SwitchRelay, ...]:
    return tuple(SwitchRelay(channel, True, amplifier.max_on_ms) for channel in amplifier.relays)


def _open(amplifier: Amplifier) -> tuple[SwitchRelay, ...]:
    return tuple(SwitchRelay(channel, False) for channel in reversed(amplifier.relays))
