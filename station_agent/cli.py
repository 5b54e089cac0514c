"""`station-agent`: enrol, run, sync, status, operator, alert, relay, doctor. Data on stdout, words on stderr.

Exit codes: 0 it is so, 1 it failed and one line says why, 2 the call or the settings are wrong.
Each command loads what it needs by itself: `relay off` follows the end of every agent, and relays may be
closed until it has begun.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from hardware.errors import CallerError, HardwareError
from hardware.system_clock import SystemClock
from schedules.errors import ScheduleError
from station_agent.cli_operator import alert, operator
from station_agent.cli_relay import Option, options_of, relay
from station_agent.errors import SettingsError, StationError, Unreachable
from station_agent.log import log_to_stderr
from station_agent.log_format import in_plain_sight

app = typer.Typer(
    name="station-agent",
    help="The village PC: fetches the signed plan, airs it, and tells what was heard.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(relay)
app.add_typer(operator)
app.command()(alert)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]


def _tell_version(asked: bool) -> None:
    if asked:
        from station_agent.software import software

        typer.echo(software())
        raise typer.Exit


@app.callback()
def _folder(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option("--data", envvar="STATION_AGENT_DATA", help="The station's folder.")
    ] = Path("station-data"),
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version and end."),
    ] = False,
) -> None:
    context.obj = data


@app.command()
def enrol(
    context: typer.Context,
    server: Annotated[str, typer.Option(help="Address of the province, e.g. https://province.example")],
    code: Annotated[
        str | None,
        typer.Option(
            envvar="STATION_AGENT_CODE", help="The one-time code; read from standard input if absent."
        ),
    ] = None,
    board: Annotated[str | None, typer.Option(help="Kind of relay board: see hardware.md.")] = None,
    port: Annotated[str | None, typer.Option(help="Its serial port, best under /dev/serial/by-id.")] = None,
    channels: Annotated[int | None, typer.Option(help="How many relays it has.")] = None,
    option: Option = None,
    output: Annotated[
        str, typer.Option(help="auto, pulse or alsa (heard), or capture (kept as WAV).")
    ] = "auto",
    as_json: AsJson = False,
) -> None:
    """Make this folder a station of the province, with a one-time code."""
    from station_agent.config import FILE_NAME, first_settings, load_settings
    from station_agent.enrolment import enrol as enrol_station

    data: Path = context.obj
    if not code and sys.stdin.isatty():
        typer.echo("One-time code: ", err=True, nl=False)
    given = code or sys.stdin.readline().strip()
    if not given:
        raise typer.BadParameter("give the one-time code with --code, STATION_AGENT_CODE or standard input")
    text = first_settings(server, board, port, channels, output, options_of(option))
    answer = enrol_station(data, server.rstrip("/"), given, SystemClock())
    if not (data / FILE_NAME).exists():
        (data / FILE_NAME).write_text(text, encoding="utf-8")
    load_settings(data)
    _print(
        {"station": answer.station, "village": answer.village, "data": str(data)},
        as_json,
        f"{data} is now {answer.station}, {answer.village}; run: station-agent --data {data} run",
    )


@app.command()
def run(context: typer.Context) -> None:
    """Air the plan, until SIGTERM or Ctrl-C."""
    from station_agent.bootstrap import Station
    from station_agent.config import load_settings

    log_to_stderr(logging.INFO)
    raise typer.Exit(Station(context.obj, load_settings(context.obj)).run())


@app.command()
def sync(context: typer.Context, as_json: AsJson = False) -> None:
    """Fetch the newest plan and its audio once, and report what was not reported yet. For a stopped agent."""
    from station_agent.one_sync import sync_once
    from station_agent.sync import NO_PLAN_YET, PLAN_COMES

    try:
        result = sync_once(context.obj, SystemClock())
    except Unreachable as error:
        kept = "what is here stays and airs"
        raise StationError(f"{error}; {kept}: look at the network, then run sync again") from error
    words = f"plan {result.plan_serial}, {result.audio_fetched} files fetched, {result.audio_missing} missing"
    if not result.plan_serial and not result.message:
        words = f"{NO_PLAN_YET}: {PLAN_COMES}"
    _print(asdict(result), as_json, f"{words}{'; ' + result.message if result.message else ''}")
    if result.message:
        raise StationError(result.message)


@app.command()
def status(context: typer.Context, as_json: AsJson = False) -> None:
    """What the running agent does right now."""
    from station_agent.live_state import read_live
    from station_agent.status_words import in_words, not_running

    now = SystemClock().now()
    live = read_live(context.obj, now)
    if live is None or not live["running"]:
        _print(live or {"running": False}, as_json, not_running(context.obj))
        raise typer.Exit(1)
    _print(live, as_json, in_words(live, now))


@app.command()
def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything that could keep this station from being heard."""
    from station_agent.doctor import examine

    checks = examine(context.obj, SystemClock())
    if as_json:
        _print([asdict(check) for check in checks], as_json, "")
    else:
        from station_agent.cli_table import print_table  # here: the running agent does without it

        print_table(
            ("", "check", "finding", "what to do"),
            [("ok" if one.ok else "!!", one.check, one.message, one.advice) for one in checks],
        )
    if not all(check.ok for check in checks):
        raise typer.Exit(1)


def _print(value: Any, as_json: bool, words: str) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False) if as_json else words)


def main() -> None:
    """The console script."""
    log_to_stderr(logging.WARNING)
    try:
        app(prog_name="station-agent")
    except SettingsError as error:
        for line in error.mistakes:
            typer.echo(line, err=True)
        sys.exit(2)
    except CallerError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except (StationError, HardwareError, ScheduleError) as error:
        typer.echo(in_plain_sight(str(error).replace("\n", " ")), err=True)
        sys.exit(1)
    except OSError as error:
        words = error.strerror or str(error) or os.strerror(1)
        where = "" if error.filename is None else f"{error.filename}: "
        typer.echo(in_plain_sight(f"{where}{words}".replace("\n", " ")), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
