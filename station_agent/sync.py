"""Bring the newest plan and its audio here: what to fetch next is pure, one pass does it.

A pass with nothing new is one request, answered 304. What is refused changes nothing and is told once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from hardware.ports import Clock
from schedules.errors import BadSignature, UntrustedDocument
from schedules.trust import KeyringUpdated, TrustedKeyring
from schedules.wire.plan import Plan, PlannedAudio
from station_agent.audio_store import AudioStore
from station_agent.errors import AudioRefused, DiskFull, LinkError, Refused, TooLarge
from station_agent.identity import keep_keyring
from station_agent.plan_cache import BeforeSwap, PlanCache, no_word_before
from station_agent.server_link import PlanArrived, ServerLink

ON_AIR_FOR = timedelta(hours=6)
"""What began this long ago may still be on the air, or be owed: its audio comes first."""

NO_PLAN_YET = "the province has no plan for this station yet"
PLAN_COMES = "it makes one within a minute of the enrolment, and a new one for each broadcast planned here"

TellIncident = Callable[[str, str, str], None]
"""code, subject, message"""


def fetch_order(plan: Plan, has: Callable[[str], bool], now: datetime) -> tuple[PlannedAudio, ...]:
    """Audio that is not here, earliest airing first; what no longer airs comes last."""
    first_at: dict[str, datetime] = {}
    for broadcast in plan.broadcasts:
        if broadcast.planned_start < now - ON_AIR_FOR:
            continue
        for item in broadcast.items:
            if item.sha256 is not None:
                known = first_at.get(item.sha256)
                if known is None or broadcast.planned_start < known:
                    first_at[item.sha256] = broadcast.planned_start
    missing = [audio for audio in plan.audio if not has(audio.sha256)]
    return tuple(sorted(missing, key=lambda one: (first_at.get(one.sha256, plan.not_after), one.sha256)))


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What one pass did. `message` says why it did not do more, empty when all is here."""

    plan_serial: int
    new_plan: bool
    audio_fetched: int
    audio_missing: int
    requests: int
    received_bytes: int
    message: str = ""


