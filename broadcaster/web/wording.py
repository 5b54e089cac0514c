"""How figures read on a page: local times with their day, durations, sizes, names of languages."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from apiflask import APIFlask
from flask import current_app
from flask_babel import format_date, format_decimal, get_locale
from flask_babel import gettext as _

from broadcaster import clock
from broadcaster.config import Settings
from schedules.languages import LANGUAGES
from schedules.wire.base import format_instant

NO_FIGURE = "–"
# Beyond it a float has no tenth of its own: what is written there would be made up, and nobody could read it.
_MOST = 10**15


def set_up(app: APIFlask) -> None:
    """Offer the filters to templates."""
    app.jinja_env.filters.update(
        local_time=local_time,
        local_day=local_day,
        when=when,
        instant=format_instant,
        duration=duration,
        size=size,
        language_name=language_name,
        number=number,
        decimal=decimal,
    )
    app.jinja_env.globals.update(weekday_names=weekday_names, month_names=month_names)


def zone() -> ZoneInfo:
    """The province's time zone."""
    settings: Settings = current_app.config["SETTINGS"]
    return settings.zone


def local_time(instant: datetime | None, seconds: bool = False) -> str:
    """`05:30`, or `05:30:07`."""
    if instant is None:
        return ""
    return _to_the_second(instant).astimezone(zone()).strftime("%H:%M:%S" if seconds else "%H:%M")


def _to_the_second(instant: datetime) -> datetime:
    """The nearest second: what began 9 ms before 23:10 began at 23:10, not at 23:09:59."""
    return (instant + timedelta(milliseconds=500)).replace(microsecond=0)


def local_day(of: datetime | date | None) -> str:
    """`Tuesday 3 March`, with the year when it is another one."""
    if of is None:
        return ""
    day = of.astimezone(zone()).date() if isinstance(of, datetime) else of
    this_year = clock.now().astimezone(zone()).year
    pattern = "EEEE d MMMM" if day.year == this_year else "EEEE d MMMM y"
    return str(format_date(day, pattern))


def weekday_names() -> list[str]:
    """Monday to Sunday in the reader's language."""
    return [str(format_date(date(2024, 1, day), "EEEE")) for day in range(1, 8)]


def month_names() -> list[str]:
    """January to December in the reader's language."""
    return [str(format_date(date(2024, month, 1), "MMMM")) for month in range(1, 13)]


def when(instant: datetime | None) -> str:
    """`tomorrow 05:30`; a weekday within the week around now, else the date."""
    if instant is None:
        return ""
    at = _to_the_second(instant).astimezone(zone())
    time = at.strftime("%H:%M")
    today = clock.now().astimezone(zone()).date()
    away = (at.date() - today).days
    if away == 0:
        return str(_("today %(time)s", time=time))
    if away == 1:
        return str(_("tomorrow %(time)s", time=time))
    if away == -1:
        return str(_("yesterday %(time)s", time=time))
    if 1 < away < 7:
        return f"{format_date(at.date(), 'EEEE')} {time}"
    pattern = "d MMMM" if at.year == today.year else "d MMMM y"
    return f"{format_date(at.date(), pattern)} {time}"


def duration(value: timedelta | int | None, unit: str = "ms") -> str:
    """`4:10`, or `1:02:03` from an hour on. A number is milliseconds; with `unit="s"` seconds."""
    if value is None:
        return ""
    if isinstance(value, timedelta):
        seconds = round(value.total_seconds())
    else:
        seconds = round(value / 1000) if unit == "ms" else round(value)
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def size(size_bytes: int | None) -> str:
    """`1.4 MB`, decimal units; a dash for what no store holds."""
    if size_bytes is None:
        return ""
    if not 0 <= size_bytes <= _MOST * 10**9:  # gigabytes can be told as far as other figures
        return NO_FIGURE
    amount = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            digits = "#,##0" if unit == "B" or amount >= 100 else "#,##0.#"
            return f"{format_decimal(amount, digits)} {unit}"
        amount /= 1000
    return ""


def number(value: float | None) -> str:
    """`5,200` as the reader's language groups it; a dash for what is no figure a page can tell."""
    if value is None:
        return ""
    return str(format_decimal(value)) if _can_be_told(value) else NO_FIGURE


def decimal(value: float | None, digits: int = 1) -> str:
    """`−16.0`: always so many digits, after the point or comma of the reader's language; a dash as above."""
    if value is None:
        return ""
    if not _can_be_told(value):
        return NO_FIGURE
    # Rounded first, and without the minus that is left of a small figure: no "−0.0".
    rounded = round(value, digits) + 0.0
    return str(format_decimal(rounded, f"0.{'0' * digits}" if digits else "0")).replace("-", "−")


def _can_be_told(value: float) -> bool:
    """Silence has its −∞; what is no number, or longer than anything counted or measured here, has none."""
    return -_MOST <= value <= _MOST or value in (math.inf, -math.inf)


def language_name(tag: str | None) -> str:
    """What the reader calls the language; the tag itself when nobody knows it."""
    if tag is None:
        return ""
    known = LANGUAGES.get(tag)
    if known is None:
        return tag
    locale = get_locale()
    return known.name_lo if locale is not None and locale.language == "lo" else known.name
