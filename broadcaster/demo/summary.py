"""What the demonstration hands over at the end: per station what was switched, heard and reported."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from schedules.wire.report import Airing, EvidenceGrade, Outcome

AIRING_FIELDS = (
    "title",
    "language",
    "sha256",
    "planned_start",
    "started_at",
    "ended_at",
    "planned_ms",
    "aired_ms",
    "outcome",
    "reason",
    "evidence",
)


@dataclass(frozen=True)
class StationSummary:
    """One village. `relay` is the board's own log, `airings` what the province was told."""

    station: str
    village: str
    languages: tuple[str, ...]
    relay: Sequence[Mapping[str, Any]]
    heard_wav: str | None
    airings: Sequence[Mapping[str, Any]]
    complaints: tuple[str, ...] = field(default=())


def board_log(file: Path) -> list[dict[str, Any]]:
    """The switchings a virtual board wrote down: `at`, `channel`, `on`; no half-written line."""
    if not file.exists():
        return []
    lines = file.read_text(encoding="utf-8").split("\n")[:-1]
    return [
        {key: entry[key] for key in ("at", "channel", "on")}
        for entry in map(json.loads, lines)
        if "on" in entry
    ]


def airing_row(airing: Airing) -> dict[str, Any]:
    """An airing as the summary shows it."""
    plain = airing.model_dump(mode="json")
    return {name: plain[name] for name in AIRING_FIELDS}


def complaints(planned_keys: Sequence[str], airings: Sequence[Airing]) -> tuple[str, ...]:
    """Why the broadcast was not whole; empty when every planned item aired over a switched relay."""
    by_item = {airing.item: airing for airing in airings}
    found = [f"{key}: not reported" for key in planned_keys if key not in by_item]
    for key in planned_keys:
        airing = by_item.get(key)
        if airing is None:
            continue
        if airing.outcome is not Outcome.AIRED:
            found.append(f"{airing.title}: {airing.outcome.value} ({airing.reason})")
        elif airing.evidence.rank < EvidenceGrade.RELAY_COMMANDED.rank:
            found.append(f"{airing.title}: evidence is only '{airing.evidence.value}'")
    return tuple(found)


def summary_object(stations: Sequence[StationSummary], coverage: Mapping[str, Any]) -> dict[str, Any]:
    """The one JSON object of `--json`."""
    return {"stations": [asdict(station) for station in stations], "coverage": dict(coverage)}
