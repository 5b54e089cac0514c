"""Today on the day line: a row for each district, a bar for each broadcast, joined over its stations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from broadcaster.airings.service import AccountedAiring
from broadcaster.web.day_line import DayLineBar, DayLineRow
from schedules.message_class import MessageClass
from schedules.reconciliation import ItemState

# The worst of a broadcast's items over all stations gives its tone, in this order.
_WORST_FIRST: tuple[tuple[frozenset[ItemState], str | None], ...] = (
    (frozenset({ItemState.MISSED}), "fail"),
    (frozenset({ItemState.CUT, ItemState.SKIPPED, ItemState.JOINED}), "wait"),
    (frozenset({ItemState.UPCOMING}), None),
    (frozenset({ItemState.AWAITING_REPORT, ItemState.UNPLANNED}), "quiet"),
    (frozenset({ItemState.AIRED, ItemState.LATE}), "done"),
)


def district_rows(
    lines: Iterable[AccountedAiring], districts: Mapping[str, str], names: Iterable[str]
) -> tuple[DayLineRow, ...]:
    """Rows for the district `names` in their order; `districts` maps a station to its district's name."""
    grouped: dict[str, dict[str, list[AccountedAiring]]] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        district = districts.get(line.station)
        if district is not None:
            grouped[district][line.broadcast].append(line)
    return tuple(
        DayLineRow(name, tuple(_bar(group) for group in grouped[name].values()))
        for name in names
        if name in grouped
    )


def _bar(items: list[AccountedAiring]) -> DayLineBar:
    spoken = [item for item in items if item.kind in ("announcement", "live")] or items
    titles = list(dict.fromkeys(item.title for item in spoken))
    return DayLineBar(
        start=min(item.planned_start for item in items),
        end=max(_end(item) for item in items),
        title=", ".join(titles),
        message_class=max((MessageClass(item.message_class) for item in items), key=lambda one: one.rank),
        tone=_tone({item.state for item in spoken}),
    )


def _end(item: AccountedAiring) -> datetime:
    return item.planned_start + timedelta(milliseconds=item.planned_ms)


def _tone(states: set[ItemState]) -> str | None:
    return next((tone for group, tone in _WORST_FIRST if states & group), None)
