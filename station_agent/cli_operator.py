"""`station-agent operator …` and `station-agent alert FILE`: acts at the station, through its door."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

operator = typer.Typer(
    name="operator", help="What somebody at the station may do while the agent runs.", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value.")]
Zones = Annotated[list[str] | None, typer.Option("--zone", help="Only this zone; may be repeated.")]


@operator.command()
def stop(context: typer.Context, as_json: AsJson = False) -> None:
    """End what is on the air."""
    _do(context.obj, {"act": "stop"}, as_json)


@operator.command()
def hold(
    context: typer.Context,
    minutes: Annotated[int, typer.Argument(help="How long, at most 480; 0: go on.")],
    as_json: AsJson = False,
) -> None:
    """Start nothing new of the plan for a while; not held: alerts, emergencies, what is played by hand."""
    _do(context.obj, {"act": "hold", "minutes": minutes}, as_json)


@operator.command()
def volume(
    context: typer.Context,
    percent: Annotated[int, typer.Argument(help="0 to 100 percent of the plan's level.")],
    zone: Annotated[str | None, typer.Option(help="Only this zone.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set how loud broadcasts play; an alert does not heed it."""
    _do(context.obj, {"act": "volume", "percent": percent, "zone": zone}, as_json)


@operator.command()
def order(
    context: typer.Context,
    broadcasts: Annotated[
        list[str] | None,
        typer.Argument(help="Keys of what is ahead, the first first; they replace an earlier order."),
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Take the order back.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which broadcasts of one class go first where they are due together."""
    if clear is bool(broadcasts):
        raise typer.BadParameter("name the broadcasts that go first, or take the order back by --clear")
    _do(context.obj, {"act": "order", "broadcasts": broadcasts or []}, as_json)


@operator.command()
def recordings(context: typer.Context, as_json: AsJson = False) -> None:
    """List what may be played now: approved recordings of the plan, and files of the folder `operator`."""
    from station_agent.operator_call import list_recordings

    list_recordings(context.obj, as_json=as_json)


@operator.command()
def play(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(help="A file in the station's folder `operator`.")] = None,
    recording: Annotated[
        str | None,
        typer.Option(help="An approved recording of the plan: its title, or its SHA-256 as far as listed."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Which one, where several have the title: its name or tag, e.g. lo.")
    ] = None,
    zone: Zones = None,
    as_json: AsJson = False,
) -> None:
    """Play an approved recording, or a file of the operator's own, now; `recordings` lists them."""
    from station_agent.operator_call import language_tag

    asked = {
        "act": "play",
        "file": file,
        "recording": recording,
        "language": language_tag(language),
        "zones": zone or [],
    }
    _do(context.obj, asked, as_json)


@operator.command()
def microphone(
    context: typer.Context,
    minutes: Annotated[int, typer.Argument(help="How long, at most 60; 0 gives it back.")],
    zone: Zones = None,
    as_json: AsJson = False,
) -> None:
    """Give the loudspeakers to the microphone on the amplifier; the PC is silent meanwhile."""
    _do(context.obj, {"act": "microphone", "minutes": minutes, "zones": zone or []}, as_json)


def alert(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A signed alert; docs/wire.md says who makes one, and how.")],
    as_json: AsJson = False,
) -> None:
    """Hand a signed alert to this station: a running agent takes it at once, else it does at its start."""
    from station_agent.operator_call import hand_over

    hand_over(context.obj, file, as_json=as_json)


def _do(data: Path, plain: Mapping[str, object], as_json: bool) -> None:
    from station_agent.operator_call import do

    do(data, plain, as_json=as_json)
