"""`station-agent relay on|off|status`: a board by hand, without agent or data folder, through the guard."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.all_open import open_all
from hardware.boards import AttachedBoard, board_named
from hardware.errors import BadSetting, BoardSilent, NoSuchChannel
from hardware.guard.duty import Duty
from hardware.guard.limits import Limits
from hardware.ports import FaultCode
from hardware.relay_commands import Held, hold, read_relays
from station_agent.held_relay import what_came_of_it

relay = typer.Typer(
    name="relay", help="Switch or read a relay board while no agent runs.", no_args_is_help=True
)

Channel = Annotated[int, typer.Argument(min=1, max=64, help="Relay, counted from 1.")]
OneOfAll = Annotated[
    int,
    typer.Argument(
        min=1,
        max=64,
        help="Every relay is opened, whichever is named; `confirmed` of --json tells of this one.",
        show_default="the first",
    ),
]
OneOrAll = Annotated[
    int | None,
    typer.Argument(
        min=1,
        max=64,
        help="Relay, counted from 1; `on` of --json tells of it, else of the first.",
        show_default="every relay",
    ),
]
Kind = Annotated[str, typer.Option("--board", help="lcus, kmtronic, devantech, numato, modbus-rtu or line.")]
Port = Annotated[str, typer.Option("--port", help="Its serial port, best under /dev/serial/by-id.")]
Option = Annotated[
    list[str] | None,
    typer.Option("--option", metavar="NAME=VALUE", help="How this board differs, e.g. slave=2; may repeat."),
]
Baud = Annotated[int | None, typer.Option("--baud", help="Speed of the port, where it is not the usual.")]
Channels = Annotated[int | None, typer.Option("--channels", min=1, help="How many relays the board has.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]

NO_LIMIT_MS = 24 * 3600 * 1000
CLOSES_WITHOUT_HOLDER = "with active=low the relay closes whenever no program holds the port"


@relay.command()
def on(
    board: Kind,
    port: Port,
    channel: Channel = 1,
    channels: Channels = None,
    option: Option = None,
    baud: Baud = None,
    seconds: Annotated[
        float | None, typer.Option(min=0.1, max=3600, help="How long; else until Ctrl-C.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close one relay for a while, then open it, whatever happens in between."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    attached = _attached(board, port, channels or channel, option, baud, exactly=channels is not None)
    held = hold(Duty((attached,), Limits(max_on_ms=NO_LIMIT_MS)), channel, seconds, stop=stop)
    found = what_came_of_it(attached, held, channel, asked_to_stop=stop.is_set())
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": channel,
        "on": found.closed,
        "confirmed": found.confirmed,
        "held_s": round(found.held_s, 3),
        "opened": found.opened,
    }
    words = f"relay {channel} on {port}{found.words}"
    if not found.wrong:
        _say(answer, as_json, words)
        return
    if as_json:
        typer.echo(json.dumps(answer))
    typer.echo(words, err=True)
    raise typer.Exit(1)


@relay.command()
def off(
    context: typer.Context,
    board: Annotated[
        str | None, typer.Option("--board", help="Kind of board; all of the station's if absent.")
    ] = None,
    port: Annotated[str | None, typer.Option("--port", help="Its serial port.")] = None,
    channel: OneOfAll = 1,
    channels: Channels = None,
    option: Option = None,
    baud: Baud = None,
    as_json: AsJson = False,
) -> None:
    """Open every relay of a board, or without --board of every board in the station's settings.

    Where nobody says how many a board has, as many are opened as it may have; the answer says which.
    """
    if board is None and port is None:
        _all_off(context.obj, as_json)
        return
    if board is None or port is None:
        raise BadSetting(
            "--board and --port belong together; give both, or none for the station's own boards"
        )
    attached = _attached(board, port, channels or channel, option, baud, exactly=channels is not None)
    held = open_all(Duty((attached,), Limits()))
    _tell_taken_over(held)
    seen = {one.channel for one in held.states if one.confirmed and not one.on}
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": channel,
        "on": False,
        "confirmed": channel in seen,
        "opened": _is_open(attached, seen),
        "relays": attached.opened,
    }
    _say(answer, as_json, _words_of_opened(port, attached.opened, seen))


def _all_off(data: Path, as_json: bool) -> None:
    """What the service does after its end, whatever ended it."""
    from station_agent.config import load_settings

    duty = load_settings(data).wiring.duty
    if duty is None:
        _say({"boards": [], "opened": True}, as_json, "no board is set: no relay is switched")
        return
    held = open_all(duty)
    _tell_taken_over(held)
    confirmed = {one.channel for one in held.states if one.confirmed and not one.on}
    boards: list[dict[str, Any]] = []
    words: list[str] = []
    first = 1
    for one in duty.boards:
        seen = {channel - first + 1 for channel in confirmed if first <= channel < first + one.channels}
        first += one.channels
        opened = one.opened
        told = {"board": one.kind, "port": one.port, "opened": _is_open(one, seen)}
        boards.append({**told, "confirmed": len(seen) == opened, "relays": opened})
        words.append(_words_of_opened(one.port, opened, seen))
    all_open = all(one["opened"] for one in boards) or None
    _say({"boards": boards, "opened": all_open}, as_json, "; ".join(words))


def _tell_taken_over(held: Held) -> None:
    """That a guard was left over, which may have boards besides: the ports are free by now."""
    for fault in held.faults:
        if fault.code is FaultCode.PORT_BUSY:
            typer.echo(fault.message, err=True)


def _is_open(attached: AttachedBoard, seen: Collection[int]) -> bool | None:
    """Its relays were read back open, or nobody can ask it; None where it was asked and did not answer."""
    can_answer = attached.read_back and bool(attached.codec().encode_query())
    return True if not can_answer or len(seen) >= attached.channels else None


def _words_of_opened(port: str, opened: int, seen: Collection[int]) -> str:
    """Which relays of a board were commanded open, and whether they were read back so."""
    which, is_now, was = ("relay 1", "is", "was") if opened == 1 else (f"relays 1 to {opened}", "are", "were")
    if len(seen) == opened:
        return f"{which} on {port} {is_now} open"
    read = f"only {', '.join(map(str, sorted(seen)))}" if seen else "not"
    return f"{which} on {port} {was} commanded open ({read} read back)"


@relay.command()
def status(
    board: Kind,
    port: Port,
    channel: OneOrAll = None,
    channels: Channels = None,
    option: Option = None,
    baud: Baud = None,
    as_json: AsJson = False,
) -> None:
    """Read the board back, a line a relay; `null` where it does not answer. Switches nothing."""
    states: tuple[bool | None, ...]
    first = channel or 1
    attached = _attached(board, port, channels or first, option, baud, exactly=channels is not None)
    if first > attached.channels:
        raise NoSuchChannel(first, attached.channels)
    try:
        states = read_relays(attached).on
    except BoardSilent as error:
        if error.must_answer:
            raise
        states = (None,) * attached.channels
    answer: dict[str, Any] = {
        "board": board,
        "port": port,
        "channel": first,
        "on": states[first - 1],
        "confirmed": states[first - 1] is not None,
        "channels": [{"channel": index + 1, "on": state} for index, state in enumerate(states)],
    }
    words = {None: "unknown: the board does not answer", True: "closed", False: "open"}
    lines = [f"relay {number} on {port}: {words[state]}" for number, state in enumerate(states, 1)]
    _say(answer, as_json, "\n".join(lines if channel is None else lines[channel - 1 : channel]))


def options_of(options: list[str] | None) -> dict[str, str]:
    """What `--option` gave, by name. Raises `BadSetting`."""
    given: dict[str, str] = {}
    for option in options or []:
        name, equals, value = option.partition("=")
        if not equals:
            raise BadSetting(f"--option {option!r} must be NAME=VALUE")
        given[name] = value
    return given


def _attached(
    board: str, port: str, channels: int, options: list[str] | None, baud: int | None, *, exactly: bool
) -> AttachedBoard:
    """With the channels said, else as many as boards of this kind usually have, and at least these."""
    given: dict[str, str | int] = {**options_of(options)}
    count = channels if exactly else max(channels, board_named(board).default_channels)
    attached = AttachedBoard(board, port, count, given, baud, untold=not exactly)
    if attached.codec().raised_at_rest:
        typer.echo(f"{port}: {CLOSES_WITHOUT_HOLDER}", err=True)
    return attached


def _say(answer: dict[str, Any], as_json: bool, words: str) -> None:
    typer.echo(json.dumps(answer) if as_json else words)
