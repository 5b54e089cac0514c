"""What the rest of the house may ask of metal: the contracts, their requests and their events.

Rules every adapter keeps:

1. Calls return at once; what came of them arrives as an event. Events are handed to the `on_event` callable
   given to the adapter's constructor, on a thread of the adapter. It must only put them somewhere
   (`queue.put`).
2. Times are aware UTC. Durations carry their unit in the name.
3. A fault never raises out of a running adapter: it becomes an event, and relays fall.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from hardware.errors import BadSetting


class Clock(Protocol):
    """Where time comes from. Tests give their own."""

    def now(self) -> datetime:
        """The wall clock, aware UTC. It may step."""

    def monotonic(self) -> float:
        """Seconds since some fixed instant. It never steps; only differences mean anything."""


# --- relays ------------------------------------------------------------------------------------------


class RelayCause(StrEnum):
    """Why a relay changed."""

    START = "start"  # all relays are opened before anything else
    COMMAND = "command"  # the owner asked
    HEARTBEAT_LOST = "heartbeat_lost"  # the owner stopped beating
    MAX_ON_TIME = "max_on_time"  # the relay was closed for as long as it may be
    OWNER_GONE = "owner_gone"  # the owner closed its end, or died
    GUARD_GONE = "guard_gone"  # the guard died; what the board does is unknown until the next START
    BOARD_LOST = "board_lost"  # the line broke; what the board does is unknown until the next START
    REFUSED_BY_BOARD = "refused_by_board"  # the board reads back something else than was commanded


class FaultCode(StrEnum):
    """What is wrong with a relay board, for programs. The message beside it is for people."""

    PORT_MISSING = "port_missing"
    PORT_BUSY = "port_busy"
    PORT_DENIED = "port_denied"
    PORT_AMBIGUOUS = "port_ambiguous"
    NOT_A_PORT = "not_a_port"
    LINE_BROKEN = "line_broken"
    BOARD_SILENT = "board_silent"
    BOARD_GARBLED = "board_garbled"
    BOARD_DISAGREES = "board_disagrees"
    NO_SUCH_CHANNEL = "no_such_channel"
    NOT_UNDERSTOOD = "not_understood"
    GUARD_GONE = "guard_gone"
    NOT_READY = "not_ready"
    INTERLOCKED = "interlocked"


UNSEEN = frozenset({FaultCode.BOARD_SILENT, FaultCode.BOARD_GARBLED})
"""Relays are switched, and nobody can see it: boards of some kinds never answer."""


@dataclass(frozen=True, slots=True)
class RelayState:
    """A relay was commanded (`confirmed` false) or was read back from the board (`confirmed` true).

    One command gives one unconfirmed state at the instant the bytes were written, and a confirmed one some
    0.2 s later from boards that answer. A board that never answers stays unconfirmed for ever; that is no
    fault.
    `on` means energised: the loudspeaker line is closed and can be heard.
    """

    channel: int
    on: bool
    confirmed: bool
    at: datetime
    cause: RelayCause


@dataclass(frozen=True, slots=True)
class RelayFault:
    """Something is wrong with a board, its line or one command. Relays open once they can be reached.

    `channels`: the relays it concerns; empty means every relay.
    """

    code: FaultCode
    message: str
    at: datetime
    channels: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class BoardReady:
    """A board's port is open and every relay of it was commanded open: commands are taken from now on.

    `channels`: its relays; empty means every relay.
    """

    at: datetime
    channels: tuple[int, ...] = ()


RelayEvent = RelayState | RelayFault | BoardReady


class Relay(Protocol):
    """The relays of one board or several. Channels count from 1, through the boards in their order.

    Relays fall by themselves when `beat` is not called.
    """

    @property
    def channels(self) -> int:
        """How many relays there are."""

    def set(self, channel: int, on: bool, *, max_on_ms: int | None = None) -> None:
        """Command one relay. It opens by itself after `max_on_ms`, or at the guard's own limit if sooner.

        Answers with `RelayState`, or `RelayFault` when it cannot be done. Raises `NoSuchChannel`.
        """

    def all_off(self) -> None:
        """Command every relay open. Always safe."""

    def beat(self) -> None:
        """Say that the owner is alive. Call it every 300 ms or so from the loop whose death must silence."""

    def states(self) -> dict[int, RelayState]:
        """The last known state of each channel that was ever reported."""

    def close(self) -> None:
        """Open every relay, wait until it is done (bounded) and let the board go. Twice is harmless."""


# --- audio ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlayRequest:
    """One sound to play. `key` is the caller's name for it and comes back in every event.

    `start_ms` skips into the file. `not_before` is the planned instant of the first sample; without it the
    sound starts as soon as it can. `volume_percent` is 0–100.
    """

    key: str
    path: Path
    start_ms: int = 0
    volume_percent: int = 100
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Started:
    """The first sample left at `first_sample_at` (it may lie some milliseconds ahead of now)."""

    key: str
    first_sample_at: datetime


@dataclass(frozen=True, slots=True)
class Finished:
    """The sound has ended in real time. `cut` is true when `stop` ended it before its end."""

    key: str
    last_sample_at: datetime
    played_ms: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The sound could not be played, or broke off. Nothing more comes for this key.

    `played_ms` of it were heard by `moved_at`, when it was last seen to go on (None: it never began).
    """

    key: str
    message: str
    played_ms: int = 0
    moved_at: datetime | None = None


