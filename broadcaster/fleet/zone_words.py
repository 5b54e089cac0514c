"""Zones and limits as people write them: `Loudspeaker:1`, `21:00-05:00`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pydantic import ValidationError

from broadcaster.errors import BadInput
from broadcaster.fleet.stations import DEFAULT_ZONES
from schedules.wire.plan import QuietHours, StationLimits, Zone

_SPAN = re.compile(r"^([01]?\d|2[0-3]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-3]):([0-5]\d)$")
NO_QUIET_HOURS = "none"


def zones_from(written: Iterable[str] | None) -> tuple[Zone, ...]:
    """Zones from `NAME:CHANNEL` or `NAME`; the default loudspeaker where nothing is written."""
    found = tuple(_zone(one) for one in written or ())
    return found or DEFAULT_ZONES


def zone(name: str, channel: int | None) -> Zone:
    """A zone by its name; the key is made of it. `BadInput` names what is wrong."""
    words = " ".join(name.split())
    key = re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")
    if not key and words:
        key = (
            f"channel-{channel}"
            if channel
            else "zone-" + "-".join(f"{ord(letter):x}" for letter in words[:8])
        )
    try:
        return Zone(key=key, name=words, channel=channel)
    except ValidationError as error:
        raise BadInput(
            f"zone {name[:60]!r}: write a name and a relay channel from 1 to 64, as in Loudspeaker:1",
            field="zones",
            code="bad_zone",
            zone=name[:60],
        ) from error


def limits_from(
    standard: StationLimits, warm_up_ms: int, tail_ms: int, max_on_s: int, volume_percent: int, quiet: str
) -> StationLimits:
    """Limits from what was typed; `quiet` empty keeps the standard's. `BadInput` names the field."""
    hours = standard.quiet_hours if not quiet.strip() else quiet_hours_from(quiet)
    try:
        return StationLimits(
            quiet_hours=hours,
            warm_up_ms=warm_up_ms,
            tail_ms=tail_ms,
            max_on_s=max_on_s,
            volume_percent=volume_percent,
        )
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        raise BadInput(f"{name}: {first['msg']}", field=name, code="bad_limit") from error


def quiet_hours_from(written: str) -> QuietHours | None:
    """`21:00-05:00`, or `none`."""
    if written.strip().lower() == NO_QUIET_HOURS:
        return None
    found = _SPAN.match(written.strip())
    if found is None:
        raise BadInput(
            f"quiet hours {written[:40]!r}: write them as 21:00-05:00, or none",
            field="quiet",
            code="bad_quiet_hours",
        )
    start_hour, start_minute, end_hour, end_minute = (int(part) for part in found.groups())
    return QuietHours(start_minute=start_hour * 60 + start_minute, end_minute=end_hour * 60 + end_minute)


def quiet_hours_words(hours: QuietHours | None) -> str:
    """As `quiet_hours_from` reads them."""
    if hours is None:
        return NO_QUIET_HOURS
    start, end = divmod(hours.start_minute, 60), divmod(hours.end_minute, 60)
    return f"{start[0]:02}:{start[1]:02}-{end[0]:02}:{end[1]:02}"


def _zone(written: str) -> Zone:
    name, colon, channel = written.rpartition(":")
    if not colon:
        return zone(written, None)
    if not channel.strip().isascii() or not channel.strip().isdigit():
        raise BadInput(
            f"zone {written[:60]!r}: write a name and a relay channel from 1 to 64, as in Loudspeaker:1",
            field="zones",
            code="bad_zone",
            zone=written[:60],
        )
    return zone(name, int(channel))
