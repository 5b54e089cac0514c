"""How commands answer: tables for people, one JSON value on standard output for programs."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from broadcaster.config import load_settings

if TYPE_CHECKING:
    from apiflask import APIFlask

out = Console()
messages = Console(stderr=True)


@contextlib.contextmanager
def application(data: Path) -> Iterator[APIFlask]:
    """The application over a data folder, inside its context: `db.session` works in the block."""
    from broadcaster.app import create_app  # the command line must answer `--help` without loading the server

    app = create_app(load_settings(data))
    with app.app_context():
        yield app


def commit_and_work(now: datetime) -> None:
    """Commit what a command changed, and do the jobs it asked for: all is done when the command returns."""
    from broadcaster import jobs, work
    from broadcaster.database import db

    db.session.commit()
    jobs.run_pending(db.session, work.HANDLERS, now)


def answer_json(value: Any) -> None:
    """One JSON value, the whole of standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=_plain) + "\n")
    sys.stdout.flush()


def answer_table(columns: Sequence[str], rows: Sequence[Sequence[object]], empty: str) -> None:
    """A table for people, or a sentence where there is nothing to list."""
    if not rows:
        out.print(empty)
        return
    table = Table(*columns)
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(table)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
