"""Command: `broadcaster recording import FOLDER --table FILE`, with a dry run that lists every problem."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import Progress

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.errors import BadInput
from broadcaster.newsroom.bulk_import import Brought, Problem, Survey, Tell, bring, survey
from broadcaster.newsroom.commands import AsJson
from broadcaster.newsroom.import_table import TableRow, read_table

Folder = Annotated[Path, typer.Argument(help="The folder of sound files.", show_default=False)]
Table = Annotated[Path, typer.Option("--table", help="CSV or XLSX: see docs/import.md.", show_default=False)]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only look, and list every problem.")]
OnlyGood = Annotated[bool, typer.Option("--only-good", help="Bring the rows without a problem all the same.")]


def add_to(app: typer.Typer) -> None:
    """Let `broadcaster recording` have it."""
    app.command("import")(import_recordings)


def import_recordings(
    context: typer.Context,
    folder: Folder,
    table: Table,
    dry_run: DryRun = False,
    only_good: OnlyGood = False,
    as_json: AsJson = False,
) -> None:
    """Bring many sound files at once, as a table says what they are. Run again, it goes on where it was."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: there is no such folder", field="folder")
    rows = read_table(table)
    with terminal.application(context.obj):
        found = _survey(folder, rows)
        if dry_run or (found.problems and not only_good):
            _tell_survey(found, len(rows), dry_run, as_json)
            raise typer.Exit(1 if found.problems else 0)
        done = _bring(found)
        terminal.commit_and_work(clock.now())
        _tell_done(found, done, as_json)
        if found.problems or any(one.problem for one in done):
            raise typer.Exit(1)


def _survey(folder: Path, rows: tuple[TableRow, ...]) -> Survey:
    with Progress(console=terminal.messages, transient=True) as progress:
        return survey(db.session, folder, rows, _teller(progress, "Looking at the files"))


def _bring(found: Survey) -> list[Brought]:
    with Progress(console=terminal.messages, transient=True) as progress:
        tell = _teller(progress, "Preparing the recordings")
        return sorted(bring(db.session, found, clock.now, tell), key=lambda one: one.row)


def _teller(progress: Progress, words: str) -> Tell:
    task = progress.add_task(words)
    return lambda done, of: progress.update(task, completed=done, total=of)


def _tell_survey(found: Survey, rows: int, dry_run: bool, as_json: bool) -> None:
    to_do, there = len(found.to_do), len(found.there)
    if as_json:
        terminal.answer_json(
            {"rows": rows, "to_import": to_do, "there": there, "problems": _facts(found.problems)}
        )
        return
    if found.problems:
        _problem_table(found.problems)
    end = "" if dry_run else " Nothing was imported; correct the table, or use --only-good."
    _say(f"{rows} rows: {to_do} to import, {there} there already, {len(found.problems)} problems.{end}")


def _tell_done(found: Survey, done: list[Brought], as_json: bool) -> None:
    failed = [one for one in done if one.problem]
    skipped = sum(one.skipped for one in done)
    brought = len(done) - len(failed) - skipped
    problems = [*found.problems, *(Problem(one.row, "file", one.problem or "") for one in failed)]
    if as_json:
        rows = [
            {"row": one.row, "file": one.file, "recording": one.recording, "announcement": one.announcement}
            for one in done
            if not one.problem
        ]
        terminal.answer_json(
            {"imported": brought, "there": skipped, "recordings": rows, "problems": _facts(problems)}
        )
        return
    if problems:
        _problem_table(problems)
    _say(f"{brought} imported, {skipped} there already, {len(problems)} problems.")


def _problem_table(problems: list[Problem]) -> None:
    rows = [("" if one.row is None else one.row, one.column, one.words) for one in problems]
    terminal.answer_table(("row", "column", "problem"), rows, "")


def _facts(problems: list[Problem]) -> list[dict[str, Any]]:
    return [{"row": one.row, "column": one.column, "problem": one.words} for one in problems]


def _say(words: str) -> None:
    terminal.out.print(words, highlight=False)
