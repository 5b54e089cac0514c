"""How long a file sounds, told before it is heard: VLC decodes it as fast as it can; what comes is counted.

What a file says of its own length is not asked first: an MP3 without an index is often minutes off, a
recording from a browser says nothing. Where the time does not suffice it counts, if it stayed the same all
the while and what was counted does not contradict it.

The file comes from outside. A process of its own reads it, with little memory, little time and no way to
write; one that hangs is killed, one that dies is a finding like any other.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from typing import Any, BinaryIO

from hardware.errors import AudioUnavailable, CallerError
from hardware.sound.client import worker_environment

MODULE = "hardware.sound.measure"
MEASURE_WITHIN_S = 8.0
KILL_AFTER_S = MEASURE_WITHIN_S + 4.0
"""It ends by itself before, unless it hangs; a busy machine needs a moment to load VLC."""
LONGEST_REPORT_BYTES = 4096
UNAVAILABLE = 3
"""Exit code: VLC is missing here."""


class NoSound(CallerError):
    """VLC makes no sound of the file."""


class LengthUnknown(CallerError):
    """It cannot be told in time how long it sounds."""


def measured_ms(sound: BinaryIO, most_ms: int) -> int:
    """How many milliseconds of sound an open file holds; it is read anew from its beginning.

    Waits for it, at most 12 s. More than `most_ms` is not counted: then the answer is only larger than that.
    Raises `NoSound`, `LengthUnknown`, and `AudioUnavailable` where VLC is missing.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", MODULE, "--most-ms", str(most_ms), "--within-s", str(MEASURE_WITHIN_S)],
        stdin=sound,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=worker_environment(),
        start_new_session=True,
    )
    with process:  # closes the pipe, and waits for what was killed
        try:
            code = process.wait(KILL_AFTER_S)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            raise LengthUnknown("VLC hangs over it") from None
        assert process.stdout is not None  # noqa: S101 - narrows the type: it is a pipe
        report = os.read(process.stdout.fileno(), LONGEST_REPORT_BYTES)
    if code == UNAVAILABLE:
        raise AudioUnavailable("VLC is missing here; run: sudo apt-get install libvlc5 vlc-plugin-base")
    return length_of(report, most_ms)


def length_of(report: bytes, most_ms: int) -> int:
    """What a report of `measure` says. Raises `NoSound` or `LengthUnknown`."""
    try:
        said: dict[str, Any] = json.loads(report)
        counted_ms, is_whole, stated_ms = int(said["counted_ms"]), bool(said["whole"]), int(said["stated_ms"])
    except (ValueError, KeyError, TypeError):
        raise NoSound("VLC breaks down over it") from None
    if is_whole and counted_ms == 0:
        raise NoSound("VLC finds no sound in it")
    if is_whole or counted_ms > most_ms:
        return counted_ms
    if stated_ms > counted_ms > 0:
        return stated_ms
    raise LengthUnknown(f"VLC was not through with it within {MEASURE_WITHIN_S:g} s")
