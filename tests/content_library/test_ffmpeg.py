"""Tools end with the process that started them, however it ends."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.end_to_end.waiting import PATIENCE_S

ENDLESS = """
import sys
from content_library import ffmpeg
ffmpeg.run(
    ["ffmpeg", *ffmpeg.COMMON, "-re", "-f", "lavfi", "-i", "sine=duration=3600", "-f", "wav", sys.argv[1]],
    step="test",
    timeout_s=3600,
)
"""


def running(target: Path) -> bool:
    """Whether some process was given this file's name."""
    name = str(target).encode()
    found = False
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = line.read_bytes().split(bytes(1))
        except OSError:  # it ended while we looked
            continue
        found = found or (b"-re" in words and name in words)
    return found


def waited_for(target: Path, state: bool) -> bool:
    until = time.monotonic() + PATIENCE_S  # the sound itself lasts an hour
    while running(target) is not state and time.monotonic() < until:
        time.sleep(0.05)
    return running(target) is state


def test_ffmpeg_does_not_outlive_a_killed_server(tmp_path: Path) -> None:
    """Else it would go on for hours, beside the one that the next server starts."""
    target = tmp_path / "endless.wav"
    parent = subprocess.Popen([sys.executable, "-c", ENDLESS, str(target)])
    try:
        assert waited_for(target, True)
        parent.kill()
        parent.wait(60)
        assert waited_for(target, False)
    finally:
        parent.kill()
        parent.wait(60)
