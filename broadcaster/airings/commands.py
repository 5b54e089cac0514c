"""Commands: `broadcaster airing …`: what was planned, and what stations say became of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.airings import service
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.fleet.service import station as known_station
from schedules.wire.base import format_instant

app = typer.Typer(no_args_is_help=True, help="What aired, against what was planned.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]


@app.callback()
def only_groups() -> None:
    """What aired, against what was planned."""


@app.command("list")
def list_airings(
    context: typer.Context,
    station: Annotated[str, typer.Option(help="Only this station.")] = "",
    day: Annotated[str, typer.Option(help="YYYY-MM-DD in the province's time. [default: today]")] = "",
    as_json: AsJson = False,
) -> None:
    """Every item of a day, each in exactly one state."""
    with terminal.application(context.obj):
        now = clock.now()
        settings: Settings = current_app.config["SETTINGS"]
        if station:
            known_station(db.session, station)
        start, end = service.day_bounds(_day(day) or now.astimezone(settings.zone).date(), settings.zone)
        wanted = service.AiringFilter(start, end, station=station or None)
        lines = service.airings(db.session, wanted, now)
        if as_json:
            terminal.answer_json([airing_facts(line) for line in lines])
            return
        terminal.answer_table(
            ("station", "planned", "title", "language", "origin", "state", "reason", "evidence"),
            [_row(line, settings) for line in lines],
            "Nothing was planned on this day.",
        )


def _row(line: service.AccountedAiring, settings: Settings) -> tuple[object, ...]:
    said = line.airing
    planned = line.planned_start.astimezone(settings.zone)
    reason, evidence = (said.reason, said.evidence.value) if said else (None, None)
    return (
        line.station,
        f"{planned:%H:%M:%S}",
        line.title,
        line.language,
        line.origin.value,
        line.state.value,
        reason,
        evidence,
    )


def airing_facts(line: service.AccountedAiring) -> dict[str, Any]:
    """A line as programs read it."""
    said = line.airing
    return {
        "station": line.station,
        "item": line.item,
        "broadcast": line.broadcast,
        "origin": line.origin.value,
        "title": line.title,
        "language": line.language,
        "sha256": line.sha256,
        "kind": line.kind,
        "message_class": line.message_class,
        "plan_serial": line.plan_serial,
        "planned_start": format_instant(line.planned_start),
        "planned_ms": line.planned_ms,
        "state": line.state.value,
        "started_at": format_instant(said.started_at) if said and said.started_at else None,
        "ended_at": format_instant(said.ended_at) if said and said.ended_at else None,
        "aired_ms": said.aired_ms if said else None,
        "reason": said.reason if said else None,
        "evidence": said.evidence.value if said else None,
    }


def _day(written: str) -> date | None:
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadInput(f"{written!r} is not a day; write it as 2026-11-24", field="day") from error
