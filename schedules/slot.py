"""A slot: when a programme airs, for which places, and what happens when it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.errors import InvalidInput
from schedules.message_class import MessageClass
from schedules.programme import Programme
from schedules.recurrence import Recurrence
from schedules.station_profile import StationProfile
from schedules.wire.plan import MissedPolicy, MissedRule, QuietRule

MAX_LATE_MS = 24 * 3600 * 1000


class LanguageRule(StrEnum):
    """`every`: each of the village's languages there is a recording for, in its order; `first`: only one."""

    EVERY = "every"
    FIRST = "first"


@dataclass(frozen=True, slots=True)
class MissedChoice:
    """The editor's choice for a broadcast that could not start on time; `late` needs `late_by_ms`."""

    rule: MissedRule = MissedRule.SKIP
    late_by_ms: int | None = None

    def __post_init__(self) -> None:
        if (self.rule is MissedRule.LATE) != (self.late_by_ms is not None):
            raise InvalidInput("how late it may start belongs to the rule 'late', and only to it")
        if self.late_by_ms is not None and not 0 < self.late_by_ms <= MAX_LATE_MS:
            raise InvalidInput(f"a broadcast may start 1 ms to 24 h late, not {self.late_by_ms} ms")

    def policy_for(self, planned_start: datetime) -> MissedPolicy:
        """The choice as a plan writes it, for one occurrence."""
        if self.late_by_ms is None:
            return MissedPolicy(rule=self.rule)
        return MissedPolicy(rule=self.rule, until=planned_start + timedelta(milliseconds=self.late_by_ms))


@dataclass(frozen=True, slots=True)
class Slot:
    """A programme at its times. `targets` are place codes; `zones` None means all of a station's zones."""

    key: str
    programme: Programme
    recurrence: Recurrence
    message_class: MessageClass = MessageClass.ORDINARY
    missed: MissedChoice = MissedChoice()
    quiet: QuietRule = QuietRule.HOLD
    standing: bool = False
    language_rule: LanguageRule = LanguageRule.EVERY
    targets: frozenset[str] = frozenset()
    zones: tuple[str, ...] | None = None

    def is_for(self, profile: StationProfile) -> bool:
        """Whether the village or any place above it is a target."""
        return not self.targets.isdisjoint(profile.place_path)

    def zones_at(self, profile: StationProfile) -> tuple[str, ...]:
        """The station's zones this slot is heard in, in the station's order; empty when none match."""
        keys = tuple(zone.key for zone in profile.zones)
        return keys if self.zones is None else tuple(key for key in keys if key in self.zones)
