"""What the guard holds its owner to: the station's wiring, as far as it limits when a relay may be closed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from hardware.errors import BadSetting

INTERLOCK_GAP_MS = 500
"""So long has an interlocked relay been commanded open before another may close: it needs time to fall."""


@dataclass(frozen=True, slots=True)
class ChannelLimits:
    """Of one relay. `max_on_ms`: longest it stays closed (None: as all). `min_off_ms`: shortest rest.

    `power`: the channel of the amplifier's power, which closes before this one and opens after it.
    """

    max_on_ms: int | None = None
    min_off_ms: int = 0
    power: int | None = None


AS_ALL = ChannelLimits()


@dataclass(frozen=True, slots=True)
class Limits:
    """`deadline_ms`: longest silence of the owner. `max_on_ms`: longest any relay stays closed.

    `channels`: what differs, by channel. `interlocks`: of each group at most one relay is ever closed.
    `power_off_delay_ms`: how long an amplifier keeps its power after its last line has opened.
    Raises `BadSetting`.
    """

    deadline_ms: int = 1000
    max_on_ms: int = 4 * 3600 * 1000
    channels: Mapping[int, ChannelLimits] = field(default_factory=dict)
    interlocks: tuple[frozenset[int], ...] = ()
    power_off_delay_ms: int = 300

    def __post_init__(self) -> None:
        if not 100 <= self.deadline_ms <= 10_000:
            raise BadSetting(f"deadline_ms must lie between 100 and 10000, not {self.deadline_ms}")
        longest = [self.max_on_ms, *(one.max_on_ms or 1 for one in self.channels.values())]
        if min(longest) < 1:
            raise BadSetting(f"max_on_ms must be at least 1, not {min(longest)}")
        powers = self.powers
        for channel, limits in self.channels.items():
            if limits.power is not None and channel in powers:
                raise BadSetting(f"relay {channel} is an amplifier's power and cannot have one itself")

        for channel, limits in self.channels.items():
            if any({channel, limits.power} <= group for group in self.interlocks):
                raise BadSetting(f"relay {channel} cannot be interlocked with its own amplifier's power")

    @property
    def powers(self) -> frozenset[int]:
        """The channels that are an amplifier's power."""
        return frozenset(one.power for one in self.channels.values() if one.power is not None)

    def of(self, channel: int) -> ChannelLimits:
        """Of this relay."""
        return self.channels.get(channel, AS_ALL)

    def max_on_s(self, channel: int) -> float:
        """Seconds this relay may stay closed, whatever is asked."""
        return min(self.of(channel).max_on_ms or self.max_on_ms, self.max_on_ms) / 1000

    def never_with(self, channel: int) -> frozenset[int]:
        """The relays that are never closed together with this one."""
        return frozenset().union(*(group for group in self.interlocks if channel in group)) - {channel}

    def behind(self, power: int) -> tuple[int, ...]:
        """The lines fed by the amplifier whose power this is."""
        return tuple(channel for channel, one in self.channels.items() if one.power == power)
