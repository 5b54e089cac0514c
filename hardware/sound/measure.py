"""`python -m hardware.sound.measure`: counts how long the file on its standard input sounds. See `length`.

Says one line: {"counted_ms": 2000, "whole": true, "stated_ms": 2000}. `whole`: it was counted to its end.
`stated_ms`: what the file says, 0 where that is nothing or changes. Ends with 0, or 3 where VLC is missing.
"""

import argparse
import json
import os
import resource
import select
import sys
import threading
import time
from pathlib import Path

from hardware.errors import AudioUnavailable
from hardware.sound.length import UNAVAILABLE
from hardware.sound.wav_count import WavCount
from hardware.vlc_engine import VlcDecoding, VlcEngine

FILE = Path("/dev/fd/0")
"""Without a name that could mislead VLC: it plays from a copy that has none either."""
NICER = 5
LARGEST_BYTES = 768 * 2**20
CPU_FACTOR = 3
"""Seconds of work for each second it may last: VLC works with several threads."""
LOOK_EVERY_S = 0.02
CHUNK_BYTES = 256 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Count, and say so."""
    parser = argparse.ArgumentParser(prog=f"python -m {__spec__.name}", description=__doc__)
    parser.add_argument("--most-ms", type=int, required=True)
    parser.add_argument("--within-s", type=float, required=True)
    asked = parser.parse_args(arguments)
    told = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whatever a library prints is no report
    _keep_small(asked.within_s)
    try:
        engine = VlcEngine()
    except AudioUnavailable:
        return UNAVAILABLE
    said = measure(engine, FILE, asked.most_ms, asked.within_s)
    os.write(told, json.dumps(said).encode("ascii") + b"\n")
    return 0


def measure(engine: VlcEngine, path: Path, most_ms: int, within_s: float) -> dict[str, int | bool]:
    """What is said of a file, at the latest after `within_s`."""
    until_s = time.monotonic() + within_s
    samples, into = os.pipe()
    decoding, count = engine.decode(path, into), WavCount()
    threading.Thread(target=_decode, args=(decoding, into), daemon=True).start()
    stated: set[int] = set()
    is_whole = False
    while not is_whole and count.milliseconds <= most_ms and time.monotonic() < until_s:
        stated.add(decoding.length_ms)
        if select.select([samples], [], [], LOOK_EVERY_S)[0]:
            chunk = os.read(samples, CHUNK_BYTES)
            count.take(chunk)
            is_whole = not chunk
    told = [length_ms for length_ms in stated if length_ms > 0]
    stated_ms = told[0] if len(told) == 1 else 0
    return {"counted_ms": count.milliseconds, "whole": is_whole, "stated_ms": stated_ms}


def _decode(decoding: VlcDecoding, into: int) -> None:
    """To its end; then the pipe ends too."""
    if decoding.start():
        while not (decoding.ended or decoding.failed):
            time.sleep(LOOK_EVERY_S)
        decoding.stop()  # what it still holds is written by then
    os.close(into)


def _keep_small(within_s: float) -> None:
    """A file made to harm takes no more than this, and does not get before what plays."""
    os.nice(NICER)
    limits = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_DATA: LARGEST_BYTES,
        resource.RLIMIT_CPU: round(within_s * CPU_FACTOR),
    }
    for kind, most in limits.items():
        _, highest = resource.getrlimit(kind)
        allowed = most if highest == resource.RLIM_INFINITY else min(most, highest)
        resource.setrlimit(kind, (allowed, allowed))


if __name__ == "__main__":
    ended = main()
    os._exit(ended)  # libVLC's threads may still be at work
