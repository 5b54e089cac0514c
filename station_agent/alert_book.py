"""Alerts on the station's disk: judged as they come, by whatever way, and kept as their signed bytes.

Rules
1. Bytes are verified before they are kept or told; a serial lower than one known is refused.
2. The newest word about each alert stays until long after it has expired, a cancel too: so that an older one,
   played again, is refused even after the journal was lost.
3. `new/` is the way in for a stick and for `station-agent alert`: what lies there is taken or set aside as
   `.refused`, and told either way. What is no envelope may still be on its way there: it is refused once it
   has not changed for `ARRIVES_WITHIN_S`. What cannot be kept, the disk being full, stays for the next look.
"""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from hardware.ports import Clock
from schedules.errors import BadEnvelope, UntrustedDocument
from schedules.trust import TrustedKeyring
from schedules.trusted_documents import trusted_alert
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import PlannedAudio
from station_agent.durable_file import write_durably
from station_agent.log import log

INBOX = "new"
ENDING = ".dsse"
REMEMBER = timedelta(days=200)
"""Longer than any plan lasts."""
ARRIVES_WITHIN_S = 3.0
"""A copy from a slow stick grows more often than this."""


def is_in_force(alert: Alert, now: datetime, clock_trusted: bool, last_known: datetime | None) -> bool:
    """Whether it may still be played. A clock that can't be right says nothing of its date; what was over at
    the last certain instant stays over on any clock."""
    if alert.act is AlertAct.CANCEL or (last_known is not None and last_known >= alert.expires_at):
        return False
    return not clock_trusted or now < alert.expires_at


class AlertBook:
    """One station's alerts. Safe to use from several threads. `tell`: code, subject, message.

    `last_known`: the last certain instant, as far as anybody has said; None: nobody has.
    """

    def __init__(
        self,
        folder: Path,
        keyring: TrustedKeyring,
        station: str,
        clock: Clock,
        tell: Callable[[str, str, str], None],
    ) -> None:
        self._folder, self._keyring, self._station, self._clock = folder, keyring, station, clock
        self._tell = tell
        self._lock = threading.RLock()
        self._newest: dict[str, Alert] = {}
        self._arriving: dict[Path, tuple[object, float]] = {}
        self._immovable: frozenset[Path] = frozenset()
        self.clock_trusted = True
        self.last_known: datetime | None = None
        (folder / INBOX).mkdir(parents=True, exist_ok=True)
        self._restore()

    @property
    def inbox(self) -> Path:
        """Where a stick's alerts are put."""
        return self._folder / INBOX

    def in_force(self) -> tuple[Alert, ...]:
        """What was raised or tested, not cancelled, and has not expired; earliest first."""
        now = self._clock.now()
        with self._lock:
            alive = [
                one
                for one in self._newest.values()
                if is_in_force(one, now, self.clock_trusted, self.last_known)
            ]
        return tuple(sorted(alive, key=lambda one: (one.issued_at, one.key)))

    def wanted_audio(self) -> tuple[PlannedAudio, ...]:
        """The audio of everything in force: it is fetched before that of any plan."""
        found = {audio.sha256: audio for alert in self.in_force() for audio in alert.audio}
        return tuple(found.values())

    def offer(self, envelope: bytes) -> tuple[Alert, bool]:
        """The alert, and whether it is news. Durable when it returns; raises an `UntrustedDocument`."""
        with self._lock:
            alert = trusted_alert(
                envelope,
                self._keyring,
                self._station,
                self._clock.now(),
                {key: one.serial for key, one in self._newest.items()},
                clock_trusted=self.clock_trusted,
            )
            known = self._newest.get(alert.key)
            if known is not None and known.serial == alert.serial:
                return known, False
            write_durably(self._path(alert.key), envelope)
            self._newest[alert.key] = alert
        log.info("alert_taken", key=alert.key, serial=alert.serial, act=alert.act.value)
        return alert, True

    def take_inbox(self) -> Iterator[Alert]:
        """Judge what lies in `new/`; each that is news is given before the next one is looked at.

        Raises `OSError` where one cannot be kept: it is looked at again next time.
        """
        lying = self._lies_in_inbox()
        for path in lying:
            try:
                envelope = read_envelope(path)
            except OSError as error:
                self._set_aside(path, f"{path}: {error.strerror}")
                continue
            try:
                alert, is_news = self.offer(envelope)
            except UntrustedDocument as error:
                if not (isinstance(error, BadEnvelope) and self._may_be_arriving(path)):
                    self._set_aside(path, f"{path}: {error}")
                continue
            if is_news:
                yield alert
            self._take_away(path)
        self._immovable &= frozenset(lying)
        self._arriving = {path: seen for path, seen in self._arriving.items() if path.exists()}

    def _lies_in_inbox(self) -> list[Path]:
        """Looked at each second, and nearly always empty."""
        try:
            names = os.listdir(self.inbox)  # noqa: PTH208 - a third of what globbing takes
        except FileNotFoundError:
            return []
        return [self.inbox / name for name in sorted(names) if name.endswith(ENDING)]

    def _may_be_arriving(self, path: Path) -> bool:
        """Whether the file has changed within `ARRIVES_WITHIN_S`, or is looked at for the first time."""
        now_s, found = self._clock.monotonic(), path.lstat()
        is_now = (found.st_ino, found.st_size, found.st_mtime_ns)
        was, since_s = self._arriving.get(path, (None, now_s))
        if was == is_now:
            return now_s - since_s < ARRIVES_WITHIN_S
        self._arriving[path] = (is_now, now_s)
        return True

    def _take_away(self, path: Path) -> None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self._cannot_move(path, f"{path}: it was taken, and cannot be removed ({error.strerror})")

    def _set_aside(self, path: Path, why: str) -> None:
        try:
            path.replace(path.with_suffix(".refused"))
        except OSError as error:
            self._cannot_move(path, f"{why}; it cannot be set aside ({error.strerror}): remove it by hand")
        else:
            self._tell("alert_refused", path.name, why)

    def _cannot_move(self, path: Path, why: str) -> None:
        """It lies there at each look, keeps no other one waiting, and is told once."""
        if path not in self._immovable:
            self._immovable |= {path}
            self._tell("alert_refused", path.name, why)

    def _restore(self) -> None:
        """Judged as from outside, since a disk can be written to; dates only say how long to remember."""
        for path in sorted(self._folder.glob(f"*{ENDING}")):
            try:
                alert = trusted_alert(
                    read_envelope(path),
                    self._keyring,
                    self._station,
                    self._clock.now(),
                    {},
                    clock_trusted=False,
                )
            except (UntrustedDocument, OSError) as error:
                self._set_aside(path, f"{path}: {error}")
                continue
            if self._clock.now() > alert.expires_at + REMEMBER:
                path.unlink(missing_ok=True)
            else:
                self._newest[alert.key] = alert

    def _path(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}{ENDING}"


def read_envelope(path: Path) -> bytes:
    """A file's bytes, and at most one more than an alert may have, so that a longer one is refused as such.

    Raises `OSError`, also for what is no file: a pipe or a device may never end, or never begin.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "it is no plain file", str(path))
        return file.read(Alert.MAX_SIZE_BYTES + 1)
