"""Where the one broadcast on its way stands, and every way from one phase to another. One table.

Rules
1. Everything that moves the machine stands in `TABLE`: phase, what happened, next phase. Nothing else does.
2. No relay is commanded closed while the phase is IDLE or ARMING, and none is kept closed there.
3. Something plays, or was handed over ahead, only in ITEM and PAUSE.
4. Once a relay may be closed, the way back is through CLOSING, which waits for its word; the one exception is
   GIVEN_OVER: the broadcast that follows in the same step keeps the relays it needs.
5. What sounds is faded before its relay opens, unless the relay has fallen already.
6. Every phase but IDLE has a deadline, so nothing is waited for without a limit.

A way that is not in the table raises `IllegalTransition`, in tests, simulation and in the village alike: a
confused machine ends, its relays open, and it starts anew from the journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from station_agent.playout_state import PlayoutState


class Phase(StrEnum):
    """Where the one broadcast that is on its way stands."""

    IDLE = "idle"
    ARMING = "arming"  # its audio is being checked
    WARMING = "warming"  # relays closed, the amplifier warms up
    ITEM = "item"  # a sound was handed to the output
    PAUSE = "pause"  # a planned silence, or the microphone's time
    TAIL = "tail"  # everything said, the relay stays for the tail
    FADING = "fading"  # cut short: what sounds fades out, the relays are still closed
    CLOSING = "closing"  # relays commanded open, their word awaited


class Happening(StrEnum):
    """What moves the machine from one phase to the next."""

    CHOSEN = "chosen"  # the agenda picked a broadcast
    TAKEN_BACK = "taken back"  # before any relay closed: another goes first, or it is decided anew
    COMMITTED = "committed"  # the relays have to close now
    SOUND_BEGINS = "sound begins"
    SILENCE_BEGINS = "silence begins"
    RELAYS_FELL = "relays fell"  # they are closed anew, and the amplifier warms up again
    ALL_SAID = "all said"
    FADES = "fades"  # cut short while something sounds
    CUT_SHORT = "cut short"  # and nothing is left to fade
    FADED = "faded"
    TAIL_OVER = "tail over"
    GIVEN_OVER = "given over"  # to what follows in this very step, on relays that stay closed
    CLOSED = "closed"  # every relay has said so, or waiting for that is over


IDLE, ARMING, PAUSE = Phase.IDLE, Phase.ARMING, Phase.PAUSE
"""For who asks in every step: a name is read ten times as fast as a member of an enumeration's class."""
SOUNDING = (Phase.ITEM, Phase.PAUSE)
"""Where a cue is being heard, or a silence that was planned."""

_ON_AIR = {
    Happening.SOUND_BEGINS: Phase.ITEM,
    Happening.SILENCE_BEGINS: Phase.PAUSE,
    Happening.ALL_SAID: Phase.TAIL,
    Happening.CUT_SHORT: Phase.CLOSING,
    Happening.GIVEN_OVER: Phase.IDLE,
}

TABLE: Mapping[Phase, Mapping[Happening, Phase]] = {
    Phase.IDLE: {Happening.CHOSEN: Phase.ARMING},
    Phase.ARMING: {Happening.TAKEN_BACK: Phase.IDLE, Happening.COMMITTED: Phase.WARMING},
    Phase.WARMING: _ON_AIR,
    Phase.ITEM: {**_ON_AIR, Happening.RELAYS_FELL: Phase.WARMING, Happening.FADES: Phase.FADING},
    Phase.PAUSE: {**_ON_AIR, Happening.RELAYS_FELL: Phase.WARMING},
    Phase.TAIL: {Happening.TAIL_OVER: Phase.CLOSING, Happening.GIVEN_OVER: Phase.IDLE},
    Phase.FADING: {Happening.FADED: Phase.CLOSING, Happening.GIVEN_OVER: Phase.IDLE},
    Phase.CLOSING: {Happening.CLOSED: Phase.IDLE},
}
"""The machine."""


class IllegalTransition(RuntimeError):
    """The machine was about to leave its table, or has broken one of its rules: a fault of this program."""


def after(phase: Phase, happening: Happening) -> Phase:
    """The phase that follows. Raises `IllegalTransition` for what is not in the table."""
    try:
        return TABLE[phase][happening]
    except KeyError:
        raise IllegalTransition(f"nothing leads from {phase} when it is {happening}") from None


def check(state: PlayoutState) -> None:
    """Whether the state keeps rules 2, 3 and 6; asked after every step. Raises `IllegalTransition`."""
    run, phase = state.run, state.phase
    if (run is None) is not (phase is IDLE):
        raise IllegalTransition(f"phase {phase} with {'no' if run is None else 'a'} broadcast on its way")
    if state.kept is not None and phase in (IDLE, ARMING):
        raise IllegalTransition(f"relays are kept closed while the phase is {phase}")
    if run is None:
        return
    if run.deadline is None:
        raise IllegalTransition(f"phase {phase} has no end")
    if (run.playing or run.next_at is not None) and phase not in SOUNDING:
        raise IllegalTransition(f"something plays in phase {phase}")
