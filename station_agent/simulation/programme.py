"""What a simulated village is to air: its limits, its days, and the plans that say so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from schedules.message_class import MessageClass
from schedules.wire.plan import (
    ItemKind,
    MissedPolicy,
    MissedRule,
    Plan,
    PlanItem,
    PlannedAudio,
    PlannedBroadcast,
    QuietHours,
    QuietRule,
    StationLimits,
    Zone,
)
from station_agent.simulation.premises import LACKING, with_what_it_lacks
from station_agent.simulation.recordings import Recording, some_recordings

FIRST_MIDNIGHT = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
"""00:00 in Vientiane."""
ZONES = (Zone(key="horns", name="Horns", channel=1), Zone(key="yard", name="Yard", channel=2))
AIR_ONLY = Zone(key="fm", name="FM", channel=None)
CLASSES = (
    *(MessageClass.ORDINARY,) * 6,
    *(MessageClass.FILLER,) * 2,
    *(MessageClass.PRIORITY,) * 2,
    MessageClass.EMERGENCY,
)
STREAM = "http://radio.invalid/live"


@dataclass(frozen=True, slots=True)
class Community:
    """What one village is like. `lacks`: see `premises.what_it_lacks`."""

    begin: datetime
    limits: StationLimits
    recordings: tuple[Recording, ...]
    lacks: str = ""

    @property
    def zones(self) -> tuple[Zone, ...]:
        """Of the plan: one of them may not be there."""
        return (*ZONES, AIR_ONLY, LACKING) if self.lacks else (*ZONES, AIR_ONLY)


def a_community(random: Random, lacks: str) -> Community:
    """Some village, from some midnight on."""
    quiet = random.choice((StationLimits().quiet_hours, QuietHours(start_minute=60, end_minute=300), None))
    return Community(
        begin=FIRST_MIDNIGHT + timedelta(days=random.randrange(300)),
        limits=StationLimits(
            quiet_hours=quiet,
            warm_up_ms=random.choice((0, 500, 1000, 3000)),
            tail_ms=random.choice((0, 500, 2000)),
            max_on_s=random.choice((3600, 3600, 3600, 90)),
        ),
        recordings=some_recordings(random),
        lacks=lacks,
    )


def some_days(random: Random, community: Community, days: int) -> tuple[PlannedBroadcast, ...]:
    """Every broadcast of so many days, earliest first; now and then two meet."""
    found: list[PlannedBroadcast] = []
    for day in range(days):
        midnight = community.begin + timedelta(days=day)
        at = midnight
        for number in range(random.choice((1, 2, 2, 3, 3, 4))):
            meets = number > 0 and random.random() < 0.2
            minute = random.randrange(4 * 60, 22 * 60)
            at = (
                at + timedelta(seconds=random.randrange(90))
                if meets
                else midnight + timedelta(minutes=minute)
            )
            found.append(a_broadcast(random, community, f"d{day}-{number}", at))
    return tuple(sorted(found, key=lambda one: (one.planned_start, one.key)))


def a_broadcast(
    random: Random,
    community: Community,
    key: str,
    at: datetime,
    message_class: MessageClass | None = None,
) -> PlannedBroadcast:
    """One occurrence of some slot."""
    rule = random.choice(list(MissedRule))
    until = at + timedelta(minutes=random.randrange(1, 90)) if rule is MissedRule.LATE else None
    is_urgent = message_class is MessageClass.EMERGENCY
    count = 1 if is_urgent else random.choice((1, 2, 2, 3))
    zones = random.choice((("horns",), ("horns",), ("horns", "yard"), ("fm",), ("horns", "fm")))
    return PlannedBroadcast(
        key=key,
        slot=key,
        title=key,
        planned_start=at,
        zones=with_what_it_lacks(zones, key, community.lacks),
        message_class=message_class or random.choice(CLASSES),
        missed=MissedPolicy(rule=rule, until=until),
        quiet=QuietRule.IGNORE if is_urgent or random.random() < 0.2 else QuietRule.HOLD,
        items=tuple(_an_item(random, community, f"{key}/{position}", at) for position in range(1, count + 1)),
    )


def _an_item(random: Random, community: Community, key: str, at: datetime) -> PlanItem:
    chance = random.random()
    if chance < 0.08 and not key.endswith("/1"):
        return PlanItem(key=key, kind=ItemKind.PAUSE, title=key, duration_ms=random.randrange(300, 9000))
    if chance < 0.1:
        return PlanItem(key=key, kind=ItemKind.LIVE, title=key, duration_ms=8_000, url=STREAM)
    recording = random.choice(community.recordings)
    is_jingle = chance < 0.2
    return PlanItem(
        key=key,
        kind=ItemKind.JINGLE if is_jingle else ItemKind.ANNOUNCEMENT,
        title=key,
        duration_ms=recording.duration_ms,
        language=None if is_jingle else "lo",
        sha256=recording.sha256,
        valid_until=at + timedelta(seconds=random.randrange(-5, 600)) if chance > 0.95 else None,
    )


def a_plan(
    community: Community,
    broadcasts: Iterable[PlannedBroadcast],
    *,
    serial: int,
    issued_at: datetime,
    withdrawn: frozenset[str] = frozenset(),
) -> Plan:
    """The plan the province signs then: everything that is not over by an hour, without what is withdrawn."""
    listed = tuple(
        one
        for one in broadcasts
        if one.planned_start > issued_at - timedelta(hours=1)
        and not any(item.sha256 in withdrawn for item in one.items)
    )
    return Plan(
        station="st-simulated",
        serial=serial,
        issued_at=issued_at,
        fresh_until=issued_at + timedelta(days=28),
        not_after=issued_at + timedelta(days=180),
        village="Ban Simulated",
        time_zone="Asia/Vientiane",
        languages=("lo",),
        zones=community.zones,
        limits=community.limits,
        broadcasts=listed,
        audio=tuple(
            PlannedAudio(
                sha256=one.sha256, size_bytes=1, duration_ms=one.duration_ms, media_type="audio/webm"
            )
            for one in community.recordings
            if one.sha256 not in withdrawn
        ),
        withdrawn=tuple(sorted(withdrawn)),
    )