class Sync:
    """Does passes. `on_swap` is told a plan that has just become current, `on_audio` a hash that has come.

    A plan whose broadcast is due soon is told before its audio is here: the station arms, and the audio of
    the earliest broadcast is what is fetched next.
    """

    def __init__(
        self,
        data: Path,
        link: ServerLink,
        keyring: TrustedKeyring,
        cache: PlanCache,
        audio: AudioStore,
        clock: Clock,
        on_swap: Callable[[Plan], None],
        on_audio: Callable[[str], None],
        tell: TellIncident,
        urgent_audio: Callable[[], tuple[PlannedAudio, ...]] = tuple,
        in_use: Callable[[], frozenset[str]] = frozenset,
        before_swap: BeforeSwap = no_word_before,
    ) -> None:
        self._data, self._link, self._keyring = data, link, keyring
        self._cache, self._audio, self._clock = cache, audio, clock
        self._on_swap, self._on_audio, self._tell = on_swap, on_audio, tell
        self._urgent_audio, self._before_swap, self._in_use = urgent_audio, before_swap, in_use
        self._under_way: set[str] = set()
        self._is_full = False
        self._told: set[str] = set()
        self.clock_trusted = True

    def check_disk(self) -> tuple[str, ...]:
        """Read all audio on disk; what is altered is dropped, named and told, to be fetched again."""
        altered = []
        for sha256 in sorted(self._wanted()):
            if self._audio.has(sha256) and not self._audio.is_whole(sha256):
                self._audio.drop(sha256)
                altered.append(sha256)
                message = "audio on the disk had other bytes than approved; it is fetched again"
                self._tell_once("audio_refused", sha256, message)
        return tuple(altered)

    def once(self) -> SyncResult:
        """One pass. Raises `LinkError` when the province can't be reached; what came by then is kept."""
        requests, received = self._link.requests, self._link.received_bytes
        urgent_trouble = self.fetch_urgent()
        new_plan, message = self._fetch_plan()
        self._swap()
        fetched, trouble = self._fetch_audio()
        newest = self._cache.newest
        missing = fetch_order(newest, self._has, self._clock.now()) if newest is not None else ()
        return SyncResult(
            plan_serial=newest.serial if newest is not None else 0,
            new_plan=new_plan,
            audio_fetched=fetched,
            audio_missing=len(missing),
            requests=self._link.requests - requests,
            received_bytes=self._link.received_bytes - received,
            message=message or urgent_trouble or trouble,
        )

    def fetch_urgent(self) -> str:
        """The audio of alerts, before any plan's; the last trouble met. Any thread; raises `LinkError`."""
        trouble = ""
        for audio in self._urgent_audio():
            if not self._has(audio.sha256):
                trouble = self._fetch_told(audio) or trouble
        return trouble

    def missing(self) -> int:
        """How many files of the newest plan are not here."""
        newest = self._cache.newest
        if newest is None:
            return 0
        held = self._audio.held()
        return sum(audio.sha256 not in held for audio in newest.audio)

    def _has(self, sha256: str) -> bool:
        return self._audio.has(sha256)

    def _fetch_plan(self) -> tuple[bool, str]:
        answer = self._link.plan(self._cache.known_serial)
        if not isinstance(answer, PlanArrived):
            return False, ""
        try:
            fresh = self._offer(answer.envelope)
            self._told.clear()  # another refusal is news again
            return fresh, ""
        except UntrustedDocument as error:
            message = f"plan refused ({error.code}): {error}; the last good plan stays"
            self._tell_once("plan_refused", error.code, message)
            return False, message

    def _offer(self, envelope: bytes) -> bool:
        now = self._clock.now()
        try:
            return self._cache.offer(envelope, now, clock_trusted=self.clock_trusted)
        except BadSignature:
            if not self._rotate_keyring(now):
                raise
            return self._cache.offer(envelope, now, clock_trusted=self.clock_trusted)

    def _rotate_keyring(self, now: datetime) -> bool:
        """The province may sign with new keys: see whether the chain leads to them."""
        envelope = self._link.keyring()
        outcome = self._keyring.update(envelope, now, clock_trusted=self.clock_trusted)
        if isinstance(outcome, KeyringUpdated):
            keep_keyring(self._data, envelope)
            return True
        return False

    def _swap(self) -> None:
        plan = self._cache.swap_if_ready(self._clock.now(), self._has, self._before_swap)
        if plan is not None:
            self._on_swap(plan)
            self._audio.remove_all_but(self._wanted())

    def _fetch_audio(self) -> tuple[int, str]:
        fetched, trouble = 0, ""
        plan = self._cache.newest
        if plan is None:
            return fetched, trouble
        for audio in fetch_order(plan, self._has, self._clock.now()):
            met = self._fetch_told(audio)
            trouble = met or trouble
            fetched += not met
            if met and self._is_full:
                break
            self._swap()
        self._swap()
        return fetched, trouble

    def _fetch_told(self, audio: PlannedAudio) -> str:
        """Fetch one file and tell playout; what went wrong, in words. Raises `LinkError`."""
        if audio.sha256 in self._under_way:
            return ""  # another thread has it in hand
        self._under_way.add(audio.sha256)
        self._is_full = False
        try:
            self._fetch(audio)
            self._on_audio(audio.sha256)
        except (AudioRefused, TooLarge) as error:
            self._audio.drop(audio.sha256)
            return self._tell_once("audio_refused", audio.sha256, str(error))
        except Refused as error:
            return self._tell_once("audio_unavailable", audio.sha256, str(error))
        except DiskFull as error:
            self._is_full = True
            return self._tell_once("disk_full", "audio", str(error))
        finally:
            self._under_way.discard(audio.sha256)
        return ""

    def _fetch(self, audio: PlannedAudio) -> None:
        arrived = self._audio.arrived_bytes(audio.sha256)
        if arrived >= audio.size_bytes:
            arrived = 0
        with self._link.audio(audio.sha256, audio.size_bytes, arrived) as (resumed, chunks):
            self._audio.receive(audio.sha256, chunks, resume=resumed, size_bytes=audio.size_bytes)
        if not self._audio.has(audio.sha256):
            raise LinkError(f"audio {audio.sha256[:12]}… broke off; it goes on where it stopped")

    def _wanted(self) -> frozenset[str]:
        urgent = {audio.sha256 for audio in self._urgent_audio()}
        return self._cache.wanted_audio() | self._in_use() | urgent

    def _tell_once(self, code: str, subject: str, message: str) -> str:
        if f"{code} {subject}" not in self._told:
            self._told.add(f"{code} {subject}")
            self._tell(code, subject, message)
        return message
