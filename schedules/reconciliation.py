"""Plan against as-run: every planned item stands in exactly one accounted state.

Pure, and idempotent: the same report taken twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.wire.plan import Plan
from schedules.wire.report import Airing, Outcome


class ItemState(StrEnum):
    """The outcomes a station reports, and three states without or beside one.

    `upcoming`: not due yet. `awaiting_report`: due, and the station has not said yet what became of it.
    `unplanned`: reported, but in none of the plans looked at; its airing tells the outcome.
    """

    AIRED = "aired"
    LATE = "late"
    JOINED = "joined"
    CUT = "cut"
    SKIPPED = "skipped"
    MISSED = "missed"
    UPCOMING = "upcoming"
    AWAITING_REPORT = "awaiting_report"
    UNPLANNED = "unplanned"


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item of a plan with its own planned start: the broadcast's, and the items before it."""

    item: str
    broadcast: str
    title: str
    language: str | None
    sha256: str | None
    planned_start: datetime
    planned_ms: int


@dataclass(frozen=True, slots=True)
class AccountedItem:
    """One item and the one state it is in. `planned` is None for the unplanned, `airing` without a report."""

    item: str
    state: ItemState
    planned: PlannedItem | None
    airing: Airing | None


def planned_items(plan: Plan) -> tuple[PlannedItem, ...]:
    """Every item of a plan, in the plan's order."""
    items: list[PlannedItem] = []
    for broadcast in plan.broadcasts:
        start, begins = broadcast.planned_start, dict[str, datetime]()
        for item in broadcast.items:
            at = begins.get(item.instead_of or "", start)
            items.append(
                PlannedItem(
                    item.key, broadcast.key, item.title, item.language, item.sha256, at, item.duration_ms
                )
            )
            if item.instead_of is None:
                begins[item.key] = start
                start += timedelta(milliseconds=item.duration_ms)
    return tuple(items)


def reconcile(
    plan_items: Iterable[PlannedItem], airings: Iterable[Airing], now: datetime
) -> tuple[AccountedItem, ...]:
    """Each planned item once, in the order first given, then what was aired unplanned, by entry number.

    Items that stand in several plans count once, as in the last plan given. Of several airings of an item
    the one with the lowest entry number stays: the first word of the station. All of one station.
    """
    planned: dict[str, PlannedItem] = {}
    for item in plan_items:
        planned[item.item] = item
    first: dict[str, Airing] = {}
    for airing in sorted(airings, key=lambda one: one.number):
        first.setdefault(airing.item, airing)
    accounted = [_account(item, first.get(key), now) for key, item in planned.items()]
    unplanned = [
        AccountedItem(key, ItemState.UNPLANNED, None, airing)
        for key, airing in first.items()
        if key not in planned
    ]
    return (*accounted, *unplanned)


def _account(item: PlannedItem, airing: Airing | None, now: datetime) -> AccountedItem:
    if airing is not None:
        return AccountedItem(item.item, _STATE_OF[airing.outcome], item, airing)
    due = item.planned_start <= now
    return AccountedItem(item.item, ItemState.AWAITING_REPORT if due else ItemState.UPCOMING, item, None)


_STATE_OF = {outcome: ItemState(outcome.value) for outcome in Outcome}
