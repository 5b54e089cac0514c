"""`station-agent relay on|off|status`: a board by hand, without agent or data folder, through the guard."""

from __future__ import annotations

import json
import signal
import threading
from typing import Annotated, Any

import typer

from hardware.boards import board_named
from hardware.errors import BoardSilent
from hardware.guard.client import GuardSettings
from hardware.relay_commands import hold, open_all, read_relays

relay = typer.Typer(
    name="relay", help="Switch or read a relay board while no agent runs.", no_args_is_help=True
)

Channel = Annotated[int, typer.Argument(min=1, max=64, help="Relay, counted from 1.")]
Kind = Annotated[str, typer.Option("--board", help="Kind of board, e.g. lcus.")]
Port = Annotated[str, typer.Option("--port", help="Its serial port, best under /dev/serial/by-id.")]
Channels = Annotated[int | None, typer.Option("--channels", min=1, help="How many relays the board has.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]

NO_LIMIT_MS = 24 * 3600 * 1000


@relay.command()
def on(
    board: Kind,
    port: Port,
    channel: Channel = 1,
    channels: Channels = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=3600, help="How long; else until Ctrl-C.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close one relay for a while, then open it, whatever happens in between."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    held = hold(_guard(board, port, channels, channel), channel, seconds, stop=stop)
    mine = [state for state in held.states if state.channel == channel]
    closed = [state for state in mine if state.on]
    opened = [state for state in mine if not state.on and closed and state.at >= closed[0].at]
    held_s = (opened[0].at - closed[0].at).total_seconds() if closed and opened else 0.0
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": channel,
        "on": bool(closed),
        "confirmed": any(state.confirmed for state in closed),
        "held_s": round(held_s, 3),
        "opened": bool(opened) or not closed,
    }
    _say(answer, as_json, f"relay {channel} on {port} was closed for {held_s:.1f} s and is open")
    for fault in held.faults:
        typer.echo(fault.message, err=True)
    if not closed or not opened:
        raise typer.Exit(1)


@relay.command()
def off(
    board: Kind, port: Port, channel: Channel = 1, channels: Channels = None, as_json: AsJson = False
) -> None:
    """Open every relay of the board; the answer is about one of them."""
    held = open_all(_guard(board, port, channels, channel))
    confirmed = any(one.channel == channel and one.confirmed and not one.on for one in held.states)
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": channel,
        "on": False,
        "confirmed": confirmed,
        "opened": True,
    }
    _say(answer, as_json, f"all relays on {port} are open{'' if confirmed else ' (not read back)'}")


@relay.command()
def status(
    board: Kind, port: Port, channel: Channel = 1, channels: Channels = None, as_json: AsJson = False
) -> None:
    """Read the board back; `null` where it does not answer. Switches nothing."""
    states: tuple[bool | None, ...]
    try:
        states = read_relays(_guard(board, port, channels, channel)).on
    except BoardSilent:
        states = (None,) * (channels or max(channel, board_named(board).default_channels))
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": channel,
        "on": states[channel - 1],
        "confirmed": states[channel - 1] is not None,
        "channels": [{"channel": index + 1, "on": state} for index, state in enumerate(states)],
    }
    words = {None: "unknown: the board does not answer", True: "closed", False: "open"}
    _say(answer, as_json, f"relay {channel} on {port}: {words[states[channel - 1]]}")


def _guard(board: str, port: str, channels: int | None, channel: int) -> GuardSettings:
    """As many channels as said, else as boards of this kind usually have."""
    count = channels or max(channel, board_named(board).default_channels)
    return GuardSettings(board, port, count, max_on_ms=NO_LIMIT_MS)


def _say(answer: dict[str, Any], as_json: bool, words: str) -> None:
    typer.echo(json.dumps(answer) if as_json else words)
