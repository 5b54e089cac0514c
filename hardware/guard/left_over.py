"""A guard whose owner has gone and that does not end: told from what it is, and ended by the next guard.

A guard that stands still (SIGSTOP, a debugger) while its owner is killed never sees the end of its pipe, and
keeps its boards' ports. Nothing is written down for that: who holds the port of a board, by the kernel's own
list of locks, is a guard that was left over where

1. it belongs to this user, or this user is root, and its command line, as the kernel keeps it, is a guard's
   with a duty;
2. its process numbers are those of this process, not those of a container;
3. the owner named there is gone: there is no process of that number, or one that began at another instant.

It is woken first (SIGCONT): then it sees its pipe's end, opens the relays of all its boards, also of those
that nobody else drives any more, and ends. One that still holds the port `ENDS_WITHIN_S` later is killed.
A descriptor holds the process meanwhile, so that no other one can get its number before it is ended.
"""

import json
import os
import signal
from itertools import pairwise
from pathlib import Path

PROGRAM = "hardware.guard"
BEGAN = 19
"""Which word of /proc/PID/stat after the name in brackets: ticks from the boot to its begin."""
ENDS_WITHIN_S = 3.0
"""So long a guard may take to open all its relays once it was woken, boards that answer late among them."""
ENDED = ("Z", "X")
"""The first of those words where only its parent has not taken note of its end yet."""


def as_owner(pid: int) -> str:
    """This process as `--owner` names it; empty where the system does not tell."""
    began = _began(pid)
    return f"{pid}:{began}" if began else ""


class TakingOver:
    """The port of one board, which another process holds: it is had from a guard that was left over."""

    def __init__(self) -> None:
        self._woken: tuple[int, float] | None = None

    @property
    def has_begun(self) -> bool:
        """A guard that was left over held the port, and was woken or killed."""
        return self._woken is not None

    def go_on(self, pid: int, port: str, now_s: float) -> str | None:
        """Wake it; kill it `ENDS_WITHIN_S` later. What was done; None: it is no guard that was left over."""
        woken = self._woken if self._woken is not None and self._woken[0] == pid else None
        if woken is not None and now_s >= woken[1] + ENDS_WITHIN_S:
            return _killed(pid, port)
        if send_to_left_over(pid, signal.SIGCONT) is None:
            return None
        self._woken = woken or (pid, now_s)
        who = f"serial port {port} is held by process {pid}, a relay guard whose owner has gone"
        return f"{who}; it is woken to open the relays of all its boards and end"


def _killed(pid: int, port: str) -> str | None:
    drove = send_to_left_over(pid, signal.SIGKILL)
    if drove is None:
        return None
    who = f"serial port {port} was held by process {pid}, a relay guard whose owner has gone"
    others = ", ".join(one for one in drove if one != port)
    rest = f"; relays on {others} may still be closed: open them with `station-agent relay off`"
    return f"{who}; it did not end by itself, and is killed{rest if others else ''}"


def send_to_left_over(pid: int, number: signal.Signals) -> tuple[str, ...] | None:
    """Signal the process that holds a board's port, if it is a guard that was left over.

    The ports of its boards; None: it is not, or has just ended.
    """
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        drives = drives_left_over(Path(f"/proc/{pid}"))
        if drives is not None:
            signal.pidfd_send_signal(descriptor, number)
    except OSError:
        return None  # it has just ended
    finally:
        os.close(descriptor)
    return drives


def may_signal(owned_by: int, me: int) -> bool:
    """Whether one user, by number, ends another's guard: root does what the service's user left over."""
    return me in (0, owned_by)


def drives_left_over(process: Path) -> tuple[str, ...] | None:
    """The ports of a guard that was left over. Raises `OSError` where it has ended or can't be looked at."""
    if not may_signal(process.stat().st_uid, os.geteuid()):
        return None
    _, *words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    if words[:2] != ["-m", PROGRAM] or not _counts_as_here(process):
        return None
    said = dict(pairwise(words[2:]))
    try:
        owner, began = said["--owner"].split(":")
        ports = tuple(str(board["port"]) for board in json.loads(said["--duty"])["boards"])
        return ports if ports and _began(int(owner)) != began else None
    except (KeyError, TypeError, ValueError):
        return None  # it has no owner that it would be left over by


def _counts_as_here(process: Path) -> bool:
    """In a container the owner has another number than here, and lives though none of that number does."""
    return (process / "ns/pid").readlink() == Path("/proc/self/ns/pid").readlink()


def _began(pid: int) -> str:
    """Empty where there is no such process any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    words = stat.rpartition(")")[2].split()
    return "" if words[0] in ENDED else words[BEGAN]
