"""Live one village by its seed, or many fresh ones. Exits 1 when a promise is broken.

`python -m station_agent.simulation --seed 7 --days 14` lives one village and says its trace hash;
`--fresh-days 2000` lives that many village-days of fresh seeds and says which seeds they were.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import time

from station_agent.simulation.runs import Broken, live, live_all

DAYS = 7
MOST_PROCESSES = 2
SEEDS = 2**31


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_broken(broken: Broken) -> None:
    for line in broken.last:
        _say(f"  {line}")
    _say(f"BROKEN: {broken.promise}")
    _say(f"again:  {broken.again}")


def one(seed: int, days: int) -> int:
    """Live one village; its exit code."""
    found = live(seed, days)
    if isinstance(found, Broken):
        _say_broken(found)
        return 1
    _say(
        f"village {seed}: {days} days, {found.items} items, {found.faults} faults, {found.deaths} deaths,"
        f" {found.events} events; every promise kept. trace {found.digest}"
    )
    return 0


def fresh(village_days: int, days: int, first_seed: int) -> int:
    """Live so many village-days of consecutive seeds; exit code."""
    villages = -(-village_days // days)
    processes = min(MOST_PROCESSES, os.cpu_count() or 1)
    _say(f"seeds {first_seed} to {first_seed + villages - 1}, {days} days each, {processes} processes")
    begin_s = time.perf_counter()
    lived = list(live_all(first_seed, villages, days, processes))
    took_s = time.perf_counter() - begin_s
    broken = [one for one in lived if isinstance(one, Broken)]
    for each in broken[:3]:
        _say_broken(each)
    _say(
        f"{villages * days} village-days in {took_s:.1f} s, {villages * days / took_s:.0f} a second;"
        f" {len(broken)} villages broke a promise"
    )
    return 1 if broken else 0


def _at_least_one(text: str) -> int:
    """A whole number of days. Raises `argparse.ArgumentTypeError`: in none no promise is kept or broken."""
    if not text.isascii() or not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of days, at least 1")
    return int(text)


def main() -> int:
    """Parse the command line and live."""
    parser = argparse.ArgumentParser(prog="station_agent.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="the village, or the first of the fresh ones")
    parser.add_argument("--days", type=_at_least_one, default=DAYS, help=f"of each village ({DAYS})")
    parser.add_argument("--fresh-days", type=_at_least_one, help="live many villages, so many days together")
    options = parser.parse_args()
    seed = secrets.randbelow(SEEDS) if options.seed is None else options.seed
    if options.fresh_days is not None:
        return fresh(options.fresh_days, options.days, seed)
    return one(seed, options.days)


if __name__ == "__main__":
    sys.exit(main())
