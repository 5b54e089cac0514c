"""How long an ingest takes, measured against a bare encode of the same ten minutes of stereo.

Run `python benchmarks/ingest.py`; `--json` prints one object, `--minutes` and `--rounds` change the work.
They run in turn after one warm-up each; medians are compared. Peak
memory is that of this process and all its tools together, sampled; `--hours 3` measures only that, once, on a
recording of three hours.
"""

import argparse
import contextlib
import json
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psutil

from content_library import AudioStore, ingest

AIM_RATIO = 1.2
AIM_MEMORY_MIB = 200
SENTENCE = "Every village will hear the results of the session in its own language."


class Memory:
    """Watches, while its block runs, what this process and its children hold in memory together."""

    def __init__(self) -> None:
        self.highest_bytes = 0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    def _watch(self) -> None:
        ours = psutil.Process()
        while not self._done.wait(0.02):
            held = ours.memory_info().rss
            for child in ours.children(recursive=True):
                with contextlib.suppress(psutil.Error):
                    held += child.memory_info().rss
            self.highest_bytes = max(self.highest_bytes, held)


def make_source(out: Path, minutes: float) -> None:
    """Synthetic speech over a little noise, stereo, 48 kHz, 16 bit."""
    loop = f"flite=text='{SENTENCE}':voice=slt,aresample=48000,aloop=loop=-1:size=240000"
    mix = f"{loop}[v];anoisesrc=c=pink:a=0.01:r=48000[n];[v][n]join=inputs=2:channel_layout=stereo"
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", mix, "-t", str(minutes * 60), out],
        check=True,
        timeout=600,
    )


def bare_encode(source: Path, out: Path, *options: str) -> None:
    """What ffmpeg alone needs."""
    subprocess.run(
        ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, *options, "-c:a", "libopus", out],
        check=True,
        timeout=600,
    )


def medians(ways: dict[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median wall time of each way in seconds, run in turn so that a slow minute of the machine hits all."""
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            if number > 0:
                taken[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def benchmark(minutes: float, rounds: int) -> dict[str, float]:
    """All figures of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "source.wav"
        make_source(source, minutes)
        store = AudioStore.open(folder / "store")
        memory = Memory()

        with memory:
            ingest(source, store, workdir=folder / "work")
        taken = medians(
            {
                "ingest_s": lambda: ingest(source, store, workdir=folder / "work"),
                "bare_s": lambda: bare_encode(source, folder / "bare.opus"),
                "bare_same_format_s": lambda: bare_encode(
                    source, folder / "same.webm", "-ac", "1", "-b:a", "24k"
                ),
            },
            rounds,
        )
    return {
        "minutes": minutes,
        "rounds": rounds,
        **{name: round(seconds, 3) for name, seconds in taken.items()},
        "ratio": round(taken["ingest_s"] / taken["bare_s"], 3),
        "ratio_same_format": round(taken["ingest_s"] / taken["bare_same_format_s"], 3),
        "aim_ratio": AIM_RATIO,
        "peak_memory_mib": round(memory.highest_bytes / 1024**2, 1),
        "aim_memory_mib": AIM_MEMORY_MIB,
    }


def long_recording(hours: float) -> dict[str, float]:
    """Memory and time of one ingest of a recording of this length, made from a short one."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_source(folder / "minute.wav", 1)
        loop = ("-stream_loop", "-1", "-i", folder / "minute.wav", "-t", str(hours * 3600 - 1))
        quiet = ("ffmpeg", "-nostdin", "-v", "error", "-y")
        subprocess.run([*quiet, *loop, folder / "source.wav"], check=True, timeout=600)
        began = time.perf_counter()
        with Memory() as memory:
            ingest(folder / "source.wav", AudioStore.open(folder / "store"), workdir=folder / "work")
        return {
            "hours": hours,
            "ingest_s": round(time.perf_counter() - began, 1),
            "peak_memory_mib": round(memory.highest_bytes / 1024**2, 1),
            "aim_memory_mib": AIM_MEMORY_MIB,
        }


def main() -> None:
    """Print the figures for people, or as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments.add_argument("--minutes", type=float, default=10.0, help="length of the source (10)")
    arguments.add_argument("--rounds", type=int, default=3, help="measured rounds after the warm-up (3)")
    arguments.add_argument(
        "--hours", type=float, help="measure the memory of one recording this long instead"
    )
    chosen = arguments.parse_args()
    figures = long_recording(chosen.hours) if chosen.hours else benchmark(chosen.minutes, chosen.rounds)
    if chosen.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:20} {figure:10.3f}")


if __name__ == "__main__":
    main()
