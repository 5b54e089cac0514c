"""The one place where the province server reads the time; tests put their own clock in its stead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


def set_clock(app: Flask, clock: Clock) -> None:
    """Let this application live in the clock's time."""
    app.extensions["clock"] = clock


def now() -> datetime:
    """The application's present instant, UTC."""
    clock: Clock = current_app.extensions["clock"]
    return clock()
