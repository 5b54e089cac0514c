"""Two days of a village's broadcasts, one after the other without the hours between: does anything grow?

`make soak` runs it (`--broadcasts`, 64 by default: two days of thirty-two; `--json`). A real agent with
guard, VLC and a virtual board airs them; memory, descriptors and threads of all its processes are looked at
every few seconds, and the last quarter is compared with the second. Exits 1 when they grew, or anything did
not air.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.onair.family import Holding, holding
from benchmarks.onair.station import Station, end
from schedules.wire.report import Outcome
from tests.station_agent.real_station import encoded

ITEMS = 3
SOUND_MS = 1500
EVERY = timedelta(seconds=9)  # warm-up, three sounds, tail, relay open, a second's rest
LOOK_EVERY_S = 5.0
GROWTH_LIMIT_PERCENT = 3.0
UNDER_WAY = 1.1
"""A recording or a request may be under way."""


Medians = tuple[float, float]
"""Early and late."""


@dataclass(frozen=True)
class Soaked:
    """What came of it."""

    planned: int
    aired: int
    not_aired: tuple[str, ...]
    memory_mib: Medians
    growth_percent: float
    descriptors: Medians
    threads: Medians

    @property
    def good(self) -> bool:
        """Everything aired, and nothing grew beyond what is under way."""
        return (
            self.aired == self.planned
            and self.growth_percent <= GROWTH_LIMIT_PERCENT
            and all(late <= early * UNDER_WAY for early, late in (self.descriptors, self.threads))
        )


def soak(broadcasts: int) -> Soaked:
    """Air them all and look on."""
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        folder = Path(name)
        encoded(f"sine=frequency=600:duration={SOUND_MS / 1000}", folder / "tone.webm")
        environment = {"STATION_AGENT_OUTPUT_KIND": "capture", "STATION_AGENT_REPORTS_EVERY_S": "5"}
        with Station(folder, folder / "tone.webm", SOUND_MS, environment) as station:
            first = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=25)
            starts = tuple(first + number * EVERY for number in range(broadcasts))
            station.publish(starts, ITEMS)
            process = station.start_agent()
            try:
                seen = _look_on(process.pid, until=starts[-1] + EVERY + timedelta(seconds=10))
            finally:
                end(process)
            airings = list(station.province.airings.values())
    aired = sum(one.outcome is Outcome.AIRED for one in airings)
    not_aired = tuple(
        f"{one.item} {one.outcome.value} ({one.reason})"
        for one in airings
        if one.outcome is not Outcome.AIRED
    )
    return _soaked(broadcasts * ITEMS, aired, not_aired, seen)


def _look_on(pid: int, until: datetime) -> list[Holding]:
    seen: list[Holding] = []
    while datetime.now(UTC) < until:
        seen.append(holding(pid))
        time.sleep(LOOK_EVERY_S)
    return seen


def _soaked(planned: int, aired: int, not_aired: tuple[str, ...], seen: list[Holding]) -> Soaked:
    quarter = len(seen) // 4
    early, late = seen[quarter : 2 * quarter], seen[-quarter:]

    def medians(of: str) -> Medians:
        return (
            round(statistics.median(getattr(one, of) for one in early), 1),
            round(statistics.median(getattr(one, of) for one in late), 1),
        )

    memory = [statistics.median(one.own_mib for one in part) for part in (early, late)]
    growth_percent = round(100 * (memory[1] / memory[0] - 1), 2)
    of = medians("own_mib"), medians("descriptors"), medians("threads")
    return Soaked(planned, aired, not_aired, of[0], growth_percent, of[1], of[2])


def main() -> int:
    """Print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--broadcasts", type=int, default=64, help="how many (64: two days)")
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    found = soak(options.broadcasts)
    if options.json:
        print(json.dumps({**asdict(found), "good": found.good}))
        return 0 if found.good else 1
    for key, figure in asdict(found).items():
        print(f"{key:16} {figure}")
    print(f"growth limit     {GROWTH_LIMIT_PERCENT:g} %")
    print("nothing grows" if found.good else "SOMETHING IS WRONG")
    return 0 if found.good else 1


if __name__ == "__main__":
    sys.exit(main())
