"""The plans on the station's disk: the current one, and the next one while its audio is still coming.

Exact bytes are kept and judged again at each start: a disk can be written to. A refused file is set aside
as `*.refused`, named, and fetched anew. When the next plan becomes current:

1. at once where there is no current one, or it withdraws a recording: withdrawal waits for nothing;
2. when all audio of its broadcasts in the next 24 h is here;
3. when the current one has nothing more to air;
4. when something that only the next one holds is due within `DUE_SOON`: audio that is missing then costs its
   own item, not the whole plan.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from schedules.errors import UntrustedDocument
from schedules.trust import Accepted, TrustedKeyring, TrustedPlan
from schedules.wire.plan import Plan
from station_agent.durable_file import flush_folder, write_durably

CURRENT, NEXT, SERIAL = "current.dsse", "next.dsse", "serial"
HORIZON = timedelta(hours=24)
DUE_SOON = timedelta(minutes=2)

BeforeSwap = Callable[[Plan, Plan, datetime], None]
"""Called with the old plan, the new one and the instant while the old one is still current on the disk."""


def no_word_before(_old: Plan, _new: Plan, _now: datetime) -> None:
    """Nothing is to be done before a swap."""


class PlanCache:
    """One station's plans in a folder. `refused`: what was found altered at the start, one line each."""

    def __init__(
        self, folder: Path, keyring: TrustedKeyring, station: str, now: datetime, *, clock_trusted: bool
    ) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.refused: list[str] = []
        known = self._known_serial()
        restored = TrustedPlan.start(keyring, station)
        self.current = self._restore(CURRENT, restored, now, clock_trusted)
        self.next = self._restore(NEXT, restored, now, clock_trusted)
        whole = restored.serial >= known
        self._trusted = restored if whole else TrustedPlan.start(keyring, station, known_serial=known)

    @property
    def newest(self) -> Plan | None:
        """The plan with the highest serial that is here and whole."""
        return self.next or self.current

    @property
    def known_serial(self) -> int:
        """For If-None-Match: 0 when the newest one is not here any more and has to come again."""
        newest = self.newest
        return newest.serial if newest is not None and newest.serial >= self._trusted.serial else 0

    def offer(self, envelope: bytes, now: datetime, *, clock_trusted: bool) -> bool:
        """Judge a plan from outside and keep it as the next one; False when it is the known one.

        Raises an `UntrustedDocument`; nothing has changed then.
        """
        outcome = self._trusted.offer(envelope, now, clock_trusted=clock_trusted)
        if not isinstance(outcome, Accepted):
            return False
        write_durably(self._folder / NEXT, envelope)
        write_durably(self._folder / SERIAL, f"{outcome.plan.serial}\n".encode())
        self.next = outcome.plan
        return True

    def swap_if_ready(
        self,
        now: datetime,
        has: Callable[[str], bool],
        before: BeforeSwap = no_word_before,
    ) -> Plan | None:
        """Make the next plan current if a rule says so; the new current plan, or None.

        `before` is called first; see `BeforeSwap`.
        """
        if self.next is None or not _is_ready(self.current, self.next, now, has):
            return None
        if self.current is not None:
            before(self.current, self.next, now)
        (self._folder / NEXT).replace(self._folder / CURRENT)
        flush_folder(self._folder)
        self.current, self.next = self.next, None
        return self.current

    def wanted_audio(self) -> frozenset[str]:
        """Hashes either plan needs."""
        plans = [plan for plan in (self.current, self.next) if plan is not None]
        return frozenset(audio.sha256 for plan in plans for audio in plan.audio)

    def _restore(self, name: str, trusted: TrustedPlan, now: datetime, clock_trusted: bool) -> Plan | None:
        path = self._folder / name
        try:
            return trusted.restore(path.read_bytes(), now, clock_trusted=clock_trusted)
        except FileNotFoundError:
            return None
        except (OSError, UntrustedDocument) as error:
            self.refused.append(f"{path}: {error}")
            path.replace(path.with_suffix(".refused"))
            return None

    def _known_serial(self) -> int:
        try:
            return int((self._folder / SERIAL).read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0


def _is_ready(current: Plan | None, offered: Plan, now: datetime, has: Callable[[str], bool]) -> bool:
    if current is None or not set(offered.withdrawn) <= set(current.withdrawn):
        return True
    soon = [one for one in offered.broadcasts if now <= one.planned_start <= now + HORIZON]
    if all(has(item.sha256) for one in soon for item in one.items if item.sha256 is not None):
        return True
    if not any(one.planned_start > now for one in current.broadcasts):
        return True
    listed = {one.key for one in current.broadcasts}
    return any(one.key not in listed and one.planned_start <= now + DUE_SOON for one in soon)
