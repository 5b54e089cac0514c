"""Commands of the shell itself: init, serve, worker, doctor."""

from __future__ import annotations

import threading
from typing import Annotated

import typer

from broadcaster import terminal
from broadcaster.clock import system_clock
from broadcaster.config import load_settings

AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on standard output.")]


def init(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the data folder ready, or bring its database to the newest schema."""
    from broadcaster.initialise import initialise

    result = initialise(context.obj.path, system_clock())
    if as_json:
        terminal.answer_json(
            {
                "data": result.data,
                "configuration_made": result.configuration,
                "secret_made": result.secret,
                "places_added": result.places,
                "schema_upgraded": result.schema_upgraded,
                "somebody_can_sign_in": result.somebody,
            }
        )
        return
    command = f"broadcaster --data {context.obj.path}"
    if result.somebody:
        terminal.out.print(
            f"{result.data} is ready, with the people it had. Start the server:", soft_wrap=True
        )
        terminal.out.print(f"  {command} serve", soft_wrap=True)
        return
    terminal.out.print(f"{result.data} is ready. Add somebody who can sign in:", soft_wrap=True)
    terminal.out.print(f"  {command} user add EMAIL --role administrator", soft_wrap=True)


def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 0 takes a free one.")] = None,
    threads: Annotated[int | None, typer.Option(min=4, max=1024, help="Requests at once.")] = None,
) -> None:
    """Serve pages and stations, and do the background work."""
    from broadcaster import serving
    from broadcaster.app import create_app

    settings = load_settings(context.obj.path)
    app = create_app(settings)
    serving.check_ready(app)
    given = settings.server
    serving.serve(
        app,
        host or given.host,
        given.port if port is None else port,
        threads or given.threads,
        lambda address: terminal.out.print(f"The province server is at {address}", soft_wrap=True),
        lambda words: terminal.messages.print(words, soft_wrap=True),
    )


def worker(context: typer.Context) -> None:
    """Do background work only: where several web servers share a database."""
    from broadcaster import serving
    from broadcaster.app import create_app

    app = create_app(load_settings(context.obj.path))
    serving.check_ready(app)
    terminal.messages.print("The worker is waiting for work.")
    with (
        serving.ending_on_signals(lambda: terminal.messages.print(serving.ENDING, soft_wrap=True)),
        serving.working(app),
    ):
        threading.Event().wait()


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Look at everything the server needs; exit 1 when something is missing."""
    from broadcaster.doctor import examine

    findings = examine(context.obj.path)
    if as_json:
        terminal.answer_json([finding.as_json() for finding in findings])
    else:
        rows = [
            ("ok" if finding.ok else "NOT OK", finding.check, finding.message, finding.advice)
            for finding in findings
        ]
        terminal.answer_table(("", "Check", "Found", "What to do"), rows, "nothing was looked at")
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
