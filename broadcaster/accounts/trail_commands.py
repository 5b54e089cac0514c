"""`broadcaster trail`: who did what, from the command line."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal

app = typer.Typer(no_args_is_help=True, help="Who did what: search it, hand it out in full.")

AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on standard output.")]
Who = Annotated[str, typer.Option("--person", help="Only of the person with this e-mail address.")]
Action = Annotated[str, typer.Option(help="Only this action, such as recording.approve.")]
Subject = Annotated[str, typer.Option(help="Only about this thing, such as recording:12.")]
Words = Annotated[str, typer.Option(help="Words in names and values; all of them must be found.")]
Since = Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First local day.")]
Until = Annotated[datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last local day.")]
Most = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many lines.")]


@app.command("list")
def list_lines(
    context: typer.Context,
    person: Who = "",
    action: Action = "",
    subject: Subject = "",
    words: Words = "",
    since: Since = None,
    until: Until = None,
    most: Most = 50,
    as_json: AsJson = False,
) -> None:
    """The newest lines."""
    from broadcaster.accounts import trail_search
    from broadcaster.accounts.trail_words import action_words
    from broadcaster.database import db
    from broadcaster.web.wording import zone

    with terminal.application(context.obj):
        wanted = _wanted(person, action, subject, words, since, until)
        found = trail_search.page(db.session, wanted, most=most)
        if as_json:
            terminal.answer_json([trail_search.facts(one) for one in found.entries])
            return
        terminal.answer_table(
            ("When", "Who", "What", "Of what", "From"),
            [
                (
                    f"{one.at.astimezone(zone()):%Y-%m-%d %H:%M:%S}",
                    one.actor,
                    action_words(one.action),
                    one.subject,
                    " ".join(part for part in (one.via, one.from_address) if part),
                )
                for one in found.entries
            ],
            "Nothing in the trail fits.",
        )
        if found.older is not None:
            terminal.messages.print(f"There are older lines; --most {most * 2} shows more.")


@app.command()
def export(
    context: typer.Context,
    person: Who = "",
    action: Action = "",
    subject: Subject = "",
    words: Words = "",
    since: Since = None,
    until: Until = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line; the default.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="A table for spreadsheets.")] = False,
) -> None:
    """Every line, oldest first, on standard output."""
    from broadcaster.accounts import trail_search
    from broadcaster.accounts.audit import record
    from broadcaster.accounts.trail_pages import csv_lines, json_lines
    from broadcaster.database import db

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other")
    with terminal.application(context.obj):
        wanted = _wanted(person, action, subject, words, since, until)
        asked = {"person": person, "action": action, "subject": subject, "words": words}
        after = {name: text for name, text in asked.items() if text}
        record(db.session, action="trail.export", subject="trail", after=after, now=clock.now())
        db.session.commit()
        written = csv_lines if as_csv else json_lines
        sys.stdout.writelines(written(trail_search.stream(db.sessionmaker, wanted)))
        sys.stdout.flush()


def _wanted(
    person: str, action: str, subject: str, words: str, since: datetime | None, until: datetime | None
) -> Any:
    from broadcaster.accounts import people
    from broadcaster.accounts.trail_pages import wanted_of
    from broadcaster.database import db

    asked = {"action": action, "subject": subject, "words": words}
    if person:
        asked["person"] = str(people.person_by_email(db.session, person).id)
    if since is not None:
        asked["since"] = since.date().isoformat()
    if until is not None:
        asked["until"] = until.date().isoformat()
    return wanted_of(asked)
