"""What the guard knows, and what it decides. Frozen values, no rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hardware.ports import FaultCode, RelayCause


@dataclass(frozen=True, slots=True)
class ClosedRelay:
    """When a closed relay was closed, when it must open at the latest, and if it was read back closed."""

    closed_at_s: float
    open_by_s: float
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """A relay that is wanted closed and may not close yet."""

    close_at_s: float
    open_by_s: float


@dataclass(frozen=True, slots=True)
class GuardState:
    """All the guard decides from. Times are seconds of the monotonic clock.

    `opened`: when a relay last opened. `away`: relays of boards that are not reached. `doubtful`: those
    of which nobody knows that they are open.
    `power_off`: amplifiers whose last line has opened, and when their power follows. `fell`: when a relay
    opened by itself of late.
    """

    heard_at_s: float
    closed: Mapping[int, ClosedRelay] = field(default_factory=dict)
    leaving: bool = False
    waiting: Mapping[int, Waiting] = field(default_factory=dict)
    opened: Mapping[int, float] = field(default_factory=dict)
    away: frozenset[int] = frozenset()
    doubtful: frozenset[int] = frozenset()
    power_off: Mapping[int, float] = field(default_factory=dict)
    fell: Mapping[int, tuple[float, ...]] = field(default_factory=dict)

    def heard(self, now_s: float) -> "GuardState":
        """The same, and the owner was heard now. The change that comes most often by far, so by position."""
        if self.heard_at_s == now_s:
            return self
        return GuardState(
            now_s,
            self.closed,
            self.leaving,
            self.waiting,
            self.opened,
            self.away,
            self.doubtful,
            self.power_off,
            self.fell,
        )


@dataclass(frozen=True, slots=True)
class Want:
    """Command this relay so, because of that."""

    channel: int
    on: bool
    cause: RelayCause


@dataclass(frozen=True, slots=True)
class Refusal:
    """This relay stays open though it was asked for. `why` is one line for people."""

    channel: int
    code: FaultCode
    why: str
