"""Commands: `broadcaster recording …`. Whoever may run them acts as the local administrator."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from flask import current_app

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.errors import BadInput, NotPossible
from broadcaster.newsroom import service, step_rules
from broadcaster.newsroom.facts import recording_facts
from broadcaster.newsroom.models import Announcement, Jingle, Recording

app = typer.Typer(no_args_is_help=True, help="Recordings: add, approve, withdraw, export.")

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
File = Annotated[Path, typer.Argument(help="A sound file: WAV, FLAC, MP3, M4A, Ogg, …", show_default=False)]
Number = Annotated[int, typer.Argument(help="The recording's number.", show_default=False)]
Title = Annotated[str, typer.Option(help="Title of the new announcement.")]
Language = Annotated[str, typer.Option(help="Language tag, such as lo or kuf.", show_default=False)]
Kind = Annotated[str, typer.Option(help="About what: " + ", ".join(service.AnnouncementKind))]
Existing = Annotated[int | None, typer.Option("--announcement", help="Add to this announcement instead.")]
Approve = Annotated[bool, typer.Option("--approve", help="Approve it at once.")]
Reason = Annotated[str, typer.Option(help="Why; written into the history.", show_default=False)]
Sha256 = Annotated[str, typer.Argument(help="The audio's SHA-256.", show_default=False)]
Out = Annotated[Path, typer.Argument(help="The file to write.", show_default=False)]
Force = Annotated[bool, typer.Option("--force", help="Replace the file if it is there.")]


@app.command()
def add(
    context: typer.Context,
    file: File,
    language: Language,
    title: Title = "",
    kind: Kind = "other",
    announcement: Existing = None,
    approve: Approve = False,
    as_json: AsJson = False,
) -> None:
    """Make a sound file broadcast-ready, for a new announcement or one that is there."""
    if bool(title.strip()) == (announcement is not None):
        raise typer.BadParameter("give --title for a new announcement, or --announcement for one there is")
    with terminal.application(context.obj):
        now = clock.now()
        tag = service.known_language(language)
        there = None if announcement is None else service.announcement(db.session, announcement)
        words = title if there else service.clean_title(title)
        about_what = service.known_kind(kind)
        db.session.rollback()  # nothing stays locked while the audio is worked on
        audio = service.make_broadcast_ready(
            file,
            current_app.extensions["audio_store"],
            limits=service.limits_of(current_app.config["SETTINGS"]),
        )
        about: Announcement = there or service.create_announcement(db.session, words, about_what, None, now)
        recording = service.attach_recording(db.session, about, tag, audio, file.name, None, now)
        if approve:
            approve_from_anywhere(recording, now)
        terminal.commit_and_work(now)
        answer(recording, as_json)


@app.command("list")
def list_recordings(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Only those in this state.")] = "",
    as_json: AsJson = False,
) -> None:
    """Recordings, newest first."""
    with terminal.application(context.obj):
        found = service.recordings(db.session, state=state)
        if as_json:
            terminal.answer_json([recording_facts(one) for one in found])
            return
        terminal.answer_table(
            ("recording", "title", "language", "version", "state", "length", "verdict"),
            [
                (
                    one.id,
                    one.announcement.title,
                    one.language,
                    one.version,
                    one.state,
                    _length(one),
                    one.verdict,
                )
                for one in found
            ],
            "No recordings yet; add one with: broadcaster recording add FILE --title … --language …",
        )


@app.command()
def export(
    context: typer.Context, sha256: Sha256, out: Out, force: Force = False, as_json: AsJson = False
) -> None:
    """Write stored audio into a file, verified."""
    if out.is_dir():
        raise BadInput(f"{out} is a folder; name a file", field="out")
    if out.exists() and not force:
        raise NotPossible(f"{out} is there already; use --force to replace it")
    if not out.absolute().parent.is_dir():
        raise BadInput(f"{out.absolute().parent}: there is no such folder; make it first", field="out")
    with terminal.application(context.obj):
        store = current_app.extensions["audio_store"]
        store.export(sha256, out)
        if as_json:
            terminal.answer_json({"sha256": sha256, "out": out, "size_bytes": store.size_bytes(sha256)})
        else:
            terminal.out.print(f"{out} written", highlight=False)


def approve_from_anywhere(sound: Recording, now: datetime) -> None:
    """The way from wherever it is to approved; the administrator at the command line may take it alone."""
    if sound.state in ("draft", "returned", "expired"):
        service.submit_recording(db.session, sound, None, now)
    if step_rules.waits_for_check(sound):
        step_rules.check(db.session, sound, None, sound.sha256 or "", now)
    step_rules.approve(db.session, sound, None, sound.sha256 or "", now)


def answer(recording: Recording, as_json: bool) -> None:
    """One recording: a table for people, its facts for programs."""
    facts: dict[str, Any] = recording_facts(recording)
    if as_json:
        terminal.answer_json(facts)
        return
    terminal.answer_table(
        ("recording", str(recording.id)),
        [
            ("announcement", f"{recording.announcement_id}: {recording.announcement.title}"),
            ("language", recording.language),
            ("state", recording.state),
            ("length", _length(recording)),
            ("loudness", f"{recording.loudness_lufs} LUFS"),
            ("true peak", f"{recording.true_peak_dbtp} dBTP"),
            ("verdict", recording.verdict),
            ("SHA-256", recording.sha256),
        ],
        "",
    )


def _length(sound: Recording | Jingle) -> str:
    return "" if sound.duration_ms is None else f"{sound.duration_ms / 1000:.1f} s"
