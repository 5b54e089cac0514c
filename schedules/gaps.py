"""Collecting conflicts of one station: each is told once, with its first instant and how often it comes."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from schedules.conflict import Conflict, ConflictCode, Params
from schedules.slot import Slot
from schedules.station_profile import StationProfile
from schedules.wire.plan import PlannedBroadcast


class GapList:
    """Conflicts of one station in the order they were first found."""

    def __init__(self, profile: StationProfile, zone: ZoneInfo) -> None:
        self._profile = profile
        self._zone = zone
        self._found: dict[tuple[ConflictCode, str, str, Params], tuple[str, datetime, int]] = {}

    def add(self, code: ConflictCode, slot: Slot, at: datetime, subject: str, extra: Params = ()) -> None:
        """Note a conflict of a slot at an instant; the same again only counts."""
        identity = (code, slot.key, subject, extra)
        title, first, count = self._found.get(identity, (slot.programme.title, at, 0))
        self._found[identity] = (title, min(first, at), count + 1)

    def add_cut(self, first_lost: PlannedBroadcast, *, kept: int, lost: int) -> None:
        """Note that the plan ends before `first_lost`."""
        identity = (ConflictCode.PLAN_CUT, first_lost.slot, first_lost.title, (("kept", kept),))
        self._found[identity] = (first_lost.title, first_lost.planned_start, lost)

    def conflicts(self) -> tuple[Conflict, ...]:
        """All that was found."""
        return tuple(
            Conflict(
                code, slot, self._profile.station, first, subject, self._detail(title, first, count) + extra
            )
            for (code, slot, subject, extra), (title, first, count) in self._found.items()
        )

    def _detail(self, title: str, first: datetime, count: int) -> Params:
        local = first.astimezone(self._zone)
        return (
            ("title", title),
            ("village", self._profile.village),
            ("local", f"{local:%Y-%m-%d %H:%M}"),
            ("count", count),
        )
