"""The command line: every room brings its commands; this file only joins them and reports errors."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from broadcaster.errors import BroadcasterError, ConfigurationError
from broadcaster.newsroom import commands as recording_commands
from broadcaster.newsroom import jingle_commands
from broadcaster.programming import commands as slot_commands
from content_library import ContentLibraryError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The province server: content, schedules, stations, and who was reached.",
)

app.add_typer(recording_commands.app, name="recording")
app.add_typer(jingle_commands.app, name="jingle")
app.add_typer(slot_commands.app, name="slot")


@app.callback()
def remember_data_folder(
    context: typer.Context,
    data: Annotated[
        Path, typer.Option(envvar="BROADCASTER_DATA", help="Folder of configuration, database and audio.")
    ] = Path("data"),
) -> None:
    """Keep the data folder for the command."""
    context.obj = data


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
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
