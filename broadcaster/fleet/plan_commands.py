"""Commands: `broadcaster plan …`: publish, list, show the payload or the exact signed bytes."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.fleet import service
from broadcaster.fleet.models import PublishedPlan
from schedules.wire.base import format_instant

app = typer.Typer(no_args_is_help=True, help="Stations' signed plans: publish, list, show.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
StationId = Annotated[str, typer.Argument(help="The station's name.", show_default=False)]


@app.command()
def publish(context: typer.Context, as_json: AsJson = False) -> None:
    """A new plan for every station that needs one."""
    with terminal.application(context.obj):
        now = clock.now()
        published = service.publish_in_batches(db.session, current_app.config["SETTINGS"], now)
        _answer(published, as_json, "Every station has its newest plan.")


@app.command("list")
def list_plans(
    context: typer.Context,
    station: Annotated[str, typer.Argument(help="Only this station's.", show_default=False)] = "",
    as_json: AsJson = False,
) -> None:
    """The newest plan of every station, or of one."""
    with terminal.application(context.obj):
        wanted = [service.station(db.session, station)] if station else service.stations(db.session)
        newest = [service.current_plan(db.session, one.id) for one in wanted]
        _answer([one for one in newest if one is not None], as_json, "No plan is published yet.")


@app.command()
def show(
    context: typer.Context,
    station: StationId,
    as_json: AsJson = False,
    envelope: Annotated[bool, typer.Option("--envelope", help="The exact signed bytes.")] = False,
) -> None:
    """The newest plan of a station."""
    with terminal.application(context.obj):
        published = service.required_plan(db.session, service.station(db.session, station).id)
        if envelope:
            sys.stdout.buffer.write(published.envelope)
            sys.stdout.buffer.flush()
            return
        plan = service.plan_of(published)
        if as_json:
            terminal.answer_json(plan.model_dump(mode="json"))
            return
        terminal.out.print(
            f"Plan {plan.serial} for {plan.village}, complete until {format_instant(plan.fresh_until)}"
        )
        rows = [
            (format_instant(one.planned_start), one.title, item.title, item.language, item.duration_ms)
            for one in plan.broadcasts
            for item in one.items
        ]
        terminal.answer_table(("start", "broadcast", "item", "language", "ms"), rows, "Nothing is planned.")
        for gap in published.gaps:
            terminal.messages.print(gap["sentence"])


def _answer(plans: list[PublishedPlan], as_json: bool, empty: str) -> None:
    facts = [
        {
            "station": one.station_id,
            "serial": one.serial,
            "issued_at": format_instant(one.issued_at),
            "fresh_until": format_instant(one.fresh_until),
            "broadcasts": one.broadcasts,
            "size_bytes": len(one.envelope),
            "gaps": [gap["sentence"] for gap in one.gaps],
        }
        for one in plans
    ]
    if as_json:
        terminal.answer_json(facts)
        return
    columns = ("station", "serial", "issued_at", "fresh_until", "broadcasts", "size_bytes")
    terminal.answer_table(columns, [[fact[column] for column in columns] for fact in facts], empty)
