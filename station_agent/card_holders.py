"""Which sound cards a program plays through, told from the files that its processes have open."""

from __future__ import annotations

from pathlib import Path

import psutil

CARDS = "/dev/snd/pcm"
"""How the files of all cards begin: `pcmC0D0p` is for playing, `pcmC0D0c` for recording."""
PLAYS = "p"


def holds_a_card(pid: int) -> bool:
    """Whether the process, or one that it started, plays through a card. False where that cannot be told."""
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
    except psutil.Error:
        return False
    return any(_plays(one.pid) for one in family)


def _plays(pid: int) -> bool:
    try:
        opened = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return False  # it has ended, or belongs to somebody else
    return any(path.startswith(CARDS) and path.endswith(PLAYS) for path in map(_target, opened))


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""  # closed meanwhile
