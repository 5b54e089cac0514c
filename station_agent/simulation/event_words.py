"""Events and commands in a few words, as the trace tells them. What is not in the table has only its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hardware.ports import Failed, Finished, RelayFault, RelayState, Started
from station_agent.playout_values import (
    AlertCame,
    ArmAlarm,
    AudioChecked,
    BeginCapture,
    CheckAudio,
    ClockTrust,
    Command,
    EndCapture,
    Event,
    JournalIncident,
    JournalIntent,
    JournalOutcome,
    JournalProgress,
    PlanSwapped,
    Play,
    Prepare,
    RelayOff,
    RelayOn,
    TakeBack,
)


def about(told: Event | Command) -> str:
    """What an event or a command is about."""
    words = WORDS.get(type(told))
    return "" if words is None else words(told)


def _sound(event: Started | Finished | Failed) -> str:
    return event.key


def _relay(event: RelayState) -> str:
    word = "confirmed" if event.confirmed else "commanded"
    return f"{event.channel} {'closed' if event.on else 'open'} {word} {event.cause}"


def _airing(command: JournalProgress | JournalIntent | JournalOutcome) -> str:
    airing = command.airing
    return f"{airing.item} {airing.outcome} {airing.reason or ''} {airing.aired_ms} ms"


def _cue(command: Play | Prepare) -> str:
    return f"{command.cue.item.key} at {command.at}"


def _channels(command: RelayOn | RelayOff) -> str:
    return str(command.channels)


def _broadcast(command: CheckAudio | BeginCapture | EndCapture) -> str:
    return command.broadcast


WORDS: dict[type[Any], Callable[[Any], str]] = {
    Started: _sound,
    Finished: _sound,
    Failed: _sound,
    RelayState: _relay,
    RelayFault: lambda event: str(event.code),
    AudioChecked: lambda event: f"{event.broadcast} {len(event.whole)} whole, {len(event.unusable)} not",
    PlanSwapped: lambda event: str(event.plan.serial),
    AlertCame: lambda event: f"{event.alert.key} {event.alert.serial} {event.alert.act}",
    ClockTrust: lambda event: f"{event.trusted} {event.settled}",
    JournalProgress: _airing,
    JournalIntent: _airing,
    JournalOutcome: _airing,
    Play: _cue,
    Prepare: _cue,
    ArmAlarm: lambda command: "" if command.at is None else str(command.at),
    RelayOn: _channels,
    RelayOff: _channels,
    TakeBack: lambda command: str(command.item),
    CheckAudio: _broadcast,
    BeginCapture: _broadcast,
    EndCapture: _broadcast,
    JournalIncident: lambda command: str(command.code),
}
