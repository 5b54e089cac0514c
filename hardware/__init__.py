"""The only place that knows metal: relays, amplifiers, audio outputs.

`ports` holds the contracts. `GuardedRelays` drives a board through the guard process, `CapturingOutput` and
`VlcOutput` play sound, `SimulatedRelays` and `SimulatedOutput` stand in for them under an injected clock.
Importing this package loads neither VLC nor a port.
"""

from hardware.amplifier import Amplifier, AmplifierEvent, AmplifierState, Stage, SwitchRelay
from hardware.boards import BOARDS, Board, board_named
from hardware.capturing_output import CapturingOutput
from hardware.detect import SerialPort, serial_ports
from hardware.errors import HardwareError
from hardware.guard.client import GuardedRelays, GuardSettings
from hardware.ports import (
    AudioEvent,
    AudioOutput,
    BoardReady,
    Clock,
    Failed,
    FaultCode,
    Finished,
    PlayRequest,
    Relay,
    RelayCause,
    RelayEvent,
    RelayFault,
    RelayState,
    Started,
)
from hardware.relay_commands import Held, hold, open_all, read_relays
from hardware.simulated_output import SimulatedOutput
from hardware.simulated_relays import SimulatedRelays
from hardware.system_clock import SystemClock
from hardware.vlc_output import VlcOutput

__all__ = [
    "BOARDS",
    "Amplifier",
    "AmplifierEvent",
    "AmplifierState",
    "AudioEvent",
    "AudioOutput",
    "Board",
    "BoardReady",
    "CapturingOutput",
    "Clock",
    "Failed",
    "FaultCode",
    "Finished",
    "GuardSettings",
    "GuardedRelays",
    "HardwareError",
    "Held",
    "PlayRequest",
    "Relay",
    "RelayCause",
    "RelayEvent",
    "RelayFault",
    "RelayState",
    "SerialPort",
    "SimulatedOutput",
    "SimulatedRelays",
    "Stage",
    "Started",
    "SwitchRelay",
    "SystemClock",
    "VlcOutput",
    "board_named",
    "hold",
    "open_all",
    "read_relays",
    "serial_ports",
]
