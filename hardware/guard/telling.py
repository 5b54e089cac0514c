"""What a conversation with a board tells, and to whom."""

from collections.abc import Callable
from dataclasses import dataclass

from hardware.ports import FaultCode, RelayState


@dataclass(frozen=True, slots=True)
class Telling:
    """Where a conversation reports to."""

    state: Callable[[RelayState], None]
    fault: Callable[[FaultCode, str], None]
    well: Callable[[], None]
