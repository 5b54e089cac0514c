"""One virtual board: a pseudo-terminal under a link, relays that remember, and a log of every change.

It keeps its relays when the host closes the port, as a real board does: only a command, its own timer or
losing its power changes them.
"""

import os
import select
import time
import tty
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from hardware.virtual_board.contacts import Contacts
from hardware.virtual_board.plugged import Plugged

BITS_A_BYTE = 10
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


class VirtualBoard(Plugged):
    """A board of `channels` relays on a pseudo-terminal. Its link and its plug: see `Plugged`.

    `speed`: its answers come byte by byte at so many bits a second; None: at once, as the terminal has them.
    `taken_bytes`: so many of the host's it has acted on and answered, unless it answers late.
    `told_bytes`: so many it has sent. Both since it was made.
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
        super().__init__(path, Contacts(channels, log))
        self.fault = fault
        self.speed: int | None = None
        self.taken_bytes = self.told_bytes = 0
        self._firmware = firmware
        self._late: list[tuple[float, bytes]] = []
        self._ends: tuple[int, int] | None = None

    def _open_port(self) -> str:
        self._ends = os.openpty()
        tty.setraw(self._ends[1])  # held open here, or reading would fail whenever no host is there
        return os.ttyname(self._ends[1])

    def _close_port(self) -> None:
        for end in self._ends or ():
            os.close(end)
        self._ends = None
        self._late.clear()

    def _serve(self, wake: int) -> None:
        assert self._ends is not None  # noqa: S101 - opened before; narrows the type
        master = self._ends[0]
        while True:
            ready, _, _ = select.select([master, wake], [], [], self._wait_s())
            if wake in ready:
                return
            self.relays.fall_due()
            while self._late and self._late[0][0] <= time.monotonic():
                self._write(master, self._late.pop(0)[1])
            if master in ready:
                self.relays.stuck = self.fault is Fault.DEAF
                data = os.read(master, 1024)
                self._send(master, self._firmware.take(data, self.relays))
                self.taken_bytes += len(data)

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
            self._write(master, b"\x17\xa0\xffOK?\r\n")
        else:
            self._write(master, told[: len(told) // 2] if self.fault is Fault.HALF else told)

    def _write(self, master: int, told: bytes) -> None:
        if self.speed is None:
            os.write(master, told)
            self.told_bytes += len(told)
            return
        began_s = time.monotonic()
        for number, byte in enumerate(told, 1):
            time.sleep(max(0.0, began_s + number * BITS_A_BYTE / self.speed - time.monotonic()))
            os.write(master, bytes((byte,)))
            self.told_bytes += 1
