"""What an editor should know before a slot is saved: what, where, and what happens if it is kept."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta

from schedules.conflict import Conflict, ConflictCode, Params
from schedules.gaps import GapList
from schedules.language_choice import choose_recordings
from schedules.local_time import zone_named
from schedules.programme import AnnouncementItem
from schedules.quiet_hours import is_quiet
from schedules.recordings import ApprovedRecording, by_announcement
from schedules.recurrence import occurrences
from schedules.resolve import ResolvedBroadcast, resolve
from schedules.slot import LanguageRule, Slot
from schedules.station_profile import StationProfile
from schedules.wire.plan import QuietRule

__all__ = ["Conflict", "ConflictCode", "Params", "slot_conflicts"]

USUAL_FROM, USUAL_UNTIL = time(5), time(21)
# A broadcast of a day's length is the longest there can be: so far back another one may still be on the air.
_LONGEST = timedelta(days=1)

Span = tuple[datetime, datetime]
# A slot's key, a village's languages and its zone: all that decides when a slot sounds there.
_Circumstances = tuple[str, tuple[str, ...], str]


def slot_conflicts(
    slot: Slot,
    profiles: Iterable[StationProfile],
    other_slots: Iterable[Slot],
    recordings: Iterable[ApprovedRecording],
    now: datetime,
    window: timedelta = timedelta(days=28),
) -> tuple[Conflict, ...]:
    """Every conflict of a slot at the stations it is for, in [now, now + window), station by station.

    One conflict a station, code and subject, with the first instant and the count. The slot itself is
    passed over among `other_slots` (equal key), so a change to a saved slot can be checked against all.
    """
    others = tuple(other for other in other_slots if other.key != slot.key)
    search = _Search(slot, others, recordings, now, now + window)
    return tuple(
        conflict for profile in profiles if slot.is_for(profile) for conflict in search.at_station(profile)
    )


class _Search:
    """One slot's search over many stations. What depends on languages or zones only is worked out once."""

    def __init__(
        self,
        slot: Slot,
        others: tuple[Slot, ...],
        recordings: Iterable[ApprovedRecording],
        from_utc: datetime,
        to_utc: datetime,
    ) -> None:
        self.slot = slot
        self.others = others
        self.recordings = by_announcement(recordings)
        self.from_utc, self.to_utc = from_utc, to_utc
        self._known_spans: dict[_Circumstances, tuple[Span, ...]] = {}
        self._known_meetings: dict[_Circumstances, tuple[datetime, ...]] = {}

    def at_station(self, profile: StationProfile) -> tuple[Conflict, ...]:
        """The conflicts at one station."""
        zone = zone_named(profile.time_zone)
        found = GapList(profile, zone)
        instants = occurrences(self.slot.recurrence, zone, self.from_utc, self.to_utc)
        if instants and not self.slot.zones_at(profile):
            found.add(ConflictCode.NO_ZONE, self.slot, instants[0], self.slot.programme.title)
            return found.conflicts()
        for at in instants:
            broadcast = resolve(self.slot, profile.languages, self.recordings, at)
            self._add_times(found, profile, at, broadcast)
            self._add_languages(found, profile, at, broadcast)
            self._add_length(found, profile, at, broadcast)
        self._add_overlaps(found, profile)
        return found.conflicts()

    def _add_times(
        self, found: GapList, profile: StationProfile, at: datetime, broadcast: ResolvedBroadcast
    ) -> None:
        zone = zone_named(profile.time_zone)
        last = at + timedelta(milliseconds=max(broadcast.duration_ms - 1, 0))
        held = self.slot.quiet is QuietRule.HOLD
        local = at.astimezone(zone).time()
        if held and any(is_quiet(profile.limits.quiet_hours, zone, instant) for instant in (at, last)):
            found.add(ConflictCode.QUIET_HOURS, self.slot, at, self.slot.programme.title)
        elif local < USUAL_FROM or local > USUAL_UNTIL:
            found.add(ConflictCode.UNUSUAL_TIME, self.slot, at, self.slot.programme.title)

    def _add_languages(
        self, found: GapList, profile: StationProfile, at: datetime, broadcast: ResolvedBroadcast
    ) -> None:
        for left_out in broadcast.missing:
            found.add(ConflictCode.NO_RECORDING, self.slot, at, left_out.title)
        for item in self.slot.programme.items:
            if isinstance(item, AnnouncementItem) and item not in broadcast.missing:
                self._add_missing_languages(found, profile.languages, at, item)

    def _add_missing_languages(
        self, found: GapList, languages: Sequence[str], at: datetime, item: AnnouncementItem
    ) -> None:
        takes = self.recordings.get(item.announcement, ())
        chosen = choose_recordings(item.announcement, languages, takes, self.slot.language_rule, at)
        heard = [recording.language for recording in chosen]
        wanted = languages[:1] if self.slot.language_rule is LanguageRule.FIRST else languages
        for language in wanted:
            if language not in heard:
                extra: Params = (("language", language), ("heard_instead", ",".join(heard)))
                found.add(ConflictCode.MISSING_LANGUAGE, self.slot, at, item.title, extra)

    def _add_length(
        self, found: GapList, profile: StationProfile, at: datetime, broadcast: ResolvedBroadcast
    ) -> None:
        limits = profile.limits
        on_ms = limits.warm_up_ms + broadcast.duration_ms + limits.tail_ms
        if broadcast.items and on_ms > limits.max_on_s * 1000:
            extra: Params = (("duration_s", -(-on_ms // 1000)), ("max_on_s", limits.max_on_s))
            found.add(ConflictCode.TOO_LONG, self.slot, at, self.slot.programme.title, extra)

    def _add_overlaps(self, found: GapList, profile: StationProfile) -> None:
        zones = set(self.slot.zones_at(profile))
        for at in _crowded(self._spans(self.slot, profile, timedelta(0))):
            self._add_overlap(found, self.slot, at)
        for other in self.others:
            if other.is_for(profile) and not zones.isdisjoint(other.zones_at(profile)):
                for at in self._meetings(other, profile):
                    self._add_overlap(found, other, at)

    def _add_overlap(self, found: GapList, other: Slot, at: datetime) -> None:
        effect = "waits"
        if self.slot.message_class.pre_empts(other.message_class):
            effect = "cuts_it"
        elif other.message_class.pre_empts(self.slot.message_class):
            effect = "is_cut"
        extra: Params = (("other", other.key), ("effect", effect))
        found.add(ConflictCode.OVERLAP, self.slot, at, other.programme.title, extra)

    def _meetings(self, other: Slot, profile: StationProfile) -> tuple[datetime, ...]:
        key = (other.key, profile.languages, profile.time_zone)
        if key not in self._known_meetings:
            mine = self._spans(self.slot, profile, timedelta(0))
            self._known_meetings[key] = meetings(mine, self._spans(other, profile, _LONGEST))
        return self._known_meetings[key]

    def _spans(self, slot: Slot, profile: StationProfile, earlier: timedelta) -> tuple[Span, ...]:
        """When the slot sounds at stations with these languages and this zone."""
        key = (slot.key, profile.languages, profile.time_zone)
        if key not in self._known_spans:
            zone = zone_named(profile.time_zone)
            spans = []
            for at in occurrences(slot.recurrence, zone, self.from_utc - earlier, self.to_utc):
                length_ms = resolve(slot, profile.languages, self.recordings, at).duration_ms
                if length_ms:
                    spans.append((at, at + timedelta(milliseconds=length_ms)))
            self._known_spans[key] = tuple(spans)
        return self._known_spans[key]


def meetings(mine: Sequence[Span], theirs: Sequence[Span]) -> tuple[datetime, ...]:
    """Starts of my spans that share time with one of theirs.

    Both are sorted by start, not empty and at most a day long; a span's end is not part of it.
    """
    met: list[datetime] = []
    begin = 0
    for start, end in mine:
        while begin < len(theirs) and theirs[begin][0] + _LONGEST <= start:
            begin += 1
        for their_start, their_end in theirs[begin:]:
            if their_start >= end:
                break
            if their_end > start:
                met.append(start)
                break
    return tuple(met)


def _crowded(spans: Sequence[Span]) -> list[datetime]:
    """Starts that come before the span ahead of them is over."""
    return [start for (_, end), (start, _) in itertools.pairwise(spans) if start < end]
