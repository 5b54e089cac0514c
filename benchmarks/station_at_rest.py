"""What a village PC's processes take while nothing airs, and how soon they are ready after they are started.

A real agent with its guard, its sound output and a virtual board, a plan of 28 days, a province that answers,
one core kept busy meanwhile.
Run it from the repository's root:
`python -m benchmarks.station_at_rest [--seconds N] [--starts N] [--output capture|pulse] [--json]`.
Memory is that of all its processes together in MB of 10^6 bytes, of a page that is shared each has its part;
ready is the instant at which the service manager is told so. Exits 1 when a limit is missed.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.onair.busy import busy_cores
from benchmarks.onair.family import holding
from benchmarks.onair.station import Station, end
from tests.hardware.sound_server import SoundServer
from tests.station_agent.real_station import encoded
from tests.station_agent.waiting import wait_for

MEMORY_LIMIT_MB = 90.0
MB_IN_MIB = 1.048576
CORE_LIMIT_PERCENT = 1.0
READY_LIMIT_S = 5.0
SETTLE_S = 20.0
DAYS, A_DAY, ITEMS = 28, 8, 4


def seconds_to_ready(station: Station) -> float:
    """From the start of the process to its word to the service manager."""
    told = station.folder / "notify"
    told.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(told))
        manager.settimeout(60)
        began_s = time.monotonic()
        process = station.start_agent({"NOTIFY_SOCKET": str(told)})
        try:
            while b"READY=1" not in manager.recv(4096):
                pass
            return time.monotonic() - began_s
        finally:
            end(process)


def at_rest(station: Station, seconds: float) -> dict[str, object]:
    """Memory and processor time once the audio is there and everything has settled."""
    process = station.start_agent()
    try:
        wait_for(lambda: any((station.data / "audio").glob("**/*")), 60)
        time.sleep(SETTLE_S)
        before = holding(process.pid)
        time.sleep(seconds)
        after = holding(process.pid)
        return {
            "resident_mib": after.resident_mib,
            "together_mb": round(after.together_mib * MB_IN_MIB, 1),
            "alone_mb": round(after.alone_mib * MB_IN_MIB, 1),
            "core_percent": round(100 * (after.used_s - before.used_s) / seconds, 2),
        }
    finally:
        end(process)


def measure(seconds: float, starts: int, output: str) -> dict[str, object]:
    """All figures of one station; `pulse` leads to a sound server of our own."""
    with tempfile.TemporaryDirectory(prefix="at-rest-") as name, ExitStack() as stack:
        folder = Path(name)
        encoded("sine=frequency=600:duration=2", folder / "tone.webm")
        first = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)  # nothing airs while we look
        hours = [timedelta(days=day, hours=number) for day in range(DAYS) for number in range(A_DAY)]
        environment = {"STATION_AGENT_OUTPUT_KIND": output}
        if output == "pulse":
            server = SoundServer(folder / "server")
            stack.callback(server.close)
            environment |= server.environment
        with Station(folder, folder / "tone.webm", 2000, environment) as station:
            station.province.bell_waits_s = 50.0  # as the province's own
            station.publish(tuple(first + each for each in hours), ITEMS)
            rest = at_rest(station, seconds)
            ready = [seconds_to_ready(station) for _ in range(starts + 1)][1:]
    return {**rest, "ready_s": round(statistics.median(ready), 2), "ready_worst_s": round(max(ready), 2)}


def main() -> int:
    """Print the figures against the limits."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=30, help="how long it is watched at rest (30)")
    parser.add_argument("--starts", type=int, default=5, help="starts measured after one warm-up (5)")
    parser.add_argument("--output", choices=("capture", "pulse"), default="capture")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    with busy_cores(1):
        figures = measure(options.seconds, options.starts, options.output)
    rows = (
        ("memory of all together", "together_mb", "MB", MEMORY_LIMIT_MB),
        ("processor at rest", "core_percent", "% of a core", CORE_LIMIT_PERCENT),
        ("ready after the start", "ready_worst_s", "s at worst", READY_LIMIT_S),
    )
    good = all(float(str(figures[key])) <= limit for _, key, _, limit in rows)
    if options.json:
        print(json.dumps({**figures, "good": good}))
        return 0 if good else 1
    print(f"resident, one by one, in MiB: {figures['resident_mib']}")
    print(f"together, were nothing else on this machine using the same files: {figures['alone_mb']} MB")
    for name, key, unit, limit in rows:
        print(f"{name:24} {figures[key]!s:>8} {unit:12} limit {limit:g}")
    print("within the limits" if good else "OVER THE LIMIT")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
