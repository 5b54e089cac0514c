"""Commands: `broadcaster recording submit|take-back|check|approve|return|withdraw`.

Whoever may run them acts as the local administrator.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import typer

from broadcaster import clock, terminal
from broadcaster.database import db
from broadcaster.newsroom import service, step_rules
from broadcaster.newsroom.commands import AsJson, Number, Reason, answer, approve_from_anywhere
from broadcaster.newsroom.models import Recording

Step = Callable[[Recording, datetime], object]


def submit(context: typer.Context, recording: Number, as_json: AsJson = False) -> None:
    """Ask for approval."""
    _take(context, recording, as_json, lambda one, now: service.submit_recording(db.session, one, None, now))


def take_back(context: typer.Context, recording: Number, as_json: AsJson = False) -> None:
    """Take a submission back that nobody has decided on."""
    _take(context, recording, as_json, lambda one, now: service.take_back(db.session, one, None, now))


def check(context: typer.Context, recording: Number, as_json: AsJson = False) -> None:
    """Say that its language is right, of the audio as it is now."""
    _take(
        context,
        recording,
        as_json,
        lambda one, now: step_rules.check(db.session, one, None, one.sha256 or "", now),
    )


def approve(context: typer.Context, recording: Number, as_json: AsJson = False) -> None:
    """Approve the audio as it is now."""
    _take(context, recording, as_json, approve_from_anywhere)


def give_back(context: typer.Context, recording: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Return it to its author with what should be changed."""
    _take(
        context,
        recording,
        as_json,
        lambda one, now: service.return_recording(db.session, one, None, reason, now),
    )


def withdraw(context: typer.Context, recording: Number, reason: Reason, as_json: AsJson = False) -> None:
    """Stop a recording wherever it can be reached."""
    _take(
        context,
        recording,
        as_json,
        lambda one, now: service.withdraw_recording(db.session, one, None, reason, now),
    )


def _take(context: typer.Context, number: int, as_json: bool, step: Step) -> None:
    with terminal.application(context.obj):
        now = clock.now()
        recording = service.recording(db.session, number)
        step(recording, now)
        terminal.commit_and_work(now)
        answer(recording, as_json)


def add_to(group: typer.Typer) -> None:
    """Offer the steps in a group of commands."""
    group.command("submit")(submit)
    group.command("take-back")(take_back)
    group.command("check")(check)
    group.command("approve")(approve)
    group.command("return")(give_back)
    group.command("withdraw")(withdraw)
