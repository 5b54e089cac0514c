"""One virtual board: a pseudo-terminal under a link, relays that remember, and a log of every change.

It keeps its relays when the host closes the port, as a real board does: only a command, its own timer or
losing its power changes them.
"""

import os
import select
import threading
import time
import tty
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from hardware.virtual_board.contacts import Contacts, RelayChange

LATE_S = 0.7
"""No driver here waits so long for an answer."""


class Fault(StrEnum):
    """A way of misbehaving."""

    SILENT = "silent"  # never answers
    GARBAGE = "garbage"  # answers bytes of no protocol
    HALF = "half"  # answers half and stops
    LATE = "late"  # answers when nobody waits any more
    DEAF = "deaf"  # answers, but its relays do not move


class Firmware(Protocol):
    """A board's own side of its protocol, written apart from the codec so that one checks the other."""

    def take(self, data: bytes, relays: Contacts) -> bytes:
        """Act on the host's bytes, which come in any pieces, and give what the board sends back."""


class VirtualBoard:
    """A board of `channels` relays behind the link `path`. Use it in a `with` statement.

    `unplug` takes the port and the power away; `plug_in` brings the board back on a new pseudo-terminal.
    """

    def __init__(
        self,
        path: Path,
        firmware: Firmware,
        *,
        channels: int = 4,
        fault: Fault | None = None,
        log: Path | None = None,
    ) -> None:
        self.path = path
        self.fault = fault
        self._firmware = firmware
        self.relays = Contacts(channels, log)
        self._late: list[tuple[float, bytes]] = []
        self._ends: tuple[int, int] | None = None
        self._wake: tuple[int, int] | None = None
        self._thread: threading.Thread | None = None

    @property
    def on(self) -> tuple[bool, ...]:
        """Which relays are energised now; index 0 is channel 1."""
        return self.relays.on

    @property
    def changes(self) -> tuple[RelayChange, ...]:
        """Every change so far, oldest first."""
        return self.relays.changes

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
        self._late.clear()
        self.relays.lose_power()

    def _serve(self, master: int, wake: int) -> None:
        while True:
            ready, _, _ = select.select([master, wake], [], [], self._wait_s())
            if wake in ready:
                return
            self.relays.fall_due()
            while self._late and self._late[0][0] <= time.monotonic():
                os.write(master, self._late.pop(0)[1])
            if master in ready:
                self.relays.stuck = self.fault is Fault.DEAF
                self._send(master, self._firmware.take(os.read(master, 1024), self.relays))

    def _wait_s(self) -> float | None:
        instants = [at_s for at_s, _ in self._late[:1]]
        falls_at_s = self.relays.due_s()
        instants += [] if falls_at_s is None else [falls_at_s]
        return max(0.0, min(instants) - time.monotonic()) if instants else None

    def _send(self, master: int, told: bytes) -> None:
        if not told or self.fault is Fault.SILENT:
            return
        if self.fault is Fault.LATE:
            self._late.append((time.monotonic() + LATE_S, told))
        elif self.fault is Fault.GARBAGE:
            os.write(master, b"\x17\xa0\xffOK?\r\n")
        else:
            os.write(master, told[: len(told) // 2] if self.fault is Fault.HALF else told)

    def __enter__(self) -> Self:
        self.plug_in()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()
