"""Compile one station's plan: slots and approved recordings in, explicit instants out.

Deterministic: equal arguments give equal bytes. Nothing is silent by accident: whatever is left out is
returned as a conflict.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from schedules.conflict import Conflict, ConflictCode, Params
from schedules.errors import InvalidInput
from schedules.gaps import GapList
from schedules.language_choice import choose_recordings
from schedules.local_time import zone_named
from schedules.plan_comparison import same_content
from schedules.plan_size import within_size
from schedules.programme import AnnouncementItem, AudioRef
from schedules.recordings import ApprovedRecording, RecordingsByAnnouncement, by_announcement
from schedules.recurrence import in_utc, occurrences
from schedules.resolve import ResolvedBroadcast, ResolvedItem, resolve
from schedules.slot import Slot
from schedules.station_profile import StationProfile
from schedules.wire.plan import Plan, PlanItem, PlannedAudio, PlannedBroadcast

__all__ = ["LOOK_BACK", "CompiledPlan", "PlanHorizon", "compile_plan", "same_content"]

LOOK_BACK = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class PlanHorizon:
    """How far ahead a plan lists ordinary slots (its `fresh_until`) and standing ones (its `not_after`)."""

    ordinary: timedelta = timedelta(days=28)
    standing: timedelta = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class CompiledPlan:
    """The plan, and what could not be put into it."""

    plan: Plan
    gaps: tuple[Conflict, ...]


def compile_plan(
    profile: StationProfile,
    slots: Iterable[Slot],
    recordings: Iterable[ApprovedRecording],
    *,
    serial: int,
    now: datetime,
    withdrawn: Iterable[str] = (),
    horizon: PlanHorizon = PlanHorizon(),
) -> CompiledPlan:
    """The plan of one station from ten minutes ago (so that a broadcast just begun stays) to the horizon.

    Slots for other places are passed over, so all the province's slots may be given. Recordings are resolved
    for the instant of each broadcast. An item without a recording is left out and named in `gaps`, once a
    slot, at its first instant; so is an announcement that is heard, but not in the village's first language.
    `withdrawn` are hashes that must not be heard again. A plan that would be too
    large is cut at its far end: `fresh_until` comes nearer and `gaps` says so. `InvalidInput` names the value
    that a plan can't hold.
    """
    try:
        return _compile(profile, slots, recordings, serial, in_utc(now), frozenset(withdrawn), horizon)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"plan of {profile.station}: {where}: {first['msg']}") from error


def _compile(
    profile: StationProfile,
    slots: Iterable[Slot],
    recordings: Iterable[ApprovedRecording],
    serial: int,
    issued_at: datetime,
    gone: frozenset[str],
    horizon: PlanHorizon,
) -> CompiledPlan:
    work = _Compilation(profile, zone_named(profile.time_zone), by_announcement(recordings), gone)
    broadcasts: list[PlannedBroadcast] = []
    for slot in slots:
        if slot.is_for(profile):
            reach = horizon.standing if slot.standing else horizon.ordinary
            broadcasts.extend(work.broadcasts(slot, issued_at - LOOK_BACK, issued_at + reach))
    broadcasts.sort(key=lambda one: (one.planned_start, -one.message_class.rank, one.key))
    plan = Plan(
        station=profile.station,
        serial=serial,
        issued_at=issued_at,
        fresh_until=issued_at + horizon.ordinary,
        not_after=issued_at + max(horizon.standing, horizon.ordinary),
        village=profile.village,
        time_zone=profile.time_zone,
        languages=profile.languages,
        zones=profile.zones,
        limits=profile.limits,
        broadcasts=(),
        audio=(),
        withdrawn=tuple(sorted(gone)),
    )
    bounded = within_size(plan, broadcasts, work.audio)
    if len(bounded.broadcasts) < len(broadcasts):
        first_lost = broadcasts[len(bounded.broadcasts)]
        work.gaps.add_cut(
            first_lost, kept=len(bounded.broadcasts), lost=len(broadcasts) - len(bounded.broadcasts)
        )
    return CompiledPlan(bounded, work.gaps.conflicts())


class _Compilation:
    """What one compilation knows and has collected so far."""

    def __init__(
        self,
        profile: StationProfile,
        zone: ZoneInfo,
        recordings: RecordingsByAnnouncement,
        withdrawn: Collection[str],
    ) -> None:
        self.profile = profile
        self.zone = zone
        self.recordings = recordings
        self.withdrawn = withdrawn
        self.audio: dict[str, PlannedAudio] = {}
        self.gaps = GapList(profile, zone)

    def broadcasts(self, slot: Slot, from_utc: datetime, to_utc: datetime) -> Iterator[PlannedBroadcast]:
        """The slot's occurrences at this station that have something to say."""
        instants = occurrences(slot.recurrence, self.zone, from_utc, to_utc)
        zones = slot.zones_at(self.profile)
        if instants and not zones:
            self.gaps.add(ConflictCode.NO_ZONE, slot, instants[0], slot.programme.title)
            return
        for at in instants:
            resolved = resolve(slot, self.profile.languages, self.recordings, at, self.withdrawn)
            for item in resolved.missing:
                self.gaps.add(ConflictCode.NO_RECORDING, slot, at, item.title)
            self._note_first_language(slot, at, resolved)
            if resolved.items:
                yield self._broadcast(slot, at, zones, resolved.items)

    def _note_first_language(self, slot: Slot, at: datetime, resolved: ResolvedBroadcast) -> None:
        """An announcement that is heard here, but not in the language this village speaks first."""
        for item in slot.programme.items:
            if not isinstance(item, AnnouncementItem) or item in resolved.missing:
                continue
            usable = [
                recording
                for recording in self.recordings.get(item.announcement, ())
                if recording.audio.sha256 not in self.withdrawn and recording.is_valid_at(at)
            ]
            for language in self.profile.languages[:1]:
                if all(recording.language != language for recording in usable):
                    heard = choose_recordings(
                        item.announcement, self.profile.languages, usable, slot.language_rule, at
                    )
                    extra: Params = (
                        ("language", language),
                        ("heard_instead", ",".join(recording.language for recording in heard)),
                    )
                    self.gaps.add(ConflictCode.MISSING_LANGUAGE, slot, at, item.title, extra)

    def _broadcast(
        self, slot: Slot, at: datetime, zones: tuple[str, ...], items: tuple[ResolvedItem, ...]
    ) -> PlannedBroadcast:
        key = f"{slot.key}-{at:%Y%m%dT%H%M%SZ}"
        for item in items:
            if item.audio is not None and item.audio.sha256 not in self.audio:
                self.audio[item.audio.sha256] = _planned_audio(item.audio)
        return PlannedBroadcast(
            key=key,
            slot=slot.key,
            title=slot.programme.title,
            planned_start=at,
            zones=zones,
            message_class=slot.message_class,
            missed=slot.missed.policy_for(at),
            quiet=slot.quiet,
            standing=slot.standing,
            items=tuple(_plan_item(item, f"{key}/{n}") for n, item in enumerate(items, start=1)),
        )


def _plan_item(item: ResolvedItem, key: str) -> PlanItem:
    return PlanItem(
        key=key,
        kind=item.kind,
        title=item.title,
        duration_ms=item.duration_ms,
        language=item.language,
        sha256=None if item.audio is None else item.audio.sha256,
        url=item.url,
        valid_until=item.valid_until,
    )


def _planned_audio(audio: AudioRef) -> PlannedAudio:
    return PlannedAudio(
        sha256=audio.sha256,
        size_bytes=audio.size_bytes,
        duration_ms=audio.duration_ms,
        media_type=audio.media_type,
    )
