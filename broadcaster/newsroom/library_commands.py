"""Commands: `broadcaster library …`: what the library is searched by."""

from __future__ import annotations

from typing import Annotated

import typer

from broadcaster import terminal
from broadcaster.database import db
from broadcaster.newsroom import search_index

app = typer.Typer(no_args_is_help=True, help="The library: its search.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
Missing = Annotated[bool, typer.Option("--missing", help="Only what is missing or out of date.")]


@app.callback()
def library() -> None:
    """Keeps `reindex` a command of its own."""


@app.command()
def reindex(context: typer.Context, missing: Missing = False, as_json: AsJson = False) -> None:
    """Make what announcements and recordings are found by anew; harmless at any time."""
    with terminal.application(context.obj):
        count = search_index.mend(db.session) if missing else search_index.remake(db.session)
        if as_json:
            terminal.answer_json({"announcements": count})
        else:
            terminal.out.print(f"{count} announcements can be found", highlight=False)
