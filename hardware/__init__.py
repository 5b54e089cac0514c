"""The only place that knows metal: relays, amplifiers, audio outputs.

`ports` holds the contracts. `GuardedRelays` drives the boards through the guard process, `CapturingOutput`
and `VlcOutput` play sound, `SimulatedRelays` and `SimulatedOutput` stand in for them under an injected clock.
Importing this package loads neither VLC nor a port.
"""

from hardware.all_open import open_all
from hardware.boards import BOARDS, AttachedBoard, Board, board_named
from hardware.capturing_output import CapturingOutput
from hardware.detect import SerialPort, serial_ports
from hardware.errors import HardwareError
from hardware.guard.client import GuardedRelays
from hardware.guard.duty import Duty
from hardware.guard.limits import ChannelLimits, Limits
from hardware.ports import (
    AudioEvent,
    AudioOutput,
    BoardReady,
    Clock,
    Failed,
    FaultCode,
    Finished,
    OutputEvent,
    OutputTrouble,
    PlayRequest,
    Relay,
    RelayCause,
    RelayEvent,
    RelayFault,
    RelayState,
    Stalled,
    Started,
    WentOn,
)
from hardware.relay_commands import Held, hold, read_relays
from hardware.simulated_output import SimulatedOutput
from hardware.simulated_relays import SimulatedRelays
from hardware.system_clock import SystemClock
from hardware.vlc_output import VlcOutput

__all__ = [
    "BOARDS",
    "AttachedBoard",
    "AudioEvent",
    "AudioOutput",
    "Board",
    "BoardReady",
    "CapturingOutput",
    "ChannelLimits",
    "Clock",
    "Duty",
    "Failed",
    "FaultCode",
    "Finished",
    "GuardedRelays",
    "HardwareError",
    "Held",
    "Limits",
    "OutputEvent",
    "OutputTrouble",
    "PlayRequest",
    "Relay",
    "RelayCause",
    "RelayEvent",
    "RelayFault",
    "RelayState",
    "SerialPort",
    "SimulatedOutput",
    "SimulatedRelays",
    "Stalled",
    "Started",
    "SystemClock",
    "VlcOutput",
    "WentOn",
    "board_named",
    "hold",
    "open_all",
    "read_relays",
    "serial_ports",
]
