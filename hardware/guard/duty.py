"""What a guard is told at its start: which boards, and how strictly. One JSON value on its command line."""

import json
from dataclasses import asdict, dataclass
from typing import Any

from hardware.boards import AttachedBoard
from hardware.errors import BadSetting
from hardware.guard.limits import ChannelLimits, Limits


@dataclass(frozen=True, slots=True)
class Duty:
    """The boards in the order their relays are counted, and the limits of those relays.

    `give_up_s`: how long an unreachable board is still tried after the owner has gone. Raises `BadSetting`.
    """

    boards: tuple[AttachedBoard, ...]
    limits: Limits
    give_up_s: float = 60.0

    def __post_init__(self) -> None:
        if not self.boards:
            raise BadSetting("a guard needs at least one board")
        ports = [attached.port for attached in self.boards]
        twice = {port for port in ports if ports.count(port) > 1}
        if twice:
            raise BadSetting(f"two boards cannot share the port {min(twice)}")
        named = {
            *self.limits.channels,
            *self.limits.powers,
            *(c for one in self.limits.interlocks for c in one),
        }
        beyond = [channel for channel in named if not 1 <= channel <= self.channels]
        if beyond:
            raise BadSetting(f"relay {min(beyond)} does not exist; there are relays 1 to {self.channels}")

    @property
    def channels(self) -> int:
        """How many relays all the boards have."""
        return sum(attached.channels for attached in self.boards)

    def as_json(self) -> str:
        """For the guard's command line. It holds no secret."""
        limits = asdict(self.limits) | {"interlocks": [sorted(group) for group in self.limits.interlocks]}
        boards = [asdict(attached) for attached in self.boards]
        return json.dumps({"boards": boards, "limits": limits, "give_up_s": self.give_up_s})


def read_duty(text: str) -> Duty:
    """The duty in a JSON value. Raises `HardwareError`, `ValueError`, `KeyError` or `TypeError`."""
    said: dict[str, Any] = json.loads(text)
    limits = said["limits"]
    channels = {int(channel): ChannelLimits(**one) for channel, one in limits.pop("channels", {}).items()}
    interlocks = tuple(frozenset(group) for group in limits.pop("interlocks", ()))
    return Duty(
        tuple(AttachedBoard(**one) for one in said["boards"]),
        Limits(**limits, channels=channels, interlocks=interlocks),
        said.get("give_up_s", 60.0),
    )
