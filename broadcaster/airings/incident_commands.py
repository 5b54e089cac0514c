"""Commands: `broadcaster incident …`: what stations noticed and somebody should look at."""

from __future__ import annotations

from typing import Annotated

import typer
from flask import current_app

from broadcaster import terminal
from broadcaster.airings import service
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.fleet.service import station as known_station
from schedules.wire.base import format_instant

app = typer.Typer(no_args_is_help=True, help="What stations noticed: refused plans, lost boards, power cuts.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]


@app.callback()
def only_groups() -> None:
    """What stations noticed: refused plans, lost boards, power cuts."""


@app.command("list")
def list_incidents(
    context: typer.Context,
    station: Annotated[str, typer.Option(help="Only this station.")] = "",
    as_json: AsJson = False,
) -> None:
    """The newest 200 incidents, the newest first."""
    with terminal.application(context.obj):
        if station:
            known_station(db.session, station)
        found = service.incidents(db.session, station=station or None)
        if as_json:
            terminal.answer_json(
                [
                    {
                        "station": one.station_id,
                        "at": format_instant(one.at),
                        "code": one.code,
                        "subject": one.subject,
                        "message": one.message,
                    }
                    for one in found
                ]
            )
            return
        settings: Settings = current_app.config["SETTINGS"]
        rows = [
            (f"{one.at.astimezone(settings.zone):%d.%m. %H:%M:%S}", one.station_id, one.code, one.message)
            for one in found
        ]
        terminal.answer_table(("when", "station", "incident", "the station's words"), rows, "No incidents.")
