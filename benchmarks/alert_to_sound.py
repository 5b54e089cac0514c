"""From an alert at the agent to its first sample behind a sound server of our own, one core busy meanwhile.

A real agent with guard and virtual board; the alerts go through its door, signed. Half of them come into
silence, in which the line has gone to rest, half into the midst of a broadcast. The amplifier's warm-up is
not counted. Needs `pulseaudio` and `pulseaudio-utils`. Fails where a limit is not kept.
Use: alert_to_sound.py [--alerts N] [--busy N] [--warm-up-ms N] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.onair.busy import busy_cores
from benchmarks.onair.recording import RATE_HZ, MonitorRecording
from benchmarks.onair.station import Station, end
from schedules.envelope import sign
from schedules.wire.alert import Alert, AlertAct
from schedules.wire.plan import ItemKind, Plan, PlannedAudio, StationLimits
from station_agent.operator_door import ask
from station_agent.operator_words import AlertRequest
from tests.hardware.sound_server import SINK, SoundServer
from tests.station_agent.documents import broadcast, item, plan_of
from tests.station_agent.province_simulator import STATION
from tests.station_agent.real_station import audio_of, decoded, encoded
from tests.station_agent.waiting import wait_for

LIMIT_MS = 500.0
SIREN_MS, NEWS_MS, BROADCAST_EVERY_S, INSIDE_S = 600, 5000, 9.0, 2.0
BETWEEN_S, TO_REST_S = 3.0, 13.0
LIKE_ENOUGH = 0.85


@dataclass
class Sounds:
    """The siren, what is on the air when it comes, and the siren's samples."""

    siren: PlannedAudio
    news: PlannedAudio
    samples: Any


def _plan(starts: list[datetime], sounds: Sounds, serial: int, warm_up_ms: int) -> Plan:
    broadcasts = [
        broadcast(
            f"b{serial}-{number}",
            at,
            items=(item(f"b{serial}-{number}/1", NEWS_MS, ItemKind.JINGLE, sha256=sounds.news.sha256),),
        )
        for number, at in enumerate(starts)
    ]
    limits = StationLimits(warm_up_ms=warm_up_ms, tail_ms=200, quiet_hours=None)
    return plan_of(
        *broadcasts,
        issued=datetime.now(UTC),
        audio=(sounds.siren, sounds.news),
        limits=limits,
        serial=serial,
    )


def _raise(station: Station, sounds: Sounds, number: int) -> float:
    """One alert more; the second of the steady clock at which it was handed over."""
    now = datetime.now(UTC)
    alert = Alert(
        key=f"flood-{number}",
        serial=1,
        act=AlertAct.RAISE,
        title="Flood",
        stations=(STATION,),
        issued_at=now,
        expires_at=now + timedelta(minutes=10),
        items=(item("words", SIREN_MS, sha256=sounds.siren.sha256),),
        audio=(sounds.siren,),
    )
    signed = sign(alert, [station.province.planner])
    came_s = time.monotonic()
    assert ask(station.data, AlertRequest.of(signed)).ok
    return came_s


def _into_silence(come: Callable[[], float], alerts: int) -> list[float]:
    """Every fourth one after the line has gone to rest."""
    come()  # fetches its audio
    came_s = []
    for number in range(alerts):
        time.sleep(TO_REST_S if number % 4 == 0 else BETWEEN_S + number % 7 * 0.043)
        came_s.append(come())
    time.sleep(BETWEEN_S)
    return came_s


def _into_broadcasts(come: Callable[[], float], starts: list[datetime]) -> list[float]:
    came_s = []
    for number, at in enumerate(starts):
        time.sleep(max(0.0, (at - datetime.now(UTC)).total_seconds()) + INSIDE_S + number % 11 * 0.037)
        came_s.append(come())
    time.sleep(BETWEEN_S)
    return came_s


