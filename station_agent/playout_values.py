"""What playout is told and what it answers: frozen values, no rules."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hardware.ports import OutputEvent, RelayEvent
from schedules.wire.alert import Alert
from schedules.wire.plan import Plan
from schedules.wire.report import Airing
from station_agent.operator_acts import Desk, OperatorAct
from station_agent.planned import Cue, Planned

# --- events: hardware's own events are events here too ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tick:
    """Time has passed; the alarm or the supervisor says so."""


@dataclass(frozen=True, slots=True)
class PlanSwapped:
    """A new trusted plan is current."""

    plan: Plan


@dataclass(frozen=True, slots=True)
class AudioChecked:
    """Answer to `CheckAudio`: hashes that are whole, and those not there or not what they should be."""

    broadcast: str
    whole: frozenset[str]
    unusable: frozenset[str]


@dataclass(frozen=True, slots=True)
class AudioArrived:
    """Sync has brought this file."""

    sha256: str


@dataclass(frozen=True, slots=True)
class AudioUnfit:
    """The sound of this item was not handed to the output: its file is not the one that was checked."""

    item: str


@dataclass(frozen=True, slots=True)
class StreamBroke:
    """The live stream of this item did not come, or ended; what of it was buffered is all that may come."""

    item: str
    message: str


@dataclass(frozen=True, slots=True)
class AlertCame:
    """A trusted alert, raised, tested or cancelled; the same one may come more than once.

    `from_book`: it was known before this start, and may have been played then.
    """

    alert: Alert
    from_book: bool = False


@dataclass(frozen=True, slots=True)
class Stopping:
    """The agent is being shut down in order."""


@dataclass(frozen=True, slots=True)
class ClockStepped:
    """The wall clock jumped by `by_ms` (positive: forward)."""

    by_ms: int


@dataclass(frozen=True, slots=True)
class ClockTrust:
    """Whether the wall clock may decide what airs. `settled`: also what is lost: that is never taken back."""

    trusted: bool
    settled: bool = True


Event = (
    Tick
    | PlanSwapped
    | AudioChecked
    | AudioArrived
    | AudioUnfit
    | StreamBroke
    | AlertCame
    | OperatorAct
    | Stopping
    | ClockStepped
    | ClockTrust
    | RelayEvent
    | OutputEvent
)


# --- commands ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckAudio:
    """Verify that these hashes are on disk and whole; answer with `AudioChecked`."""

    broadcast: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class RelayOn:
    """Close these channels, for at most `max_on_ms`."""

    channels: tuple[int, ...]
    max_on_ms: int


@dataclass(frozen=True, slots=True)
class RelayOff:
    """Open these channels."""

    channels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Prepare:
    """Open the sound ahead, so that `Play` begins within milliseconds."""

    cue: Cue
    at: datetime | None
    volume_percent: int


@dataclass(frozen=True, slots=True)
class Play:
    """Play it at `at`, or at once when None. What plays until then is not cut at its own end."""

    cue: Cue
    at: datetime | None
    volume_percent: int


@dataclass(frozen=True, slots=True)
class TakeBack:
    """End the sound of this item, which was handed over ahead; what else plays goes on."""

    item: str


@dataclass(frozen=True, slots=True)
class StopOutput:
    """End what plays."""

    fade_ms: int = 0


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Change the level of what plays."""

    volume_percent: int


@dataclass(frozen=True, slots=True)
class BeginCapture:
    """Keep what the loudspeaker line carries from here on, where the output can."""

    broadcast: str


@dataclass(frozen=True, slots=True)
class EndCapture:
    """Close the capture of this broadcast."""

    broadcast: str


@dataclass(frozen=True, slots=True)
class JournalIntent:
    """Before anything is heard: `airing` is what is true should nothing follow. Durable on return."""

    airing: Airing


@dataclass(frozen=True, slots=True)
class JournalProgress:
    """While it is heard: `airing` is what is true should the power fail now."""

    airing: Airing


@dataclass(frozen=True, slots=True)
class JournalOutcome:
    """The item's one accounted state. The journal numbers it."""

    airing: Airing


@dataclass(frozen=True, slots=True)
class JournalIncident:
    """Something the province should know."""

    code: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class KeepOwed:
    """Broadcasts of an older plan whose time has come and whose end has not: kept over a restart."""

    owed: tuple[Planned, ...]


@dataclass(frozen=True, slots=True)
class KeepDesk:
    """What the operator has set: kept over a restart."""

    desk: Desk


@dataclass(frozen=True, slots=True)
class ReportNow:
    """A broadcast is over: tell the province."""


@dataclass(frozen=True, slots=True)
class ArmAlarm:
    """Send a `Tick` at this instant; None: nothing to wait for."""

    at: datetime | None


Command = (
    CheckAudio
    | RelayOn
    | RelayOff
    | Prepare
    | Play
    | TakeBack
    | StopOutput
    | SetVolume
    | BeginCapture
    | EndCapture
    | JournalIntent
    | JournalProgress
    | JournalOutcome
    | JournalIncident
    | KeepOwed
    | KeepDesk
    | ReportNow
    | ArmAlarm
)
