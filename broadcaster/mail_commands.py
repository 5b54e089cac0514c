"""Commands: `broadcaster mail test|list|retry`."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from flask import current_app

from broadcaster import clock, terminal

app = typer.Typer(no_args_is_help=True, help="E-mail: test the server, see what could not be sent.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]


@app.command("test")
def send_test(
    context: typer.Context,
    address: Annotated[str, typer.Argument(help="Who gets the letter.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Send a letter now and say what the mail server answered."""
    from broadcaster import mail

    with terminal.application(context.obj):
        settings = current_app.config["SETTINGS"]
        body = (
            f"This is a test from the province server at {settings.mail.base_url}. Nothing is to be done.\n"
        )
        mail.send_at_once(settings, address, "Test of Sekong Broadcaster", body, clock.now())
        answer = {"sent": True, "to": address, "server": f"{settings.mail.host}:{settings.mail.port}"}
    if as_json:
        terminal.answer_json(answer)
        return
    terminal.out.print(f"{answer['server']} took the letter to {address}", highlight=False)


@app.command("list")
def list_letters(
    context: typer.Context,
    failed: Annotated[bool, typer.Option("--failed", help="Only those set aside.")] = False,
    as_json: AsJson = False,
) -> None:
    """Letters, newest first; what they say is not shown."""
    from broadcaster import mail
    from broadcaster.database import db
    from broadcaster.mail_models import LetterState

    with terminal.application(context.obj):
        found = mail.letters(db.session, *((LetterState.FAILED,) if failed else ()))
        rows: list[dict[str, Any]] = [
            {
                "letter": one.id,
                "to": one.to,
                "subject": one.subject,
                "state": one.state.value,
                "queued_at": one.queued_at,
                "tries": one.tries,
                "error": one.error,
            }
            for one in found
        ]
    if as_json:
        terminal.answer_json(rows)
        return
    columns = ("letter", "to", "subject", "state", "tries", "error")
    terminal.answer_table(columns, [[row[name] for name in columns] for row in rows], "No letters.")


@app.command()
def retry(
    context: typer.Context,
    letter: Annotated[int, typer.Argument(help="The letter's number.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Have a letter that was set aside tried again by the server."""
    from broadcaster import mail
    from broadcaster.database import db

    with terminal.application(context.obj):
        mail.try_again(db.session, mail.letter(db.session, letter), clock.now())
        db.session.commit()
    if as_json:
        terminal.answer_json({"letter": letter, "state": "waiting"})
        return
    terminal.out.print(f"letter {letter} will be tried again by the server's worker")
