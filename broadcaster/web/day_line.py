"""The day line: one strip of time in the colours of the message classes, the same on every page.

Rooms make rows and bars; `drawing` turns them into places on the strip for the `day_line` macro.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from apiflask import APIFlask

from broadcaster import clock
from broadcaster.web.wording import local_time, zone
from schedules.message_class import MessageClass

TONES = ("done", "wait", "fail", "quiet")


@dataclass(frozen=True)
class DayLineBar:
    """Something that airs, from `start` to `end` (aware instants). `tone` tells how it went, once known."""

    start: datetime
    end: datetime
    title: str
    message_class: MessageClass = MessageClass.ORDINARY
    tone: str | None = None
    url: str | None = None


@dataclass(frozen=True)
class DayLineRow:
    """One strip: a station, a district, a village."""

    label: str
    bars: tuple[DayLineBar, ...] = ()
    url: str | None = None


@dataclass(frozen=True)
class PlacedBar:
    """A bar with its place in percent of the strip and the words read out for it."""

    left: float
    width: float
    bar: DayLineBar
    words: str


@dataclass(frozen=True)
class Drawing:
    """What the macro draws. `hours` are (percent, label); `now` is a percent or None."""

    rows: tuple[tuple[DayLineRow, tuple[PlacedBar, ...]], ...]
    hours: tuple[tuple[float, str], ...]
    now: float | None


def set_up(app: APIFlask) -> None:
    """Let the macro call `day_line_drawing`."""
    app.jinja_env.globals["day_line_drawing"] = drawing


def drawing(
    rows: Sequence[DayLineRow],
    from_hour: int = 4,
    to_hour: int = 22,
    now: datetime | None = None,
    day: date | None = None,
) -> Drawing:
    """Places on the strip that spans `from_hour` to `to_hour`, local time, of `day` (today when None).

    It spans the whole day when something airs, or `now` lies, outside those hours: nothing is hidden. Bars
    across midnight are cut there; none is narrower than can be seen.
    """
    local_now = (now or clock.now()).astimezone(zone())
    midnight = datetime.combine(day or local_now.date(), time(), tzinfo=zone())
    if _outside(rows, now, midnight, (from_hour, to_hour)):
        from_hour, to_hour = 0, 24
    begin = midnight + timedelta(hours=from_hour)
    span_s = (to_hour - from_hour) * 3600
    step = 2 if to_hour - from_hour <= 12 else 3
    return Drawing(
        rows=tuple((row, _placed(row.bars, begin, span_s)) for row in rows),
        hours=tuple(
            (round((hour - from_hour) * 360000 / span_s, 3), f"{hour:02}:00")
            for hour in range(from_hour, to_hour, step)
        ),
        now=_percent(local_now, begin, span_s) if now is not None else None,
    )


def _outside(
    rows: Sequence[DayLineRow], now: datetime | None, midnight: datetime, hours: tuple[int, int]
) -> bool:
    """Whether a bar of this day or the present instant needs hours that are not on the strip."""
    first, last = (midnight + timedelta(hours=hour) for hour in hours)
    end = midnight + timedelta(hours=24)
    spans = [(max(bar.start, midnight), min(bar.end, end)) for row in rows for bar in row.bars]
    if now is not None:
        spans.append((now, now))
    return any(midnight <= a <= b <= end and (a < first or b > last) for a, b in spans)


def _placed(bars: Sequence[DayLineBar], begin: datetime, span_s: int) -> tuple[PlacedBar, ...]:
    placed = []
    for bar in sorted(bars, key=lambda bar: bar.start):
        left = (bar.start - begin).total_seconds() / span_s * 100
        right = (bar.end - begin).total_seconds() / span_s * 100
        if right <= 0 or left >= 100:
            continue
        left, right = max(left, 0.0), min(right, 100.0)
        words = f"{local_time(bar.start)}–{local_time(bar.end)} {bar.title}"
        placed.append(PlacedBar(round(left, 3), round(max(right - left, 0.6), 3), bar, words))
    return tuple(placed)


def _percent(at: datetime, begin: datetime, span_s: int) -> float | None:
    percent = (at - begin).total_seconds() / span_s * 100
    return round(percent, 3) if 0 <= percent <= 100 else None
