"""Commands: `broadcaster station …`. Whoever may run them acts as the local administrator."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.config import Settings
from broadcaster.database import db
from broadcaster.fleet import service
from broadcaster.fleet.enrol_command import enrol_command
from broadcaster.fleet.enrolment import CODE_LIFETIME
from broadcaster.fleet.zone_words import limits_from, quiet_hours_words, zones_from
from broadcaster.places.service import place
from broadcaster.programming.service import standard_limits
from schedules.wire.base import format_instant
from schedules.wire.plan import Zone

app = typer.Typer(no_args_is_help=True, help="Village stations: add, look at, enrol anew, retire.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
StationId = Annotated[str, typer.Argument(help="The station's name.", show_default=False)]
Village = Annotated[
    str, typer.Argument(help="The village's code; `place list` shows them.", show_default=False)
]
Zones = Annotated[
    list[str] | None,
    typer.Option("--zone", help="NAME:CHANNEL, or NAME where no relay is needed. [default: Loudspeaker:1]"),
]
Quiet = Annotated[str, typer.Option(help="Quiet hours as 21:00-05:00, or none. [default: the province's]")]


@app.command()
def add(
    context: typer.Context,
    village: Village,
    zone: Zones = None,
    warm_up_ms: Annotated[int, typer.Option(help="Amplifier on before the first sound.")] = 1000,
    tail_ms: Annotated[int, typer.Option(help="Amplifier on after the last sound.")] = 500,
    max_on_s: Annotated[int, typer.Option(help="Longest time a relay may stay on.")] = 3600,
    volume: Annotated[int, typer.Option(help="Volume in per cent.")] = 100,
    quiet: Quiet = "",
    as_json: AsJson = False,
) -> None:
    """A station for a village, and the one-time code its PC enrols with (shown only now)."""
    with terminal.application(context.obj):
        now = clock.now()
        settings: Settings = current_app.config["SETTINGS"]
        limits = limits_from(standard_limits(settings), warm_up_ms, tail_ms, max_on_s, volume, quiet)
        station, code = service.create_station(
            db.session, place(db.session, village), zones_from(zone), now, limits=limits
        )
        terminal.commit_and_work(now)
        _answer_code(station, code, settings, as_json)


@app.command("list")
def list_stations(
    context: typer.Context,
    retired: Annotated[bool, typer.Option("--retired", help="Those no longer in use too.")] = False,
    as_json: AsJson = False,
) -> None:
    """The stations, with when they were last heard of and which plan they follow."""
    with terminal.application(context.obj):
        found = service.stations(db.session, retired=retired)
        if as_json:
            terminal.answer_json([_facts(one) for one in found])
            return
        settings: Settings = current_app.config["SETTINGS"]
        terminal.answer_table(
            ("station", "contact", "last seen", "plan", "confirmed", "relay"),
            [_row(one, settings) for one in found],
            "No stations yet; add one with: broadcaster station add VILLAGE_CODE",
        )


@app.command()
def show(context: typer.Context, station: StationId, as_json: AsJson = False) -> None:
    """One station with its zones, limits and health."""
    with terminal.application(context.obj):
        found = service.station(db.session, station)
        if as_json:
            terminal.answer_json(_facts(found))
            return
        terminal.answer_table(("", station), _lines(found, current_app.config["SETTINGS"]), "")


@app.command()
def code(context: typer.Context, station: StationId, as_json: AsJson = False) -> None:
    """A new one-time code, for a PC that was replaced; older codes work no more."""
    with terminal.application(context.obj):
        now = clock.now()
        found = service.station(db.session, station)
        fresh = service.new_code(db.session, found, now)
        terminal.commit_and_work(now)
        _answer_code(found, fresh, current_app.config["SETTINGS"], as_json)


@app.command("set")
def change(
    context: typer.Context,
    station: StationId,
    zone: Annotated[
        list[str] | None,
        typer.Option("--zone", help="NAME:CHANNEL, or NAME; all of them, in the place of those it has."),
    ] = None,
    warm_up_ms: Annotated[int | None, typer.Option(help="Amplifier on before the first sound.")] = None,
    tail_ms: Annotated[int | None, typer.Option(help="Amplifier on after the last sound.")] = None,
    max_on_s: Annotated[int | None, typer.Option(help="Longest time a relay may stay on.")] = None,
    volume: Annotated[int | None, typer.Option(help="Volume in per cent.")] = None,
    quiet: Annotated[str, typer.Option(help="Quiet hours as 21:00-05:00, or none.")] = "",
    as_json: AsJson = False,
) -> None:
    """Other zones or limits; what is not given stays. The next plan carries them."""
    with terminal.application(context.obj):
        now = clock.now()
        found = service.station(db.session, station)
        has = found.limit_values
        limits = limits_from(
            has,
            has.warm_up_ms if warm_up_ms is None else warm_up_ms,
            has.tail_ms if tail_ms is None else tail_ms,
            has.max_on_s if max_on_s is None else max_on_s,
            has.volume_percent if volume is None else volume,
            quiet,
        )
        service.change_station(db.session, found, _same_keys(zone, found), limits, now)
        terminal.commit_and_work(now)
        if as_json:
            terminal.answer_json(_facts(found))
        else:
            terminal.out.print(f"{found.id} is changed; the next plan carries it to the station.")


@app.command()
def retire(
    context: typer.Context,
    station: StationId,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """No more plans for a station. What it aired stays on record."""
    with terminal.application(context.obj):
        found = service.station(db.session, station)
        if not yes:
            typer.confirm(f"Retire {found.id} in {found.village.name}?", abort=True, err=True)
        now = clock.now()
        service.retire_station(db.session, found, now)
        terminal.commit_and_work(now)
        if as_json:
            terminal.answer_json(_facts(found))
        else:
            terminal.out.print(f"{found.id} is retired.")


def _same_keys(written: list[str] | None, station: service.Station) -> tuple[Zone, ...]:
    """The zones as written; a name that is known keeps its key, so that slots still find it."""
    if not written:
        return station.zone_list
    keys = {one.name: one.key for one in station.zone_list}
    return tuple(one.model_copy(update={"key": keys.get(one.name, one.key)}) for one in zones_from(written))


def _answer_code(station: service.Station, code: str, settings: Settings, as_json: bool) -> None:
    expires_at = clock.now() + CODE_LIFETIME
    if as_json:
        answer = {"station": station.id, "village": station.village.name, "code": code}
        terminal.answer_json({**answer, "expires_at": format_instant(expires_at)})
        return
    server = f"http://{settings.server.host}:{settings.server.port}"
    terminal.out.print(f"Station {station.id} in {station.village.name}. At the village PC, type:")
    terminal.out.print(f"  {enrol_command(server, station.zone_list)}", soft_wrap=True)
    terminal.out.print(f"Type this code when asked: {code}", soft_wrap=True, highlight=False)
    days = CODE_LIFETIME // timedelta(days=1)
    terminal.out.print(f"The code works once, for {days} days, and is not shown again.")


def _row(station: service.Station, settings: Settings) -> tuple[object, ...]:
    seen = station.last_seen_at.astimezone(settings.zone) if station.last_seen_at else None
    relay = {True: "works", False: "silent", None: ""}[service.relay_ok(station)]
    return (
        station.id,
        service.contact(station, clock.now()).value,
        f"{seen:%d.%m. %H:%M}" if seen else "never",
        station.published_serial,
        station.confirmed_serial,
        relay,
    )


def _lines(station: service.Station, settings: Settings) -> list[tuple[str, object]]:
    limits = station.limit_values
    zones = (f"{one.name}:{one.channel}" if one.channel else one.name for one in station.zone_list)
    _id, contact, seen, plan, confirmed, relay = _row(station, settings)
    return [
        ("village", f"{station.village.name} ({station.village_code})"),
        ("state", station.state.value),
        ("contact", contact),
        ("last seen", seen),
        ("plan", f"{plan}, confirmed {confirmed}"),
        ("relay", relay or "not known"),
        ("languages", ", ".join(station.heard_languages)),
        ("zones", ", ".join(zones)),
        ("quiet hours", quiet_hours_words(limits.quiet_hours)),
        ("warm-up and tail", f"{limits.warm_up_ms} ms, {limits.tail_ms} ms"),
        ("longest on-time", f"{limits.max_on_s} s"),
        ("volume", f"{limits.volume_percent} %"),
        ("software", station.software or "not known"),
        *((f"health: {name}", _plain(value)) for name, value in sorted((station.health or {}).items())),
    ]


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not known" if value is None else value


def _facts(station: service.Station) -> dict[str, Any]:
    return {
        "station": station.id,
        "village": station.village.name,
        "code": station.village_code,
        "state": station.state.value,
        "contact": service.contact(station, clock.now()).value,
        "last_seen_at": format_instant(station.last_seen_at) if station.last_seen_at else None,
        "plan": station.published_serial,
        "confirmed": station.confirmed_serial,
        "relay_ok": service.relay_ok(station),
        "languages": list(station.heard_languages),
        "zones": station.zones,
        "limits": station.limits,
        "software": station.software,
        "health": station.health,
    }