def _took_ms(recording: MonitorRecording, siren: Any, came_s: float) -> tuple[float, float]:
    """From the alert to its first sample, and how like the siren what is found there is."""
    near = recording.sample_at(came_s)
    heard = recording.samples()[near : near + 3 * RATE_HZ]
    size = 1 << (len(heard) + len(siren)).bit_length()
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(siren, size)), size)
    found = int(np.argmax(both[: len(heard) - len(siren) + 1]))
    piece = heard[found : found + len(siren)]
    like = both[found] / (np.linalg.norm(piece) * np.linalg.norm(siren) + 1e-9)
    return (recording.instant_s(near + found) - came_s) * 1000, float(like)


def measure(alerts: int, busy: int, warm_up_ms: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds and likeness of each alert, by what it came into."""
    with tempfile.TemporaryDirectory(prefix="alerts-") as name, ExitStack() as stack:
        folder = Path(name)
        server = SoundServer(folder / "server")
        stack.callback(server.close)
        siren = encoded(
            f"aevalsrc='0.4*sin(2*PI*(700*t+1500*t*t))':d={SIREN_MS / 1000}:s=48000", folder / "siren.webm"
        )
        news = encoded(f"sine=frequency=300:duration={NEWS_MS / 1000}", folder / "news.webm")
        sounds = Sounds(audio_of(siren, SIREN_MS), audio_of(news, NEWS_MS), decoded(folder / "siren.webm"))
        environment = {"STATION_AGENT_OUTPUT_KIND": "pulse", **server.environment}
        station = stack.enter_context(Station(folder, folder / "siren.webm", SIREN_MS, environment))
        station.province.add_audio(siren)
        station.province.add_audio(news)
        later = datetime.now(UTC) + timedelta(hours=5)
        station.province.publish(_plan([later], sounds, 1, warm_up_ms))
        stack.callback(end, station.start_agent())
        wait_for((station.data / "audio" / sounds.news.sha256).exists, 30)
        wait_for((station.data / "operator.sock").exists, 30)
        recording = MonitorRecording({**os.environ, **environment}, SINK)
        numbers = iter(range(10_000))
        with busy_cores(busy):
            silence = _into_silence(lambda: _raise(station, sounds, next(numbers)), alerts)
            first = datetime.now(UTC) + timedelta(seconds=6)
            starts = [first + timedelta(seconds=BROADCAST_EVERY_S * number) for number in range(alerts)]
            station.province.publish(_plan(starts, sounds, 2, warm_up_ms))
            inside = _into_broadcasts(lambda: _raise(station, sounds, next(numbers)), starts)
        recording.stop()
    took = {
        "into silence": [_took_ms(recording, sounds.samples, at_s) for at_s in silence],
        "into a broadcast": [_took_ms(recording, sounds.samples, at_s) for at_s in inside],
    }
    return {**took, "into silence": [(ms - warm_up_ms, like) for ms, like in took["into silence"]]}


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--alerts", type=int, default=20, help="of each kind (20)")
    parser.add_argument("--busy", type=int, default=1, help="cores kept busy meanwhile (1)")
    parser.add_argument("--warm-up-ms", type=int, default=1000, help="of the amplifier (1000)")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    took = measure(options.alerts, options.busy, options.warm_up_ms)
    figures: dict[str, Any] = {
        name: {
            "median_ms": round(float(np.median([ms for ms, _ in all_of_them]))),
            "most_ms": round(max(ms for ms, _ in all_of_them)),
            "heard": sum(like >= LIKE_ENOUGH for _, like in all_of_them),
        }
        for name, all_of_them in took.items()
    }
    good = all(one["most_ms"] <= LIMIT_MS and one["heard"] == options.alerts for one in figures.values())
    if options.json:
        print(json.dumps({**figures, "good": good}))
        return 0 if good else 1
    print(f"{options.alerts} alerts each, {options.busy} core(s) busy, load {os.getloadavg()[0]:.1f}")
    for name, one in figures.items():
        print(
            f"  {name:18} median {one['median_ms']:4} ms, at most {one['most_ms']:4} ms (limit {LIMIT_MS:g})"
        )
        print(f"  {'':18} {one['heard']} heard")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
