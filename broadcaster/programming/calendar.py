"""The calendar: every airing of the slots in force, day by day, in the province's time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy.orm import Session

from broadcaster.accounts.service import EVERYWHERE, Reach
from broadcaster.config import Settings
from broadcaster.newsroom import service as newsroom
from broadcaster.places import service as places
from broadcaster.programming.models import Slot
from broadcaster.programming.slots import as_rule, slots
from schedules import slot as slot_rules
from schedules.recordings import RecordingsByAnnouncement, by_announcement
from schedules.recurrence import occurrences
from schedules.resolve import resolve

LanguageSets = dict[str, frozenset[tuple[str, ...]]]


@dataclass(frozen=True)
class Occurrence:
    """One airing of a slot at `at` (UTC). `duration_ms` is that of the village that hears most."""

    slot: Slot
    at: datetime
    duration_ms: int

    @property
    def end(self) -> datetime:
        """When the longest of them is over."""
        return self.at + timedelta(milliseconds=self.duration_ms)


def days_of(
    session: Session,
    first: date,
    days: int,
    settings: Settings,
    now: datetime,
    reach: Reach = EVERYWHERE,
) -> tuple[tuple[date, tuple[Occurrence, ...]], ...]:
    """Each of the days from `first` on with what airs on it, in order, as far as it concerns the reach.

    What would have aired before its slot was made is left out: it never was on the air.
    """
    begin = datetime.combine(first, time(), tzinfo=settings.zone)
    end = datetime.combine(first + timedelta(days=days), time(), tzinfo=settings.zone)
    recordings = by_announcement(newsroom.approved_recordings(session, now))
    spoken = _spoken_under(session)
    found: dict[date, list[Occurrence]] = {first + timedelta(days=day): [] for day in range(days)}
    for slot in slots(session, reach=reach):
        rule = as_rule(slot)
        if rule is None:
            continue
        for at in occurrences(slot.recurrence, settings.zone, max(begin, slot.created_at), end):
            length_ms = _longest_ms(rule, spoken, recordings, at)
            found[at.astimezone(settings.zone).date()].append(Occurrence(slot, at, length_ms))
    return tuple(
        (day, tuple(sorted(members, key=lambda one: (one.at, one.slot.id)))) for day, members in found.items()
    )


def _spoken_under(session: Session) -> LanguageSets:
    """By place code: the different lists of languages of the villages below it."""
    ways_up = places.paths(session)
    spoken: dict[str, set[tuple[str, ...]]] = {}
    for village in places.villages(session):
        for code in ways_up[village.code]:
            spoken.setdefault(code, set()).add(tuple(village.languages))
    return {code: frozenset(lists) for code, lists in spoken.items()}


def _longest_ms(
    rule: slot_rules.Slot, spoken: LanguageSets, recordings: RecordingsByAnnouncement, at: datetime
) -> int:
    lists: set[tuple[str, ...]] = set().union(*(spoken.get(code, frozenset()) for code in rule.targets))
    return max((resolve(rule, languages, recordings, at).duration_ms for languages in lists), default=0)
