"""`broadcaster place`: places from the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal

app = typer.Typer(no_args_is_help=True, help="Villages and what they belong to.")
AsJson = Annotated[bool, typer.Option("--json", help="One JSON value on standard output.")]


@app.command("list")
def list_villages(
    context: typer.Context,
    under: Annotated[list[str] | None, typer.Option(help="Only villages below this place's code.")] = None,
    as_json: AsJson = False,
) -> None:
    """The villages, with their languages and people."""
    from broadcaster.database import db
    from broadcaster.places import service

    with terminal.application(context.obj):
        for code in under or ():
            service.place(db.session, code)
        paths = service.paths(db.session)
        found: list[dict[str, Any]] = [
            {
                "code": village.code,
                "name": village.name,
                "path": paths[village.code],
                "languages": village.languages,
                "households": village.households,
                "population": village.population,
                "latitude": village.latitude,
                "longitude": village.longitude,
                "illustrative": village.illustrative,
            }
            for village in service.villages(db.session, under or ())
        ]
    if as_json:
        terminal.answer_json(found)
        return
    rows = [(row["code"], row["name"], " ".join(row["languages"]), row["population"]) for row in found]
    empty = "No villages yet: broadcaster place import FILE.csv"
    terminal.answer_table(("Code", "Village", "Languages", "People"), rows, empty)


@app.command()
def show(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="The place's code.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """One place: where it belongs, its languages and people."""
    from broadcaster.database import db
    from broadcaster.places import service

    with terminal.application(context.obj):
        place = service.place(db.session, code)
        facts: dict[str, Any] = {
            "code": place.code,
            "kind": place.kind.value,
            "name": place.name,
            "name_lo": place.name_lo,
            "aliases": place.aliases,
            "path": service.path(db.session, place),
            "languages": place.languages,
            "households": place.households,
            "population": place.population,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "illustrative": place.illustrative,
            "villages": [one.code for one in service.villages(db.session, [code])],
        }
    if as_json:
        terminal.answer_json(facts)
        return
    rows = [
        (label, " ".join(value) if isinstance(value, list | tuple) else value)
        for label, value in facts.items()
        if value not in (None, [], ())
    ]
    terminal.answer_table(("", code), rows, "")


@app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV: code,name,district_code,languages,…")],
    dry_run: Annotated[bool, typer.Option(help="Only say what would happen.")] = False,
    illustrative: Annotated[bool, typer.Option(help="The figures are made up for a demonstration.")] = False,
    as_json: AsJson = False,
) -> None:
    """Add or update villages from a table; all of them or, with a mistake in it, none."""
    from broadcaster.database import db
    from broadcaster.places import service

    with terminal.application(context.obj):
        now = clock.now()
        result = service.import_villages(db.session, file, now, dry_run, illustrative=illustrative)
        if not dry_run:
            terminal.commit_and_work(now)
    if as_json:
        terminal.answer_json(
            {
                "added": result.added,
                "changed": result.changed,
                "unchanged": result.unchanged,
                "dry_run": result.dry_run,
            }
        )
        return
    verb = "would be " if dry_run else ""
    added, changed = len(result.added), len(result.changed)
    terminal.out.print(f"{added} {verb}added, {changed} {verb}changed, {result.unchanged} as they were.")
