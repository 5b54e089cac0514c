"""Command: `broadcaster announcement matrix`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from broadcaster import terminal
from broadcaster.database import db
from broadcaster.newsroom import service
from broadcaster.newsroom.matrix import Heads, Matrix


def add_to(group: typer.Typer) -> None:
    """Offer the command in a group."""
    group.command("matrix")(show)


def show(
    context: typer.Context,
    announcement: Annotated[int, typer.Argument(help="The announcement's number.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")] = False,
) -> None:
    """Languages its villages need against what there is, and how many will hear what."""
    with terminal.application(context.obj):
        found = service.announcement(db.session, announcement)
        facts = matrix_facts(service.matrix(found, service.target_villages(db.session, [found])[found.id]))
    if as_json:
        terminal.answer_json({"announcement": announcement, **facts})
        return
    columns = ("language", "state", "version", "villages", "people", "also", "silent", "in_lao")
    terminal.answer_table(
        columns,
        [[line.get(name, "") for name in columns] for line in facts["languages"]],
        "No village is known, and nothing is recorded yet.",
    )
    for kind, heads in facts["hears"].items():
        words = f"{heads['villages']} villages, {heads['people']} people"
        terminal.out.print(f"hears {kind}: {words}", highlight=False)


def matrix_facts(found: Matrix) -> dict[str, Any]:
    """The matrix for programs. `villages` and `people` of a line are where it is the first language."""
    return {
        "villages": found.all.villages,
        "people": found.all.people,
        "hears": {kind.value: _facts(heads) for kind, heads in found.hears.items()},
        "languages": [
            {
                "language": line.language,
                "state": "missing" if line.is_missing or not line.newest else line.newest.state,
                "recording": line.newest.id if line.newest else None,
                "version": line.newest.version if line.newest else None,
                "on_air": line.on_air.id if line.on_air else None,
                "villages": line.need.villages if line.need else 0,
                "people": line.need.people if line.need else 0,
                "also": line.also.villages,
                "silent": line.silent.villages,
                "in_lao": line.in_lao.villages,
            }
            for line in found.lines
        ],
    }


def _facts(heads: Heads) -> dict[str, int]:
    return {"villages": heads.villages, "people": heads.people}
