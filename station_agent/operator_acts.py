"""What the operator may do at the station, as values. What becomes of it is decided in `operator_desk`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from schedules.wire.plan import PlanItem

LONGEST_HOLD = timedelta(hours=8)
LONGEST_MICROPHONE = timedelta(hours=1)
LONGEST_LOCAL = timedelta(hours=1)
"""A local sound that is longer is refused."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the operator has set, and what holds until he sets it otherwise.

    `held_until`: nothing that `OperatorHold` holds starts before. `volumes`: percent of the plan's level, by
    zone. `order`: keys of broadcasts, which goes first where several of one class are due.
    """

    held_until: datetime | None = None
    volumes: Mapping[str, int] = field(default_factory=dict)
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperatorStop:
    """What is on the air is over."""


@dataclass(frozen=True, slots=True)
class OperatorHold:
    """Nothing new of the plan and no test starts until then; None: go on.

    Never held: alerts, emergencies, what is played by hand, the microphone.
    """

    until: datetime | None


@dataclass(frozen=True, slots=True)
class OperatorVolume:
    """The level of one zone, in percent of what the plan says; `zone` None: of all. Values outside 0–100 are
    refused before they come here."""

    percent: int
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class OperatorOrder:
    """Among broadcasts of one class that are due together these go first, in this order."""

    broadcasts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OperatorPlay:
    """Play this now. `item` is an approved recording of the plan, or a file of the operator's own."""

    item: PlanItem
    zones: tuple[str, ...] = ()  # none named: all


@dataclass(frozen=True, slots=True)
class OperatorMicrophone:
    """Give the loudspeakers to the microphone for so long; None: give them back."""

    duration: timedelta | None
    zones: tuple[str, ...] = ()


OperatorAct = OperatorStop | OperatorHold | OperatorVolume | OperatorOrder | OperatorPlay | OperatorMicrophone
