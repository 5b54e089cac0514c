"""How commands answer: tables for people, one JSON value on standard output for programs."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from flask import current_app
from rich.console import Console
from rich.table import Table

from broadcaster.config import Settings, load_settings
from schedules.wire.base import format_instant

if TYPE_CHECKING:
    from apiflask import APIFlask

PIPED_WIDTH = 100_000
"""Columns where nobody's screen has an edge: no row is cut or broken, so that it can be searched by lines."""


def console(**settings: Any) -> Console:
    """A console that prints every text as it is: a title's `[today]` is no style, its `:bell:` no picture.

    `settings` are rich's own. Whoever wants a style gives a `rich.text.Text`.
    """
    return Console(markup=False, emoji=False, **settings)


out = console()
messages = console(stderr=True)


@dataclass(frozen=True)
class DataFolder:
    """The data folder a command was given, and how its application is made.

    The command line hands over `make_app`, so that a room's commands need not know every room.
    """

    path: Path
    make_app: Callable[[Settings], APIFlask]


@contextlib.contextmanager
def application(folder: DataFolder) -> Iterator[APIFlask]:
    """The application over a data folder, inside its context: `db.session` works in the block."""
    app = folder.make_app(load_settings(folder.path))
    with app.app_context():
        yield app


def commit_and_work(now: datetime) -> None:
    """Commit what a command changed, and do the jobs it asked for: all is done when the command returns.

    Letters are left to the server's worker: a mail server far away keeps no command waiting.
    """
    from broadcaster import jobs, workers  # `--help` must answer without loading the database
    from broadcaster.database import db

    db.session.commit()
    known = jobs.handlers(current_app).items()
    here = {kind: handler for kind, handler in known if kind not in jobs.LEFT_TO_THE_WORKER}
    jobs.run_pending(db.session, here, now, worker=workers.this_worker())


def log_to_standard_error() -> None:
    """Log lines go to standard error, so that standard output stays the answer; one JSON object a line."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


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
    (out if out.is_terminal else console(width=PIPED_WIDTH)).print(table)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
