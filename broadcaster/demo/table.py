"""The live table in the terminal: relay, item, progress and evidence of every village."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from broadcaster import clock, terminal
from broadcaster.demo.outcome import latest_evidence
from broadcaster.demo.stage import Stage
from broadcaster.demo.station import DemoStation
from broadcaster.demo.summary import board_log
from schedules.languages import LANGUAGES
from schedules.wire.plan import PlannedBroadcast


@contextmanager
def live_table(stage: Stage, planned: Mapping[str, PlannedBroadcast]) -> Iterator[Callable[[], None]]:
    """Shows the table on standard error while the block runs; call what it gives to refresh it."""
    if not terminal.messages.is_terminal:
        yield _told_once(stage, planned)
        return
    with Live(console=terminal.messages, refresh_per_second=4, transient=False) as live:
        yield lambda: live.update(_table(stage, planned, latest_evidence(stage)))


def _told_once(stage: Stage, planned: Mapping[str, PlannedBroadcast]) -> Callable[[], None]:
    """Where there is no terminal to redraw: one line when something changes."""
    told: dict[str, str] = {}

    def refresh() -> None:
        for station in stage.stations:
            status = station.status()
            relay = "relay on" if _relay_on(station) else "relay off"
            item, _ = _item(status, planned[station.station])
            line = f"{station.village.name}: {relay}, {item}"
            if told.get(station.station) != line:
                told[station.station] = line
                terminal.messages.print(line, highlight=False)

    return refresh


def _table(stage: Stage, planned: Mapping[str, PlannedBroadcast], evidence: Mapping[str, str]) -> Table:
    table = Table(title=f"{stage.address}  ·  Ctrl-C stops everything", title_justify="left")
    for column in ("village", "languages", "relay", "item", "progress", "evidence"):
        table.add_column(column, min_width=8)
    for station in stage.stations:
        status = station.status()
        item, share = _item(status, planned[station.station])
        relay = Text("● on", "bold yellow") if _relay_on(station) else Text("○ off", "dim")
        bar = ProgressBar(total=1.0, completed=share, width=20)
        spoken = ", ".join(LANGUAGES[tag].name for tag in station.village.languages)
        table.add_row(station.village.name, spoken, relay, item, bar, evidence.get(station.station, ""))
    return table


def _relay_on(station: DemoStation) -> bool:
    """What the board itself wrote down last."""
    log = board_log(station.board_log)
    return bool(log) and bool(log[-1]["on"])


def _item(status: Mapping[str, Any], planned: PlannedBroadcast) -> tuple[str, float]:
    """What is on the air and how far, or when it begins."""
    on_air = status.get("on_air")
    if isinstance(on_air, dict):
        whole = max(1, int(on_air["duration_ms"]))
        language = LANGUAGES.get(str(on_air["language"]))
        title = str(on_air["item_title"]) + (f" ({language.name})" if language else "")
        return title, min(1.0, float(on_air["elapsed_ms"]) / whole)
    return f"next {_local(_next(status) or planned.planned_start)}", 0.0


def _next(status: Mapping[str, Any]) -> datetime | None:
    coming = status.get("next")
    if not isinstance(coming, dict) or not coming.get("planned_start"):
        return None
    found = datetime.fromisoformat(str(coming["planned_start"]))
    return found if found > clock.system_clock() else None


def _local(instant: datetime) -> str:
    return f"{instant.astimezone(ZoneInfo('Asia/Vientiane')):%H:%M:%S}"
