"""A guard whose owner has gone and that does not end: told from what it is, and ended by the next guard.

A guard that stands still (SIGSTOP, a debugger) while its owner is killed never sees the end of its pipe, and
keeps its boards' ports. Nothing is written down for that: who holds the port of a board, by the kernel's own
list of locks, is a guard that was left over where

1. it belongs to this user, and its command line, as the kernel keeps it, is a guard's with a duty;
2. the owner named there is gone: there is no process of that number, or one that began at another instant.

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
ENDED = ("Z", "X")
"""The first of those words where only its parent has not taken note of its end yet."""


def as_owner(pid: int) -> str:
    """This process as `--owner` names it; empty where the system does not tell."""
    began = _began(pid)
    return f"{pid}:{began}" if began else ""


def end_left_over(pid: int) -> bool:
    """End the process that holds a board's port, if it is a guard that was left over: whether it was."""
    try:
        descriptor = os.pidfd_open(pid)
    except OSError:
        return False
    try:
        if not _is_left_over(pid):
            return False
        signal.pidfd_send_signal(descriptor, signal.SIGKILL)  # it hears no other one while it stands still
    except OSError:
        return False  # it has just ended
    finally:
        os.close(descriptor)
    return True


def _is_left_over(pid: int) -> bool:
    """Raises `OSError` where the process has ended."""
    process = Path(f"/proc/{pid}")
    if process.stat().st_uid != os.getuid():
        return False
    _, *words = (process / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
    if words[:2] != ["-m", PROGRAM]:
        return False
    said = dict(pairwise(words[2:]))
    try:
        owner, began = said["--owner"].split(":")
        return bool(json.loads(said["--duty"])["boards"]) and _began(int(owner)) != began
    except (KeyError, TypeError, ValueError):
        return False  # it has no owner that it would be left over by


def _began(pid: int) -> str:
    """Empty where there is no such process any more."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return ""
    words = stat.rpartition(")")[2].split()
    return "" if words[0] in ENDED else words[BEGAN]
