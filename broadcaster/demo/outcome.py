"""What came of the first broadcast: planned items, airings as reported, what was heard, coverage."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from broadcaster import clock
from broadcaster.airings import service as airings
from broadcaster.airings.service import AiringFilter
from broadcaster.campaigns import service as campaigns
from broadcaster.database import db
from broadcaster.demo.stage import Stage
from broadcaster.demo.station import DemoStation
from broadcaster.demo.summary import StationSummary, airing_row, board_log, complaints
from broadcaster.errors import NotPossible
from broadcaster.fleet import service as fleet
from schedules.wire.plan import PlannedBroadcast
from schedules.wire.report import EvidenceGrade

SLACK_S = 45.0
LOOK_EVERY_S = 0.5
PUBLISHED_WITHIN_S = 60.0


@dataclass(frozen=True)
class Outcome:
    """The stations' summaries, the coverage of the announcement, and why it was not whole (empty: it was)."""

    stations: tuple[StationSummary, ...]
    coverage: Mapping[str, Any]

    @property
    def complaints(self) -> tuple[str, ...]:
        """Every station's complaints, with its name."""
        return tuple(f"{one.village}: {text}" for one in self.stations for text in one.complaints)


def first_broadcasts(stage: Stage, slot: str) -> dict[str, PlannedBroadcast]:
    """The slot's first broadcast in each station's signed plan; `NotPossible` for a station without one.

    The server's worker may still be publishing: plans are looked at again for `PUBLISHED_WITHIN_S`.
    """
    deadline = time.monotonic() + PUBLISHED_WITHIN_S
    while True:
        found = _planned_by_now(stage, slot)
        missing = [one.village.name for one in stage.stations if one.station not in found]
        if not missing:
            return found
        if time.monotonic() > deadline:
            raise NotPossible(f"nothing is planned for {missing[0]}: none of its languages is recorded")
        time.sleep(LOOK_EVERY_S / 2)


def _planned_by_now(stage: Stage, slot: str) -> dict[str, PlannedBroadcast]:
    found: dict[str, PlannedBroadcast] = {}
    with stage.province():
        for station in stage.stations:
            plan = fleet.plan_of(fleet.required_plan(db.session, station.station))
            mine = [one for one in plan.broadcasts if one.slot == slot]
            if mine:
                found[station.station] = min(mine, key=lambda one: one.planned_start)
    return found


def wait_for_reports(
    stage: Stage, planned: Mapping[str, PlannedBroadcast], every_look: Callable[[], None]
) -> Outcome:
    """Until every planned item was reported, or too much time has passed, calling `every_look` meanwhile."""
    longest_s = max(one.duration_ms for one in planned.values()) / 1000
    last_start = max(one.planned_start for one in planned.values())
    deadline = time.monotonic() + (last_start - clock.system_clock()).total_seconds() + longest_s + SLACK_S
    while True:
        stage.processes.check()
        every_look()
        outcome = _outcome(stage, planned)
        reported = not any("not reported" in text for text in outcome.complaints)
        if reported or time.monotonic() > deadline:
            return outcome
        time.sleep(LOOK_EVERY_S)


def latest_evidence(stage: Stage) -> dict[str, str]:
    """Of each station that reported: how its last item ended and how sure we are, as dots and words."""
    found: dict[str, str] = {}
    now = clock.system_clock()
    with stage.province():
        for station in stage.stations:
            day = AiringFilter(now - timedelta(hours=12), now + timedelta(hours=1), station=station.station)
            told = [line.airing for line in airings.airings(db.session, day, now) if line.airing]
            if told:
                last = max(told, key=lambda airing: airing.number)
                dots = "●" * (last.evidence.rank + 1) + "○" * (len(EvidenceGrade) - last.evidence.rank - 1)
                words = last.evidence.value.replace("_", " ")
                found[station.station] = f"{dots} {words}, {last.outcome.value}"
    return found


def _outcome(stage: Stage, planned: Mapping[str, PlannedBroadcast]) -> Outcome:
    with stage.province():
        summaries = tuple(_station(station, planned[station.station]) for station in stage.stations)
        covered = campaigns.coverage_of_announcement(db.session, stage.announcement, clock.now())
    return Outcome(summaries, covered)


def _station(station: DemoStation, broadcast: PlannedBroadcast) -> StationSummary:
    day = AiringFilter(
        broadcast.planned_start - timedelta(hours=1),
        broadcast.planned_start + timedelta(hours=1),
        station=station.station,
    )
    lines = airings.airings(db.session, day, clock.now())
    mine = [line.airing for line in lines if line.airing and line.broadcast == broadcast.key]
    heard = station.heard(broadcast.key)
    return StationSummary(
        station=station.station,
        village=station.village.name,
        languages=station.village.languages,
        relay=board_log(station.board_log),
        heard_wav=None if heard is None else str(heard.resolve()),
        airings=[airing_row(airing) for airing in sorted(mine, key=lambda one: one.item)],
        complaints=complaints([item.key for item in broadcast.items], mine),
    )
