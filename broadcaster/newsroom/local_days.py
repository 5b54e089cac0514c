"""Days of the province and the instants they begin and end at: an announcement is valid for whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import current_app

from broadcaster.config import Settings


def start_of(day: date | None) -> datetime | None:
    """The first instant of a local day, UTC."""
    settings: Settings = current_app.config["SETTINGS"]
    return None if day is None else datetime.combine(day, time(), tzinfo=settings.zone).astimezone(UTC)


def end_of(day: date | None) -> datetime | None:
    """The last millisecond of a local day, since a plan's bounds include their end."""
    start = start_of(day)
    return None if start is None else start + timedelta(days=1) - timedelta(milliseconds=1)


def day_of(instant: datetime | None) -> date | None:
    """The local day of an instant."""
    settings: Settings = current_app.config["SETTINGS"]
    return None if instant is None else instant.astimezone(settings.zone).date()
