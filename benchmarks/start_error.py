"""How exactly sounds start: 200 starts, recorded behind a sound server of our own, with one core busy.

Prints how far first samples lie from their planned instants (p50, p99), and pauses from the programme.
Fails where a limit is not kept. Needs `pulseaudio` and `pulseaudio-utils`.
Use: start_error.py [--starts N] [--busy N]
"""

import argparse
import os
import queue
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.onair.busy import busy_cores
from benchmarks.onair.recording import RATE_HZ, MonitorRecording
from hardware import Finished, PlayRequest, Started, VlcOutput
from tests.hardware.sound_server import SINK, SoundServer

STARTS, P50_MS, P99_MS, SEAM_MS = 200, 5.0, 20.0, 10.0
SOUND_MS, PAUSE_MS = 400, 300
SEARCH_MS = 300
LIKE_ENOUGH = 0.9


def _made(folder: Path) -> tuple[Path, Any]:
    """A sweep as a broadcast-ready file, and its samples."""
    source, target = folder / "sweep.wav", folder / "sweep.webm"
    sweep = f"aevalsrc='0.4*sin(2*PI*(400*t+1500*t*t))':d={SOUND_MS / 1000}:s={RATE_HZ}"
    run = ("ffmpeg", "-nostdin", "-v", "error", "-y")
    subprocess.run([*run, "-f", "lavfi", "-i", sweep, "-ac", "1", str(source)], check=True, timeout=60)
    subprocess.run(
        [*run, "-i", str(source), "-c:a", "libopus", "-b:a", "24k", str(target)], check=True, timeout=60
    )
    raw = subprocess.run(
        [*run, "-i", str(source), "-f", "s16le", "-"], check=True, capture_output=True, timeout=60
    )
    return target, np.frombuffer(raw.stdout, "<i2").astype(float)


def _play(file: Path, starts: int) -> list[float]:
    """Handed over one ahead, as playout does it; the planned instants on the clock that never steps."""
    events: queue.SimpleQueue[Any] = queue.SimpleQueue()
    output = VlcOutput(events.put, way="pulse", device=SINK)
    output.warm_up()
    first = datetime.now(UTC) + timedelta(seconds=1)
    distance_s = time.monotonic() - datetime.now(UTC).timestamp()
    planned = [first + timedelta(milliseconds=(SOUND_MS + PAUSE_MS) * number) for number in range(starts)]
    for number, at in enumerate(planned):
        output.play(PlayRequest(str(number), file, not_before=at))
        while not isinstance(event := events.get(timeout=10), Started | Finished) or (
            event.key != str(number) or isinstance(event, Started)
        ):
            pass
    output.close()
    return [at.timestamp() + distance_s for at in planned]


def _found(heard: Any, sweep: Any, near: int) -> tuple[int, float]:
    """Where the sweep lies, looked for around a sample, and how like it what is found there is."""
    reach = SEARCH_MS * RATE_HZ // 1000
    from_ = max(0, near - reach)
    likenesses = np.correlate(heard[from_ : near + reach + len(sweep)], sweep, "valid")
    found = int(np.argmax(likenesses))
    piece = heard[from_ + found : from_ + found + len(sweep)]
    like = likenesses[found] / (np.linalg.norm(piece) * np.linalg.norm(sweep) + 1e-9)
    return from_ + found, float(like)


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=STARTS)
    parser.add_argument("--busy", type=int, default=1, help="cores kept busy meanwhile (1)")
    options = parser.parse_args()
    starts = options.starts
    with tempfile.TemporaryDirectory() as name, busy_cores(options.busy):
        folder = Path(name)
        file, sweep = _made(folder)
        server = SoundServer(folder / "server")
        os.environ.update(server.environment)
        try:
            recording = MonitorRecording(os.environ, SINK)
            time.sleep(1)
            planned_s = _play(file, starts)
            time.sleep(0.3)
            recording.stop()
        finally:
            server.close()
    heard = recording.samples()
    looked = [_found(heard, sweep, recording.sample_at(at_s)) for at_s in planned_s]
    found = [at for at, _ in looked]
    whole = sum(like >= LIKE_ENOUGH for _, like in looked)
    errors_ms = (np.array([recording.instant_s(one) for one in found]) - np.array(planned_s)) * 1000
    seams_ms = np.diff(found) * 1000 / RATE_HZ - (SOUND_MS + PAUSE_MS)
    p50, p99 = (float(np.percentile(np.abs(errors_ms), one)) for one in (50, 99))
    seam = float(np.percentile(np.abs(seams_ms), 99))
    print(f"{starts} starts, {options.busy} core(s) busy, at the sound server's monitor; {whole} heard whole")
    print(f"  start error   p50 {p50:6.2f} ms (at most {P50_MS})   p99 {p99:6.2f} ms (at most {P99_MS})")
    print(f"                from {errors_ms.min():.2f} to {errors_ms.max():.2f} ms")
    print(f"  pause error   p99 {seam:6.2f} ms (at most {SEAM_MS})   worst {np.abs(seams_ms).max():.2f} ms")
    return 0 if whole == starts and p50 <= P50_MS and p99 <= P99_MS and seam <= SEAM_MS else 1


if __name__ == "__main__":
    sys.exit(main())
