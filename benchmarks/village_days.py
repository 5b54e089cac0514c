"""How many village-days the simulation lives in a second, every promise looked at after every step.

Fresh seeds each time, printed; two processes at most. Run it from the repository's root:
`python benchmarks/village_days.py [--village-days N] [--json]`. Exits 1 when the limit is missed, or when a
promise is broken: then it says how to see that again.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import time as stopwatch

from station_agent.simulation.runs import Broken, live_all

DAYS = 7
PROCESSES = 2
LIMIT_A_SECOND = 300
WARM_UP_VILLAGES = 16


def processor_s() -> float:
    """What this process and those it has waited for have used of the processors so far, in seconds."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def measure(village_days: int) -> tuple[dict[str, float], list[Broken]]:
    """Live fresh villages after a warm-up; the figures, and what was broken."""
    villages = -(-village_days // DAYS)
    first_seed = secrets.randbelow(2**31)
    processes = min(PROCESSES, os.cpu_count() or 1)
    list(live_all(first_seed + villages, WARM_UP_VILLAGES, DAYS, processes))
    waiting = os.getloadavg()[0]
    begin_s, spent_s = stopwatch.perf_counter(), processor_s()
    lived = list(live_all(first_seed, villages, DAYS, processes))
    took_s, spent_s = stopwatch.perf_counter() - begin_s, processor_s() - spent_s
    broken = [one for one in lived if isinstance(one, Broken)]
    whole = [one for one in lived if not isinstance(one, Broken)]
    figures = {
        "first_seed": first_seed,
        "last_seed": first_seed + villages - 1,
        "village_days": villages * DAYS,
        "items": sum(one.items for one in whole),
        "faults": sum(one.faults for one in whole),
        "deaths": sum(one.deaths for one in whole),
        "events": sum(one.events for one in whole),
        "processes": processes,
        "load_average_before": waiting,
        "seconds": took_s,
        "processor_ms_a_village_day": spent_s * 1000 / (villages * DAYS),
        "village_days_a_second": villages * DAYS / took_s,
        "limit_a_second": LIMIT_A_SECOND,
        "broken": len(broken),
    }
    return figures, broken


def main() -> int:
    """Print the figures against the limit."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--village-days", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="one object on standard output")
    options = parser.parse_args()
    figures, broken = measure(options.village_days)
    holds = figures["village_days_a_second"] >= LIMIT_A_SECOND and not broken
    if options.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:24} {value:14.2f}")
        print("within the limit" if holds else "OVER THE LIMIT")
    for one in broken:
        print(f"BROKEN: {one.promise}; again: {one.again}", file=sys.stderr)
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
