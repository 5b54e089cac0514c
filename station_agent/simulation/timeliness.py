"""Whether a broadcast began when it may: by its missed-policy, and to the moment where nothing was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from schedules.quiet_hours import is_quiet
from schedules.wire.plan import ItemKind, MissedRule, PlannedBroadcast, QuietRule, StationLimits
from schedules.wire.report import Airing, Outcome
from station_agent.missed_policy import GRACE, MAKE_UP_WITHIN
from station_agent.planned import Cue
from station_agent.simulation.relay_promises import RelayPromises

LEEWAY = timedelta(seconds=10)
"""Relays that do not answer, and audio that is read again, cost some seconds."""
EXACT = timedelta(milliseconds=60)
APART = timedelta(seconds=15)
"""Broadcasts nearer to each other may be in each other's way."""


def too_late(broadcast: PlannedBroadcast, cue: Cue, wall: datetime, leeway: timedelta) -> str | None:
    """What is wrong with a broadcast whose first sound, of this cue, is out now; None if nothing is."""
    missed, late = broadcast.missed, wall - broadcast.planned_start
    if late <= GRACE + leeway:
        return None
    if missed.rule is MissedRule.SKIP:
        return f"{broadcast.key} begins {late} late, and its policy is to skip"
    if missed.rule is MissedRule.LATE and missed.until is not None and wall > missed.until + leeway:
        return f"{broadcast.key} begins after the last instant of its policy"
    if missed.rule is MissedRule.MAKE_UP and late > MAKE_UP_WITHIN + leeway:
        return f"{broadcast.key} is made up after {late}"
    due = cue.planned_start + timedelta(milliseconds=cue.start_ms)
    if missed.rule is MissedRule.JOIN and cue.item.kind is not ItemKind.LIVE and abs(wall - due) > leeway:
        return f"{broadcast.key} is joined {wall - due} from where it would be"
    return None


def left_alone(
    broadcasts: Iterable[PlannedBroadcast],
    limits: StationLimits,
    zone: ZoneInfo,
    relays: RelayPromises | None,
) -> list[PlannedBroadcast]:
    """Those that nothing stands in the way of, where nothing goes wrong."""
    found: list[PlannedBroadcast] = []
    over = datetime.min.replace(tzinfo=zone)
    apart = APART if relays is None else APART + timedelta(microseconds=relays.patience_us)
    ordered = sorted(broadcasts, key=lambda one: one.planned_start)
    for index, one in enumerate(ordered):
        begins = max(one.planned_start, over)  # at the latest, where another is in its way
        end = begins + timedelta(milliseconds=one.duration_ms) + apart
        follows = ordered[index + 1].planned_start if index + 1 < len(ordered) else None
        is_held = one.quiet is QuietRule.HOLD and is_quiet(limits.quiet_hours, zone, one.planned_start)
        longest_ms = limits.max_on_s * 1000 if relays is None else relays.longest_ms(one.zones)
        is_long = one.duration_ms > longest_ms - 5000
        is_plain = all(item.valid_until is None and item.url is None for item in one.items)
        alone = one.planned_start > over and (follows is None or follows > end)
        if alone and is_plain and not is_held and not is_long:
            found.append(one)
        over = max(over, end)
    return found


def not_on_time(airing: Airing | None) -> str | None:
    """What is wrong with an item of a broadcast that was left alone; None if nothing is."""
    if airing is None:
        return "has no airing"
    if airing.outcome is not Outcome.AIRED or airing.started_at is None:
        return f"is {airing.outcome.value} ({airing.reason})"
    late = airing.started_at - airing.planned_start
    return f"begins {late} from its instant" if abs(late) > EXACT else None
