"""Days of the province and the instants they begin and end at: an announcement is valid for whole days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from flask import current_app

from broadcaster.config import Settings
from broadcaster.errors import BadInput

YEARS = range(2000, 2200)
"""Others are slips of the pen, and at the ends of the calendar an instant has no UTC any more."""


def refuse_far_year(day: date, field: str | None = None) -> None:
    """`BadInput` for a day, or an instant, of a year outside `YEARS`."""
    if day.year not in YEARS:
        raise BadInput(
            f"the year {day.year} is none; choose one from {YEARS.start} to {YEARS[-1]}",
            field=field,
            code="year_far_off",
            first=YEARS.start,
            last=YEARS[-1],
        )


def start_of(day: date | None) -> datetime | None:
    """The first instant of a local day, UTC. `BadInput` for a year nobody means."""
    if day is None:
        return None
    refuse_far_year(day)
    settings: Settings = current_app.config["SETTINGS"]
    return datetime.combine(day, time(), tzinfo=settings.zone).astimezone(UTC)


def end_of(day: date | None) -> datetime | None:
    """The last millisecond of a local day, since a plan's bounds include their end."""
    start = start_of(day)
    return None if start is None else start + timedelta(days=1) - timedelta(milliseconds=1)


def day_of(instant: datetime | None) -> date | None:
    """The local day of an instant."""
    settings: Settings = current_app.config["SETTINGS"]
    return None if instant is None else instant.astimezone(settings.zone).date()
