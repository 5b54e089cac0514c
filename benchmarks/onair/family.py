"""What the processes of a station hold and use, together."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Holding:
    """At one moment: resident memory by process, all with shared pages once, processor seconds so far.

    `together_mib`: of a page that several processes on this machine use each has its share. `alone_mib`: as
    if nobody else used the files they have mapped, each page of which counts once.

    `own_mib`: what they have written themselves. Files that are mapped do not count: how much of those is
    theirs hangs on who else on the machine uses the same ones.
    """

    resident_mib: dict[str, float]
    together_mib: float
    alone_mib: float
    own_mib: float
    used_s: float
    descriptors: int
    threads: int


def holding(pid: int) -> Holding:
    """What a process and its children hold."""
    ours = psutil.Process(pid)
    family = [ours, *ours.children(recursive=True)]
    return Holding(
        resident_mib={_name(one): round(one.memory_info().rss / 1024**2, 1) for one in family},
        together_mib=sum(one.memory_full_info().pss for one in family) / 1024**2,
        alone_mib=_alone_kib([one.pid for one in family]) / 1024,
        own_mib=sum(_anonymous_kib(one.pid) for one in family) / 1024,
        used_s=sum(sum(one.cpu_times()[:2]) for one in family),
        descriptors=sum(one.num_fds() for one in family),
        threads=sum(one.num_threads() for one in family),
    )


def _anonymous_kib(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:"))


def _alone_kib(pids: list[int]) -> int:
    """What is written by each, and of each piece of a file the most that one of them holds."""
    written_kib, of_files = 0, dict[tuple[str, ...], int]()
    for pid in pids:
        piece: tuple[str, ...] = ()
        resident_kib = 0
        for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
            words = line.split()
            if not words[0].endswith(":"):  # addresses, permissions, offset, device, inode and path
                piece = tuple(words[2:])
            elif words[0] == "Rss:":
                resident_kib = int(words[1])
            elif words[0] == "Anonymous:":
                written_kib += int(words[1])
                of_files[piece] = max(of_files.get(piece, 0), resident_kib - int(words[1]))
    return written_kib + sum(of_files.values())


def _name(process: psutil.Process) -> str:
    command = process.cmdline()
    return command[command.index("-m") + 1] if "-m" in command else command[0]
