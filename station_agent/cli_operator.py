"""`station-agent operator …` and `station-agent alert FILE`: acts at the station, through its door."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from schedules.languages import LANGUAGES
from schedules.setting_mistakes import mistake_words
from station_agent.alert_book import ENDING, INBOX, read_envelope
from station_agent.durable_file import write_durably
from station_agent.errors import AgentNotRunning, StationError
from station_agent.operator_door import ask
from station_agent.operator_words import REQUEST, AlertRequest, Answer, RecordingsRequest, Request

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
    minutes: Annotated[int, typer.Argument(help="How long nothing new starts; 0: go on.")],
    as_json: AsJson = False,
) -> None:
    """Start nothing new for a while; alerts and emergencies are never held."""
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
    broadcasts: Annotated[list[str], typer.Argument(help="Keys of broadcasts, the first first.")],
    as_json: AsJson = False,
) -> None:
    """Say which broadcasts of one class go first where they are due together."""
    _do(context.obj, {"act": "order", "broadcasts": broadcasts}, as_json)


@operator.command()
def recordings(context: typer.Context, as_json: AsJson = False) -> None:
    """List what may be played now: approved recordings of the plan, and files of the folder `operator`."""
    answer = ask(context.obj, RecordingsRequest(act="recordings"))
    if as_json or not answer.ok:
        _print(answer, as_json=as_json)
        return
    from rich.console import Console  # here: the running agent does without it
    from rich.table import Table

    table = Table("title", "language", "minutes", "here", "station-agent operator play …", box=None)
    for one in answer.recordings or ():
        table.add_row(
            one.title,
            LANGUAGES[one.language].name if one.language in LANGUAGES else one.language or "",
            "" if one.duration_ms is None else _minutes(one.duration_ms),
            "yes" if one.here else "not yet",
            f"--recording {one.name}" if one.sha256 else shlex.quote(one.name),
        )
    if answer.recordings:
        Console().print(table)
    typer.echo(answer.message)


@operator.command()
def play(
    context: typer.Context,
    file: Annotated[str | None, typer.Argument(help="A file in the station's folder `operator`.")] = None,
    recording: Annotated[
        str | None,
        typer.Option(help="An approved recording of the plan: its title, or its SHA-256 as far as listed."),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Which one, where several have the title, e.g. lo.")
    ] = None,
    zone: Zones = None,
    as_json: AsJson = False,
) -> None:
    """Play an approved recording, or a file of the operator's own, now; `recordings` lists them."""
    asked = {
        "act": "play",
        "file": file,
        "recording": recording,
        "language": language,
        "zones": zone or [],
    }
    _do(context.obj, asked, as_json)


@operator.command()
def microphone(
    context: typer.Context,
    minutes: Annotated[int, typer.Argument(help="How long at most; 0 gives it back.")],
    zone: Zones = None,
    as_json: AsJson = False,
) -> None:
    """Give the loudspeakers to the microphone on the amplifier; the PC is silent meanwhile."""
    _do(context.obj, {"act": "microphone", "minutes": minutes, "zones": zone or []}, as_json)


def alert(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A signed alert, as the province gave it out.")],
    as_json: AsJson = False,
) -> None:
    """Hand a signed alert to this station: a running agent takes it at once, else it does at its start."""
    data: Path = context.obj
    try:
        envelope = read_envelope(file)
    except OSError as error:
        raise StationError(f"{file} cannot be read as an alert ({error.strerror}); give the file") from None
    if len(envelope) > AlertRequest.LARGEST_BYTES:
        raise StationError(f"{file} has more bytes than an alert can have; give the file of the province")
    try:
        answer = ask(data, AlertRequest.of(envelope))
    except AgentNotRunning:
        inbox = data / "alerts" / INBOX
        inbox.mkdir(parents=True, exist_ok=True)
        write_durably(inbox / f"{file.stem}{ENDING}", envelope)
        words = f"no agent runs on {data}: the alert is kept, and judged when one starts"
        _print(Answer(ok=True, message=words), as_json=as_json)
        return
    _print(answer, as_json=as_json)


def _minutes(duration_ms: int) -> str:
    minutes, seconds = divmod(round(duration_ms / 1000), 60)
    return f"{minutes}:{seconds:02}"


def _do(data: Path, plain: Mapping[str, object], as_json: bool) -> None:
    _print(ask(data, _request(plain)), as_json=as_json)


def _request(plain: Mapping[str, object]) -> Request:
    try:
        return REQUEST.validate_python(plain)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        words = mistake_words(first)
        field = first["loc"][1:]  # the first part is the act
        raise typer.BadParameter(f"{field[0]}: {words}" if field else words) from None


def _print(answer: Answer, *, as_json: bool) -> None:
    if not answer.ok and not as_json:
        raise StationError(answer.message)
    typer.echo(answer.model_dump_json() if as_json else answer.message)
    if not answer.ok:
        raise typer.Exit(1)
