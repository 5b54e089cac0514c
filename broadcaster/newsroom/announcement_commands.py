"""Commands: `broadcaster announcement …`. Whoever may run them acts as the local administrator."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom import attachments, revisions, service
from broadcaster.newsroom.facts import announcement_facts, attachment_facts, texts_facts
from broadcaster.newsroom.local_days import end_of, start_of
from broadcaster.newsroom.models import Announcement
from broadcaster.newsroom.texts import AnnouncementTexts, RecordingTexts

app = typer.Typer(
    no_args_is_help=True, help="Announcements: make, change, look at, list; attach papers to them."
)

AsJson = Annotated[bool, typer.Option("--json", help="Answer with one JSON value.")]
Number = Annotated[int, typer.Argument(help="The announcement's number.", show_default=False)]
Title = Annotated[str | None, typer.Option(help="What it is about, in a few words.")]
Kind = Annotated[str | None, typer.Option(help="About what: " + ", ".join(service.AnnouncementKind))]
Detail = Annotated[
    list[str] | None,
    typer.Option(help="A field of the kind as NAME=VALUE, such as year=2015; NAME= takes it away."),
]
Tag = Annotated[list[str] | None, typer.Option(help="A tag; once for each. They replace those there are.")]
From = Annotated[str | None, typer.Option("--valid-from", help="First day, as 2026-03-03; '' for none.")]
Until = Annotated[str | None, typer.Option("--valid-until", help="Last day, as 2026-03-31; '' for none.")]
Edition = Annotated[
    int | None, typer.Option(help="The edition that was read; refused when there is a newer one.")
]


@app.command()
def new(
    context: typer.Context,
    title: Annotated[str, typer.Option(help="What it is about, in a few words.", show_default=False)],
    kind: Annotated[str, typer.Option(help="About what: " + ", ".join(service.AnnouncementKind))] = "other",
    detail: Detail = None,
    tag: Tag = None,
    valid_from: From = None,
    valid_until: Until = None,
    as_json: AsJson = False,
) -> None:
    """Make an announcement without recordings."""
    with terminal.application(context.obj):
        now = clock.now()
        made = service.create_announcement(
            db.session,
            title,
            kind,
            None,
            now,
            valid_from=start_of(read_day(valid_from, "valid-from")),
            valid_until=end_of(read_day(valid_until, "valid-until")),
            details=_details(detail),
            tags=tag or (),
        )
        terminal.commit_and_work(now)
        _answer(made, as_json)


@app.command()
def edit(
    context: typer.Context,
    announcement: Number,
    title: Title = None,
    kind: Kind = None,
    detail: Detail = None,
    tag: Tag = None,
    valid_from: From = None,
    valid_until: Until = None,
    edition: Edition = None,
    as_json: AsJson = False,
) -> None:
    """Change what is named; the rest stays."""
    with terminal.application(context.obj):
        now = clock.now()
        found = service.announcement(db.session, announcement)
        given: dict[str, Any] = {"details": _details(detail)}
        given |= {
            name: value
            for name, value in (("title", title), ("kind", kind), ("tags", tag))
            if value is not None
        }
        if valid_from is not None:
            given["valid_from"] = start_of(read_day(valid_from, "valid-from"))
        if valid_until is not None:
            given["valid_until"] = end_of(read_day(valid_until, "valid-until"))
        wanted = AnnouncementTexts.of(found).changed(given)
        read = found.edition if edition is None else edition
        revisions.revise_announcement(db.session, found, wanted, None, now, edition=read)
        terminal.commit_and_work(now)
        _answer(found, as_json)


@app.command()
def show(context: typer.Context, announcement: Number, as_json: AsJson = False) -> None:
    """One announcement with its recordings and attachments."""
    with terminal.application(context.obj):
        _answer(service.announcement(db.session, announcement), as_json)


@app.command("list")
def list_announcements(
    context: typer.Context,
    search: Annotated[str, typer.Option(help="A part of the title.")] = "",
    kind: Annotated[str, typer.Option(help="Only those of this kind.")] = "",
    state: Annotated[str, typer.Option(help="Only those with a recording in this state.")] = "",
    as_json: AsJson = False,
) -> None:
    """Announcements, newest first."""
    with terminal.application(context.obj):
        found = service.announcements(db.session, search=search, kind=kind, state=state)
        if as_json:
            terminal.answer_json([announcement_facts(one) for one in found])
            return
        terminal.answer_table(
            ("announcement", "title", "kind", "languages", "tags"),
            [(one.id, one.title, one.kind.value, _languages(one), ", ".join(one.tags)) for one in found],
            "No announcements yet; make one with: broadcaster announcement new --title …",
        )


@app.command()
def attach(
    context: typer.Context,
    announcement: Number,
    file: Annotated[Path, typer.Argument(help="A PDF, picture, text or DOCX.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Keep a paper or a picture beside an announcement."""
    if not file.is_file():
        raise BadInput(f"{file}: there is no such file; check its name", field="file")
    with terminal.application(context.obj), file.open("rb") as stream:
        now = clock.now()
        found = service.announcement(db.session, announcement)
        kept = attachments.attach(db.session, found, stream, file.name, None, now)
        terminal.commit_and_work(now)
        if as_json:
            terminal.answer_json(attachment_facts(kept))
        else:
            terminal.out.print(f"{kept.name} is attachment {kept.id}", highlight=False)


