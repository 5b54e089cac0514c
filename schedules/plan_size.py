"""A plan stays below what a station reads: cut at the far end, honestly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from schedules.wire.plan import Plan, PlannedAudio, PlannedBroadcast

MAX_BROADCASTS = 20_000
# The envelope carries the payload as base64 (4/3 of it) and signatures; it must stay below the plan's limit.
MAX_PAYLOAD_BYTES = (Plan.MAX_SIZE_BYTES - 64 * 1024) * 3 // 4


def within_size(
    empty: Plan,
    broadcasts: Sequence[PlannedBroadcast],
    audio: Mapping[str, PlannedAudio],
    max_payload_bytes: int = MAX_PAYLOAD_BYTES,
) -> Plan:
    """`empty` filled with as many of the broadcasts (in time's order) as fit, and the audio these need.

    Where some don't fit, `fresh_until` is brought to the first that is left out, so that "to here everything
    is listed" stays true.
    """
    kept = min(len(broadcasts), MAX_BROADCASTS)
    while True:
        plan = _filled(empty, broadcasts, kept, audio)
        if kept == 0 or len(plan.to_bytes()) <= max_payload_bytes:
            return plan
        kept = kept * 3 // 4


def _filled(
    empty: Plan, broadcasts: Sequence[PlannedBroadcast], kept: int, audio: Mapping[str, PlannedAudio]
) -> Plan:
    chosen = tuple(broadcasts[:kept])
    fresh_until = empty.fresh_until
    if kept < len(broadcasts):
        fresh_until = max(empty.issued_at, min(fresh_until, broadcasts[kept].planned_start))
    needed = dict.fromkeys(item.sha256 for broadcast in chosen for item in broadcast.items if item.sha256)
    return Plan(
        station=empty.station,
        serial=empty.serial,
        issued_at=empty.issued_at,
        fresh_until=fresh_until,
        not_after=empty.not_after,
        village=empty.village,
        time_zone=empty.time_zone,
        languages=empty.languages,
        zones=empty.zones,
        limits=empty.limits,
        broadcasts=chosen,
        audio=tuple(audio[sha256] for sha256 in needed),
        withdrawn=empty.withdrawn,
    )
