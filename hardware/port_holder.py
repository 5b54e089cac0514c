"""Which process holds a serial port, from the kernel's own list of locks. Opens no port, needs no right."""

import os
from dataclasses import dataclass
from pathlib import Path

LOCKS = Path("/proc/locks")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process. `name`: as the system calls it, empty where nobody can tell."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"process {self.pid} ({self.name})" if self.name else f"process {self.pid}"


def holder_of(path: str) -> Holder | None:
    """Who has locked the port. None: nobody, or somebody who keeps it in another way.

    A line is `1: FLOCK ADVISORY WRITE pid major:minor:inode 0 EOF`, device in hexadecimal; one that only
    waits has an arrow after its number.
    """
    try:
        port = os.stat(path)  # noqa: PTH116 - the path of a port, as it was given
        lines = LOCKS.read_text("ascii").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    place = f"{os.major(port.st_dev):02x}:{os.minor(port.st_dev):02x}:{port.st_ino}"
    for line in lines:
        words = line.split()
        if len(words) > 5 and words[1] == "FLOCK" and words[5] == place and words[4].isdigit():
            pid = int(words[4])
            return Holder(pid, _name_of(pid)) if pid else None
    return None


def _name_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
