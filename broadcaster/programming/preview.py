"""Before a slot is saved: what the villages will hear when it airs first, and where nobody hears it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from broadcaster.config import Settings
from broadcaster.newsroom import service as newsroom
from broadcaster.programming.known_stations import stations_by_village
from broadcaster.programming.occurrences import next_instants
from broadcaster.programming.villages import village_profiles
from broadcaster.programming.wishes import SlotWish, check_wish, slot_of_wish
from schedules.local_time import zone_named
from schedules.quiet_hours import is_quiet
from schedules.recordings import by_announcement
from schedules.resolve import ResolvedItem, resolve
from schedules.slot import Slot
from schedules.station_profile import StationProfile
from schedules.wire.plan import QuietRule


@dataclass(frozen=True)
class Hearing:
    """What these villages, which hear the same, will hear at one instant.

    `missing` are titles left out. `held_back` means not heard at all: it falls into quiet hours.
    """

    villages: tuple[str, ...]
    at: datetime
    items: tuple[ResolvedItem, ...]
    missing: tuple[str, ...]
    held_back: bool


@dataclass(frozen=True)
class Preview:
    """Who hears what; the villages without a station; those whose station still waits for its PC."""

    hearings: tuple[Hearing, ...]
    without_station: tuple[str, ...]
    waiting: tuple[str, ...]

    @property
    def any_village(self) -> bool:
        """Whether any village lies in the chosen places."""
        return bool(self.hearings or self.without_station or self.waiting)


def preview(session: Session, wish: SlotWish, settings: Settings, now: datetime) -> Preview:
    """What the villages will hear when the slot airs first; those that hear the same stand together."""
    check_wish(session, wish, settings, now)
    slot = slot_of_wish(session, wish)
    at = next_instants(wish.recurrence, settings.zone, now, 1)[0]
    recordings = by_announcement(newsroom.approved_recordings(session, now))
    stations = stations_by_village(session, settings)
    without: list[str] = []
    waiting: list[str] = []
    found: dict[tuple[tuple[ResolvedItem, ...], bool], Hearing] = {}
    for profile in village_profiles(session, wish.places, (slot,), settings):
        there = stations.get(profile.place_path[0], ())
        if not there:
            without.append(profile.village)
            continue
        if not any(one.enrolled for one in there):
            waiting.append(profile.village)
            continue
        heard = resolve(slot, profile.languages, recordings, at)
        quiet = _is_held_back(slot, profile, at, heard.duration_ms)
        missing = tuple(getattr(item, "title", "") for item in heard.missing)
        known = found.get((heard.items, quiet), Hearing((), at, heard.items, missing, quiet))
        villages = tuple(dict.fromkeys((*known.villages, profile.village)))
        found[heard.items, quiet] = Hearing(villages, at, heard.items, missing, quiet)
    hearings = tuple(sorted(found.values(), key=lambda hearing: -len(hearing.villages)))
    return Preview(hearings, tuple(without), tuple(dict.fromkeys(waiting)))


def _is_held_back(slot: Slot, profile: StationProfile, at: datetime, duration_ms: int) -> bool:
    if slot.quiet is not QuietRule.HOLD:
        return False
    last = at + timedelta(milliseconds=max(duration_ms - 1, 0))
    zone = zone_named(profile.time_zone)
    return any(is_quiet(profile.limits.quiet_hours, zone, instant) for instant in (at, last))
