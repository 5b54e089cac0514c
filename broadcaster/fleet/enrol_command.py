"""The line to type at the village PC. The one-time code is no part of it: it is typed when asked for."""

from __future__ import annotations

from collections.abc import Iterable

from schedules.wire.plan import Zone

BOARD = "--board lcus --port /dev/serial/by-id/…"


def enrol_command(server: str, zones: Iterable[Zone]) -> str:
    """The command; the relay board is named where a zone has a channel. Its port is read off the PC."""
    board = f" {BOARD}" if any(zone.channel is not None for zone in zones) else ""
    return f"station-agent --data station enrol --server {server.rstrip('/')}{board}"