AudioEvent = Started | Finished | Failed


@dataclass(frozen=True, slots=True)
class Stalled:
    """The sound has been silent since `at`, for what played it is gone. `WentOn` follows, or its end."""

    key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WentOn:
    """The sound goes on where it was since `at`, after `silent_ms` of silence. Nothing of it is left out."""

    key: str
    at: datetime
    silent_ms: int


OutputEvent = AudioEvent | Stalled | WentOn


@dataclass(frozen=True, slots=True)
class OutputTrouble:
    """The output broke down and mended itself. `key`: the sound that was on goes on after `silent_ms` of
    silence.

    Nothing of it is left out; it and what follows it end later by that. `key` None: nothing was on.
    """

    message: str
    at: datetime
    key: str | None = None
    silent_ms: int = 0


def refuse_volume(volume_percent: int) -> None:
    """Raises `BadSetting` for a volume that is none."""
    if not 0 <= volume_percent <= 100:
        raise BadSetting(f"volume must be 0 to 100 percent, not {volume_percent}")


class AudioOutput(Protocol):
    """One loudspeaker line. It plays one sound at a time; a new `play` cuts the one before it at its instant,
    unless that one is just about to end by itself: then both are heard, and nothing is lost at the seam.

    Every `play` is answered by exactly one `Finished` or `Failed`, with at most one `Started` before it; in
    between a sound may be `Stalled` and have `WentOn`, in turns.
    """

    def warm_up(self) -> None:
        """Load what the first sound would otherwise wait for. Bounded; may block for some seconds."""

    def prepare(self, request: PlayRequest) -> None:
        """Open the file ahead, so that `play` with the same request starts within milliseconds. Optional."""

    def play(self, request: PlayRequest) -> None:
        """Play it, at `not_before` or at once."""

    def take_back(self, key: str) -> None:
        """End this one sound, unheard if it still waits for its instant; what else plays goes on."""

    def stop(self, fade_ms: int = 0) -> None:
        """End what plays, after fading for `fade_ms`. Open the relay first when it has to be quick."""

    def set_volume(self, volume_percent: int) -> None:
        """Make what plays, and what was handed over to follow it, as loud as this: 0–100. Later sounds bring
        their own level. Raises `BadSetting` for anything else.
        """

    def close(self) -> None:
        """End what plays and let the output go. Twice is harmless."""


class Microphone(Protocol):
    """Hears what the loudspeaker makes of it."""

    def begin(self, path: Path) -> datetime:
        """Record into a WAV file from now on, mono, 16 bit, 16 kHz; the instant of its first sample, to 0.3
        s.

        The samples follow a header of 44 bytes and can be read while it grows. Raises `AudioUnavailable`.
        """

    def end(self) -> None:
        """Finish the recording. Twice is harmless."""


OnRelayEvent = Callable[[RelayEvent], None]
OnAudioEvent = Callable[[AudioEvent], None]
OnOutputEvent = Callable[[OutputEvent], None]
OnTrouble = Callable[[OutputTrouble], None]
OnLine = Callable[[str | None], None]
"""Hears why nothing can be heard through an output; None: it can."""
