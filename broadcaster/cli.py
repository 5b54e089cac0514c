"""The command line: every room brings its commands; this file only joins them and reports errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from apiflask import APIFlask
from sqlalchemy.exc import DataError, OperationalError

from broadcaster import mail_commands, server_commands, terminal
from broadcaster.accounts import sign_in_commands, trail_commands
from broadcaster.airings import commands as airing_commands
from broadcaster.airings import incident_commands
from broadcaster.campaigns import commands as campaign_commands
from broadcaster.config import Settings
from broadcaster.demo import commands as demo_commands
from broadcaster.errors import BroadcasterError, ConfigurationError
from broadcaster.fleet import commands as station_commands
from broadcaster.fleet import plan_commands
from broadcaster.newsroom import (
    announcement_commands,
    bulk_edit_commands,
    import_commands,
    jingle_commands,
    library_commands,
    matrix_commands,
    step_commands,
)
from broadcaster.newsroom import commands as recording_commands
from broadcaster.places import commands as place_commands
from broadcaster.programming import commands as slot_commands
from broadcaster.software import software
from content_library import ContentLibraryError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The province server: content, schedules, stations, and who was reached.",
)

for command in (server_commands.init, server_commands.serve, server_commands.worker, server_commands.doctor):
    app.command()(command)
app.add_typer(sign_in_commands.app, name="user")
app.add_typer(trail_commands.app, name="trail")
app.add_typer(place_commands.app, name="place")
app.add_typer(announcement_commands.app, name="announcement")
matrix_commands.add_to(announcement_commands.app)
bulk_edit_commands.add_to(announcement_commands.app)
step_commands.add_to(recording_commands.app)
import_commands.add_to(recording_commands.app)
app.add_typer(recording_commands.app, name="recording")
app.add_typer(library_commands.app, name="library")
app.add_typer(jingle_commands.app, name="jingle")
app.add_typer(slot_commands.app, name="slot")
app.add_typer(station_commands.app, name="station")
app.add_typer(plan_commands.app, name="plan")
app.add_typer(airing_commands.app, name="airing")
app.add_typer(incident_commands.app, name="incident")
app.add_typer(campaign_commands.app, name="campaign")
app.add_typer(mail_commands.app, name="mail")
app.command("demo")(demo_commands.demo)


def _tell_version(asked: bool) -> None:
    if asked:
        terminal.out.print(software(), highlight=False)
        raise typer.Exit


@app.callback()
def remember_data_folder(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option(envvar="BROADCASTER_DATA", help="Folder of configuration, database and audio.")
    ] = Path("data"),
    _version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_tell_version, help="Print the version and end."),
    ] = False,
) -> None:
    """Keep the data folder for the command."""
    terminal.log_to_standard_error()
    context.obj = terminal.DataFolder(data, _make_app)


def _make_app(settings: Settings) -> APIFlask:
    """The application, when its database is ready; `--help` must answer without loading every room."""
    from broadcaster import serving
    from broadcaster.app import create_app

    made = create_app(settings)
    serving.check_ready(made)
    return made


def main() -> None:
    """Run a command: 0 when it worked, 1 with one clear line when not, 2 for wrong usage or configuration."""
    try:
        app(standalone_mode=True)
    except ConfigurationError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)  # noqa: T201 - the command line talks to people
        sys.exit(2)
    except (BroadcasterError, ContentLibraryError) as error:
        print(str(error), file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except OperationalError as error:
        print(f"the database refused: {' '.join(str(error.orig).split())}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except (OverflowError, DataError):  # SQLite's and PostgreSQL's word on a number no column holds
        print("there is nothing with a number that large; list what there is", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
