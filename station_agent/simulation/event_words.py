"""Events and commands in a few words, as the trace tells them."""

from __future__ import annotations

from hardware.ports import BoardReady, Failed, Finished, RelayFault, RelayState, Started
from schedules.wire.report import Airing
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


def about_event(event: Event) -> str:
    """What an event is about."""
    match event:
        case Started() | Finished() | Failed():
            return event.key
        case RelayState():
            word = "confirmed" if event.confirmed else "commanded"
            return f"{event.channel} {'closed' if event.on else 'open'} {word} {event.cause.value}"
        case RelayFault():
            return event.code.value
        case AudioChecked():
            return f"{event.broadcast} {len(event.whole)} whole, {len(event.unusable)} not"
        case PlanSwapped():
            return str(event.plan.serial)
        case AlertCame():
            return f"{event.alert.key} {event.alert.serial} {event.alert.act.value}"
        case ClockTrust():
            return f"{event.trusted} {event.settled}"
        case BoardReady():
            return ""
        case _:
            return ""


def _about_airing(airing: Airing) -> str:
    return f"{airing.item} {airing.outcome.value} {airing.reason or ''} {airing.aired_ms} ms"


def about_command(command: Command) -> str:
    """What a command is about."""
    match command:
        case JournalProgress() | JournalIntent() | JournalOutcome():
            return _about_airing(command.airing)
        case Play() | Prepare():
            return f"{command.cue.item.key} at {command.at}"
        case ArmAlarm():
            return "" if command.at is None else str(command.at)
        case RelayOn() | RelayOff():
            return str(command.channels)
        case TakeBack():
            return command.item
        case CheckAudio() | BeginCapture() | EndCapture():
            return command.broadcast
        case JournalIncident():
            return command.code
        case _:
            return ""
