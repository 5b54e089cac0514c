"""Commands: `broadcaster jingle …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.newsroom import service
from broadcaster.newsroom.facts import jingle_facts
from broadcaster.newsroom.models import Jingle

app = typer.Typer(no_args_is_help=True, help="Jingles: chimes and signature tunes.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]


@app.command()
def add(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A sound file.", show_default=False)],
    title: Annotated[str, typer.Option(help="What it is called.", show_default=False)],
    approve: Annotated[bool, typer.Option("--approve", help="Approve it at once.")] = False,
    as_json: AsJson = False,
) -> None:
    """Make a sound file a jingle."""
    with terminal.application(context.obj):
        now = clock.now()
        jingle = service.add_jingle(
            db.session,
            current_app.extensions["audio_store"],
            title,
            file,
            file.name,
            None,
            now,
            limits=service.limits_of(current_app.config["SETTINGS"]),
        )
        if approve:
            _approve(jingle)
        terminal.commit_and_work(now)
        _answer([jingle], as_json, one=True)


@app.command("list")
def list_jingles(context: typer.Context, as_json: AsJson = False) -> None:
    """Jingles by title."""
    with terminal.application(context.obj):
        _answer(service.jingles(db.session), as_json)


@app.command()
def approve(
    context: typer.Context,
    jingle: Annotated[int, typer.Argument(help="The jingle's number.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Approve the audio as it is now."""
    with terminal.application(context.obj):
        found = service.jingle(db.session, jingle)
        _approve(found)
        terminal.commit_and_work(clock.now())
        _answer([found], as_json, one=True)


@app.command()
def withdraw(
    context: typer.Context,
    jingle: Annotated[int, typer.Argument(help="The jingle's number.", show_default=False)],
    reason: Annotated[str, typer.Option(help="Why; written into the history.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Stop a jingle wherever it can be reached."""
    with terminal.application(context.obj):
        found = service.jingle(db.session, jingle)
        service.withdraw_recording(db.session, found, None, reason, clock.now())
        terminal.commit_and_work(clock.now())
        _answer([found], as_json, one=True)


@app.command()
def chime(context: typer.Context, as_json: AsJson = False) -> None:
    """Make the synthesised chime a jingle, approved; harmless when it is there."""
    with terminal.application(context.obj):
        jingle = service.add_chime(db.session, current_app.extensions["audio_store"], None, clock.now())
        if not jingle.is_on_air_ready:
            _approve(jingle)
        terminal.commit_and_work(clock.now())
        _answer([jingle], as_json, one=True)


def _approve(jingle: Jingle) -> None:
    now = clock.now()
    if jingle.state in ("draft", "returned"):
        service.submit_recording(db.session, jingle, None, now)
    service.approve_recording(db.session, jingle, None, jingle.sha256 or "", now)


def _answer(found: list[Jingle], as_json: bool, *, one: bool = False) -> None:
    facts = [jingle_facts(jingle) for jingle in found]
    if as_json:
        terminal.answer_json(facts[0] if one else facts)
        return
    terminal.answer_table(
        ("jingle", "title", "state", "length", "sha256"),
        [
            (
                jingle.id,
                jingle.title,
                jingle.state,
                f"{(jingle.duration_ms or 0) / 1000:.1f} s",
                jingle.sha256,
            )
            for jingle in found
        ],
        "No jingles yet; add the chime with: broadcaster jingle chime",
    )
