"""What other rooms may ask of this one."""

from __future__ import annotations

from broadcaster.airings.accounting import (
    AccountedAiring,
    AiringFilter,
    account,
    airings,
    as_airing,
    day_bounds,
    incidents,
    sounded,
)
from broadcaster.airings.models import AiringEntry, IncidentEntry
from broadcaster.airings.reports import accept_report, acknowledged
from broadcaster.airings.spreadsheet import csv_answer

__all__ = [
    "AccountedAiring",
    "AiringEntry",
    "AiringFilter",
    "IncidentEntry",
    "accept_report",
    "account",
    "acknowledged",
    "airings",
    "as_airing",
    "csv_answer",
    "day_bounds",
    "incidents",
    "sounded",
]
