"""What the station is doing right now, in a small file that `status` and the demo read while the agent runs.

`live.json`, replaced once a second, is for readers of the moment: not durable, and nothing depends on it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hardware.ports import RelayState
from schedules.wire.base import format_instant
from schedules.wire.plan import Plan
from station_agent.clock import TimeVerdict
from station_agent.durable_file import write_lively
from station_agent.evidence import length_ms
from station_agent.heard_words import HeardWord
from station_agent.hush import quiet_of
from station_agent.log import log
from station_agent.phases import Phase
from station_agent.planned import Planned
from station_agent.playout_state import PlayoutState, Run, Standing
from station_agent.software import software

FILE_NAME = "live.json"
STALE_AFTER = timedelta(seconds=5)
STILL_THERE_EVERY = timedelta(seconds=1.9)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What playout does not know: who this is, the relays, the clock, the network, the journal, the
    microphone's words (None without one)."""

    station: str
    village: str
    board: str | None
    port: str | None
    relays: Mapping[int, RelayState]
    time: TimeVerdict
    clock_offset_ms: int | None
    network_ok: bool
    network_message: str
    last_contact: datetime | None
    audio_missing: int
    unreported: int
    heard: tuple[HeardWord, ...] | None


def describe(state: PlayoutState, around: Surroundings, now: datetime) -> dict[str, Any]:
    """The live state as plain JSON values."""
    plan = state.plan
    return {
        "running": True,
        "pid": os.getpid(),
        "software": software(),
        "at": format_instant(now),
        "station": around.station,
        "village": around.village,
        "phase": state.phase.value,
        "on_air": _on_air(state.phase, state.run, now),
        "next": _next(state, now),
        "relay": _relay(state, around),
        "plan": None
        if plan is None
        else {
            "serial": plan.serial,
            "fresh_until": format_instant(plan.fresh_until),
            "stale": now > plan.fresh_until,
            "languages": list(plan.languages),
            "time_zone": plan.time_zone,
        },
        "alerts": [_alert(standing) for standing in state.alerts],
        "quiet": {"hours": _quiet_hours(plan), "now": quiet_of(plan)(now)},
        "operator": {
            "held_until": _instant(_ahead(state.desk.held_until, now)),
            "volumes": dict(state.desk.volumes),
            "order": list(state.desk.order),
        },
        "audio_missing": around.audio_missing,
        "clock": {
            "trusted": around.time.trusted,
            "message": around.time.why,
            "offset_ms": around.clock_offset_ms,
        },
        "network": {
            "ok": around.network_ok,
            "message": around.network_message,
            "last_contact": _instant(around.last_contact),
        },
        "unreported": around.unreported,
        "heard": None if around.heard is None else [word.as_plain() for word in around.heard],
    }


def _quiet_hours(plan: Plan | None) -> str | None:
    """`21:00-05:00` by the village's clock; None without any."""
    hours = None if plan is None else plan.limits.quiet_hours
    return None if hours is None else "-".join(map(_time, (hours.start_minute, hours.end_minute)))


def _time(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _on_air(phase: Phase, run: Run | None, now: datetime) -> dict[str, Any] | None:
    if run is None or phase is Phase.ARMING:
        return None
    cue = run.cue
    ends_ms = cue.start_ms + cue.length_ms  # a pause may be shorter than the programme's
    heard_ms = 0 if run.started_at is None else length_ms(run.started_at, now)
    return {
        "broadcast": run.planned.broadcast.key,
        "title": run.planned.broadcast.title,
        "message_class": run.planned.broadcast.message_class.value,
        "zones": list(run.planned.broadcast.zones),
        "item": cue.item.key,
        "item_title": cue.item.title,
        "kind": cue.item.kind.value,
        "language": cue.item.language,
        "position": run.position + 1,
        "of": len(run.cues),
        "started_at": _instant(run.started_at),
        "elapsed_ms": min(cue.start_ms + heard_ms, ends_ms),
        "duration_ms": ends_ms,
    }


def _alert(standing: Standing) -> dict[str, Any]:
    alert = standing.alert
    return {
        "key": alert.key,
        "serial": alert.serial,
        "act": alert.act.value,
        "title": alert.title,
        "until": _instant(standing.until),
        "next_at": _instant(standing.next_at),
    }


def _ahead(until: datetime | None, now: datetime) -> datetime | None:
    return None if until is None or until <= now else until


def _instant(at: datetime | None) -> str | None:
    return None if at is None else format_instant(at)


def _next(state: PlayoutState, now: datetime) -> dict[str, Any] | None:
    ahead: Planned | None = next((one for one in state.agenda if one.broadcast.planned_start > now), None)
    if ahead is None:
        return None
    return {
        "broadcast": ahead.broadcast.key,
        "title": ahead.broadcast.title,
        "planned_start": format_instant(ahead.broadcast.planned_start),
    }


def _relay(state: PlayoutState, around: Surroundings) -> dict[str, Any] | None:
    if around.board is None:
        return None
    return {
        "board": around.board,
        "port": around.port,
        "ok": state.board_ready,
        "message": state.board_fault or "",
        "channels": [
            {"channel": one.channel, "on": one.on, "confirmed": one.confirmed, "at": format_instant(one.at)}
            for one in sorted(around.relays.values(), key=lambda one: one.channel)
        ],
    }


class LiveFile:
    """A running agent's file: what has changed is written at once, that nothing has every other second."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE_NAME
        self._written: dict[str, Any] = {}
        self._written_at: datetime | None = None

    def write(self, live: dict[str, Any], now: datetime) -> None:
        """Replace the file where readers would miss something."""
        fresh = self._written_at is not None and abs(now - self._written_at) < STILL_THERE_EVERY
        if fresh and {**live, "at": None} == {**self._written, "at": None}:
            return
        try:
            write_lively(self._path, json.dumps(live, ensure_ascii=False).encode())
        except OSError as error:  # nothing depends on it: what airs goes on
            log.debug("live_state_unwritten", why=str(error))
            return
        self._written, self._written_at = live, now


def read_live(data: Path, now: datetime) -> dict[str, Any] | None:
    """The last live state; `running` tells whether the agent still writes it. None where there is none."""
    try:
        live: dict[str, Any] = json.loads((data / FILE_NAME).read_bytes())
        at = datetime.fromisoformat(live["at"]).astimezone(UTC)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    live["running"] = bool(live.get("running")) and abs(now - at) <= STALE_AFTER
    return live
