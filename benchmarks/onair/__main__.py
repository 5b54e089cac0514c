"""How late a planned sound is on the air: this station, liquidsoap, mpd and cron with cvlc, in one run.

`make bench-onair` installs the peers from Debian where it may and runs this; `--minutes` sets how many starts
each makes, `--busy` how many cores are kept busy meanwhile, `--json` prints one object. Every player has the
same sound to play at every full minute on a sink of its own; what the sink carries is recorded and searched
for the sound. The error is the first sample against the full minute. Exits 1 unless the station is ahead.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.onair.busy import busy_cores
from benchmarks.onair.players import Peers
from benchmarks.onair.recording import RATE_HZ, MonitorRecording
from benchmarks.onair.sound_server import SoundServer
from benchmarks.onair.station import Station, end

SINKS = {"station": "station", "liquidsoap": "liquidsoap", "mpd + cron": "mpd", "cvlc + cron": "cvlc"}
DURATION_MS = 2000
CHIRP = f"aevalsrc='0.4*sin(2*PI*(300*t+900*t*t))':s={RATE_HZ}:d={DURATION_MS / 1000}"
SETTLE = timedelta(seconds=25)
"""From the start of all players to the first full minute that counts."""
BEFORE_S, AFTER_S = 5.0, 15.0
LIKE_ENOUGH = 0.6


def main() -> int:
    """Run it and print one table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--minutes", type=int, default=10, help="starts of each player (10)")
    parser.add_argument("--busy", type=int, default=1, help="cores kept busy meanwhile (1)")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="onair-") as name, busy_cores(options.busy):
        Path(name).chmod(0o755)
        errors, left_out = run(Path(name), options.minutes)
    figures = {player: summary(found, options.minutes) for player, found in errors.items()}
    if options.json:
        print(json.dumps({"players": figures, "left_out": left_out, "minutes": options.minutes}))
    else:
        print_table(figures, left_out)
    own = figures["station"]
    return (
        0
        if all(own["worst_ms"] < one["worst_ms"] for name, one in figures.items() if name != "station")
        else 1
    )


def run(folder: Path, minutes: int) -> tuple[dict[str, list[float]], Mapping[str, str]]:
    """Start errors in milliseconds, by player; what could not take part and why."""
    wav, webm = sounds(folder)
    now = datetime.now(UTC)
    first = (now + SETTLE + timedelta(minutes=1)).replace(second=0, microsecond=0)
    starts = tuple(first + timedelta(minutes=each) for each in range(minutes))
    with ExitStack() as stack:
        server = stack.enter_context(SoundServer(folder, tuple(SINKS.values())))
        peers = Peers(server, folder, wav)
        stack.callback(peers.stop)
        players = ("station", *peers.start())
        environment = {**server.environment(SINKS["station"]), "STATION_AGENT_OUTPUT_AOUT": "pulse"}
        station = stack.enter_context(Station(folder, webm, DURATION_MS, environment))
        station.publish(starts)
        stack.callback(end, station.start_agent())
        recordings: dict[str, MonitorRecording] = {}
        for player in players:
            sink = SINKS[player]
            recordings[player] = MonitorRecording(server.environment(sink), sink, time.time)
            stack.callback(recordings[player].stop)
        time.sleep(max(0.0, (starts[-1] - datetime.now(UTC)).total_seconds() + AFTER_S + 1))
        wanted = samples_of(wav)
        return {
            player: [
                error for at in starts if (error := error_ms(recording, wanted, at.timestamp())) is not None
            ]
            for player, recording in recordings.items()
        }, peers.left_out


def sounds(folder: Path) -> tuple[Path, Path]:
    """The same rising tone as WAV, which every peer plays best, and broadcast-ready."""
    wav, webm = folder / "sound.wav", folder / "sound.webm"
    quiet = ("ffmpeg", "-nostdin", "-v", "error", "-y")
    subprocess.run([*quiet, "-f", "lavfi", "-i", CHIRP, wav], check=True, timeout=60)
    opus = ("-c:a", "libopus", "-b:a", "24k", "-frame_duration", "40", "-ac", "1")
    subprocess.run([*quiet, "-i", wav, *opus, webm], check=True, timeout=60)
    return wav, webm


def samples_of(wav: Path) -> NDArray[np.float64]:
    """The sound as samples."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-i", str(wav), "-f", "s16le", "-ac", "1", "-"]
    return np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<i2").astype(float)


def error_ms(recording: MonitorRecording, wanted: NDArray[np.float64], at_s: float) -> float | None:
    """First sample against the planned instant; None when it was not heard around it."""
    first = max(0, recording.sample_at(at_s - BEFORE_S))
    heard = recording.samples()[first : recording.sample_at(at_s + AFTER_S)]
    if len(heard) < len(wanted) or not heard.any():
        return None
    size = 1 << (len(wanted) + len(heard)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(wanted, size)), size)
    lag = int(np.argmax(cross[: len(heard)]))
    piece = heard[lag : lag + len(wanted)]
    likeness = float(cross[lag] / (np.linalg.norm(piece) * np.linalg.norm(wanted) + 1e-9))
    if likeness < LIKE_ENOUGH:
        return None
    return (recording.instant_s(first + lag) - at_s) * 1000


def summary(errors: list[float], starts: int) -> dict[str, float]:
    """Sizes of the errors: median, 95 %, worst; `heard` of all starts."""
    sizes = sorted(abs(error) for error in errors)
    if not sizes:
        return {
            "heard": 0,
            "starts": starts,
            "median_ms": float("inf"),
            "p95_ms": float("inf"),
            "worst_ms": float("inf"),
        }
    return {
        "heard": len(sizes),
        "starts": starts,
        "median_ms": round(statistics.median(sizes), 1),
        "p95_ms": round(sizes[max(0, -(-len(sizes) * 95 // 100) - 1)], 1),
        "worst_ms": round(sizes[-1], 1),
    }


def print_table(figures: dict[str, dict[str, float]], left_out: Mapping[str, str]) -> None:
    """One row a player, with its error in multiples of the station's."""
    own = figures["station"]
    print(f"{'player':14} {'heard':>7} {'median':>10} {'95 %':>10} {'worst':>10} {'median, to ours':>16}")
    for name, one in figures.items():
        ratio = one["median_ms"] / own["median_ms"] if own["median_ms"] else float("inf")
        print(
            f"{name:14} {one['heard']:>3.0f}/{one['starts']:<3.0f} {one['median_ms']:>7.1f} ms"
            f" {one['p95_ms']:>7.1f} ms {one['worst_ms']:>7.1f} ms {ratio:>14.1f} x"
        )
    for name, why in left_out.items():
        print(f"{name:14} left out: {why}")


if __name__ == "__main__":
    sys.exit(main())
