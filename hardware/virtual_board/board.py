"""One virtual board: a pseudo-terminal under a link, relays that remember, and a log of every change.

It keeps its relays when the host closes the port, as a real board does: only a command or losing its power
changes them.
"""

import json
import os
import select
import threading
import tty
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Self

from hardware.virtual_board.lcus import LcusFirmware, ReadBackForm, Switch


class Fault(StrEnum):
    """A way of misbehaving."""

    SILENT = "silent"  # never answers
    GARBAGE = "garbage"  # answers bytes of no protocol
    HALF = "half"  # answers half and stops
    DEAF = "deaf"  # answers, but its relays do not move


@dataclass(frozen=True, slots=True)
class RelayChange:
    """A relay moved."""

    at: datetime
    channel: int
    on: bool

    def as_json(self) -> str:
        """One line of the log."""
        at = self.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return json.dumps({"at": at, "channel": self.channel, "on": self.on})


class VirtualBoard:
    """An LCUS board of `channels` relays behind the link `path`. Use it in a `with` statement.

    `unplug` takes the port and the power away; `plug_in` brings the board back on a new pseudo-terminal.
    """

    def __init__(
        self,
        path: Path,
        *,
        channels: int = 4,
        form: ReadBackForm = ReadBackForm.TEXT,
        fault: Fault | None = None,
        log: Path | None = None,
    ) -> None:
        self.path = path
        self.fault = fault
        self._log = log
        self._firmware = LcusFirmware(channels, form)
        self._on = [False] * channels
        self._changes: list[RelayChange] = []
        self._lock = threading.Lock()
        self._ends: tuple[int, int] | None = None
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    @property
    def on(self) -> tuple[bool, ...]:
        """Which relays are energised now; index 0 is channel 1."""
        with self._lock:
            return tuple(self._on)

    @property
    def changes(self) -> tuple[RelayChange, ...]:
        """Every change so far, oldest first."""
        with self._lock:
            return tuple(self._changes)

    def plug_in(self) -> None:
        """Give the board power and a port. All its relays are open, as at every power-on."""
        master, slave = os.openpty()
        tty.setraw(slave)  # held open here, or reading would fail whenever no host is there
        self._ends, self._wake = (master, slave), os.pipe()
        waiting = self.path.with_name(self.path.name + ".new")
        waiting.unlink(missing_ok=True)
        waiting.symlink_to(os.ttyname(slave))
        waiting.replace(self.path)
        self._thread = threading.Thread(target=self._serve, args=(master, self._wake[0]), daemon=True)
        self._thread.start()

    def unplug(self) -> None:
        """Take port and power away: the host's line breaks and every relay falls. Twice is harmless."""
        if self._thread is None or self._ends is None or self._wake is None:
            return
        os.write(self._wake[1], b"x")
        self._thread.join(timeout=5)
        self.path.unlink(missing_ok=True)
        for end in (*self._ends, *self._wake):
            os.close(end)
        self._thread = self._ends = self._wake = None
        for channel in range(1, len(self._on) + 1):
            self._switch(channel, on=False)

    def _serve(self, master: int, wake: int) -> None:
        while True:
            ready, _, _ = select.select([master, wake], [], [])
            if wake in ready:
                return
            for meant in self._firmware.take(os.read(master, 1024)):
                if isinstance(meant, Switch):
                    if self.fault is not Fault.DEAF:
                        self._switch(meant.channel, on=meant.on)
                else:
                    os.write(master, self._answer())

    def _answer(self) -> bytes:
        told = self._firmware.answer(list(self.on))
        if self.fault is Fault.SILENT:
            return b""
        if self.fault is Fault.GARBAGE:
            return b"\x17\xa0\xffOK?\r\n"
        if self.fault is Fault.HALF:
            return told[: len(told) // 2]
        return told

    def _switch(self, channel: int, *, on: bool) -> None:
        with self._lock:
            if self._on[channel - 1] == on:
                return
            self._on[channel - 1] = on
            change = RelayChange(datetime.now(UTC), channel, on)
            self._changes.append(change)
            if self._log is not None:
                with self._log.open("a", encoding="utf-8") as log:
                    log.write(change.as_json() + "\n")

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
