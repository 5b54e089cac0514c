"""How long an ingest takes, measured against a bare encode of the same ten minutes of stereo.

Run `python benchmarks/ingest.py`; `--json` prints one object, `--minutes` and `--rounds` change the work.
They run in turn after one warm-up each; medians are compared. Peak memory is that of the largest process.
"""

import argparse
import json
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from content_library import AudioStore, ingest

AIM_RATIO = 1.2
SENTENCE = "Every village will hear the results of the session in its own language."


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
    largest_kib = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {
        "minutes": minutes,
        "rounds": rounds,
        **{name: round(seconds, 3) for name, seconds in taken.items()},
        "ratio": round(taken["ingest_s"] / taken["bare_s"], 3),
        "ratio_same_format": round(taken["ingest_s"] / taken["bare_same_format_s"], 3),
        "aim_ratio": AIM_RATIO,
        "peak_memory_mib": round(largest_kib / 1024, 1),
    }


def main() -> None:
    """Print the figures for people, or as JSON."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--json", action="store_true", help="one JSON object on standard output")
    arguments.add_argument("--minutes", type=float, default=10.0, help="length of the source (10)")
    arguments.add_argument("--rounds", type=int, default=3, help="measured rounds after the warm-up (3)")
    chosen = arguments.parse_args()
    figures = benchmark(chosen.minutes, chosen.rounds)
    if chosen.json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:20} {figure:10.3f}")


if __name__ == "__main__":
    main()
