"""The live state as `station-agent status` prints it for people: in the village's time."""

from __future__ import annotations

from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from station_agent.errors import NotEnrolled
from station_agent.identity import need_enrolled
from station_agent.log_format import in_plain_sight
from station_agent.village_time import told, zone_named


def in_words(live: dict[str, Any], now: datetime) -> str:
    """Several lines; `live` is what `live_state.read_live` gave of an agent that runs: up to three seconds
    old, and it says so."""
    plan = live["plan"]
    zone = zone_named(None if plan is None else plan.get("time_zone"))
    lines = [
        f"{live['station']}, {live['village']}: {live['phase']}, {_at(live['at'], zone)}, {_age(live, now)}",
        *_airs(live, zone),
        f"  plan: {'none yet' if plan is None else plan['serial']}",
        *_surroundings(live),
    ]
    return "\n".join(in_plain_sight(line) for line in lines)


def not_running(data: Path) -> str:
    """Of a folder on which no agent runs: whether a station lives there, and what to do."""
    try:
        need_enrolled(data)
    except NotEnrolled as error:
        return in_plain_sight(str(error))
    return in_plain_sight(f"{data}: the agent is not running; start it with: station-agent --data {data} run")


def _airs(live: dict[str, Any], zone: tzinfo) -> list[str]:
    lines = []
    on_air, following, held_until = live["on_air"], live["next"], live["operator"]["held_until"]
    if on_air is not None:
        done = f"{on_air['elapsed_ms'] // 1000} of {on_air['duration_ms'] // 1000} s"
        lines.append(f"  on air: {on_air['title']} / {on_air['item_title']} ({done})")
    if following is not None:
        lines.append(f"  next: {following['title']} at {_at(following['planned_start'], zone)}")
    lines += [f"  alert in force: {one['title']} until {_at(one['until'], zone)}" for one in live["alerts"]]
    if held_until is not None:
        lines.append(f"  held by the operator until {_at(held_until, zone)}")
    return [*lines, *_settings(live)]


def _settings(live: dict[str, Any]) -> list[str]:
    """What holds for everything that airs: the operator's level and order, and the plan's quiet hours."""
    volumes, order, quiet = live["operator"]["volumes"], live["operator"]["order"], live["quiet"]
    levels = ", ".join(f"{zone} at {percent} %" for zone, percent in sorted(volumes.items()))
    lines = [f"  level: {levels or 'as the plan says'}"]
    if order:
        lines.append(f"  first where several are due together: {', '.join(order)}")
    if quiet["hours"] is not None:
        lines.append(f"  quiet hours: {quiet['hours']}{', now' if quiet['now'] else ''}")
    return lines


def _surroundings(live: dict[str, Any]) -> list[str]:
    lines = []
    relays, network = live["relay"], live["network"]
    if relays is not None:
        lines.append(f"  relays: {'in order' if relays['ok'] else relays['message'] or 'not ready'}")
    lines.append(f"  network: {'in touch' if network['ok'] else network['message']}")
    if live["heard"]:
        last = live["heard"][0]
        grade = "heard" if last["grade"] == "heard" else "NOT heard"
        lines.append(f"  microphone: {grade} {last['title']} at {last['level_db']} dB")
    if not live["clock"]["trusted"]:
        lines.append(f"  clock: {live['clock']['message']}")
    return lines


def _at(instant: str, zone: tzinfo) -> str:
    return told(datetime.fromisoformat(instant), zone)


def _age(live: dict[str, Any], now: datetime) -> str:
    """How old what is shown is; a clock that was set back since makes nothing younger than now."""
    seconds = max(0, round((now - datetime.fromisoformat(live["at"])).total_seconds()))
    return "just now" if seconds == 0 else f"{seconds} s ago"