@app.command()
def texts(
    context: typer.Context,
    recording: Annotated[int, typer.Argument(help="The recording's number.", show_default=False)],
    transcript: Annotated[Path | None, typer.Option(help="A text file in the recording's language.")] = None,
    transcript_lo: Annotated[Path | None, typer.Option(help="A text file in Lao.")] = None,
    speaker: Annotated[list[str] | None, typer.Option(help="Who speaks; once for each.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what is said in a recording, or change it."""
    with terminal.application(context.obj):
        now = clock.now()
        found = service.recording(db.session, recording)
        given: dict[str, Any] = {} if speaker is None else {"speakers": speaker}
        for name, file in (("transcript", transcript), ("transcript_lo", transcript_lo)):
            if file is not None:
                given[name] = _words_in(file)
        wanted = RecordingTexts.from_fields(RecordingTexts.of(found).as_fields() | given)
        revisions.revise_recording(db.session, found, wanted, None, now, edition=found.edition)
        terminal.commit_and_work(now)
        facts = texts_facts(found)
        if as_json:
            terminal.answer_json(facts)
        else:
            terminal.answer_table(("recording", str(found.id)), list(facts.items())[1:], "")


def _answer(announcement: Announcement, as_json: bool) -> None:
    facts = announcement_facts(announcement)
    if as_json:
        terminal.answer_json(facts)
        return
    terminal.answer_table(
        ("announcement", str(announcement.id)),
        [
            ("title", announcement.title),
            ("kind", announcement.kind.value),
            *announcement.detail_values.items(),
            ("valid from", _shown(announcement.valid_from)),
            ("valid until", _shown(announcement.valid_until)),
            ("tags", ", ".join(announcement.tags)),
            ("languages", _languages(announcement)),
            ("attachments", ", ".join(one["name"] for one in facts["attachments"])),
            ("edition", announcement.edition),
        ],
        "",
    )


def _languages(announcement: Announcement) -> str:
    return ", ".join(f"{one.language} {one.state}" for one in announcement.recordings)


def _shown(instant: datetime | None) -> str:
    return "" if instant is None else instant.isoformat(timespec="minutes")


def _details(written: list[str] | None) -> dict[str, Any]:
    pairs = [one.partition("=") for one in written or []]
    for name, sign, _value in pairs:
        if not sign:
            raise typer.BadParameter(f"{name!r} has no value; write NAME=VALUE", param_hint="--detail")
    return {name.strip(): value.strip() or None for name, _sign, value in pairs}


def read_day(written: str | None, option: str) -> date | None:
    """The day of an option, none for an empty one; `BadInput` naming the option otherwise."""
    if not written:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as error:
        raise BadInput(f"--{option} is a day such as 2026-03-03, not {written!r}", field=option) from error


def _words_in(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}", field="file") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{file} is not UTF-8 text; save it as UTF-8", field="file") from error
