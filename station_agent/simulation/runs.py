"""Villages by the seed, one or many: what became of them, and the last events before a broken promise."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from station_agent.log import log
from station_agent.simulation.village import Lived, Village
from station_agent.simulation.violation import Violation

AT_ONCE = 3
"""So many villages go to a process together: it waits for none of them, nor long for the last ones."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A village in which a promise was broken. `last`: its last events, oldest first."""

    seed: int
    days: int
    promise: str
    last: tuple[str, ...]

    @property
    def again(self) -> str:
        """How to see it again."""
        return f"make simulate SEED={self.seed} DAYS={self.days}"


def live(seed: int, days: int, *, digested: bool = True) -> Lived | Broken:
    """One village's days. `digested`: with its trace's digest, for which every event is put into words."""
    with log.silent(), _tidied_afterwards():
        return _live(seed, days, digested=digested)


def _live(seed: int, days: int, *, digested: bool) -> Lived | Broken:
    village = Village(seed, days)
    try:
        return village.live(digested=digested)
    except Violation as violation:
        return Broken(seed, days, str(violation), tuple(village.machine.trace.last()))


def live_all(first_seed: int, villages: int, days: int, processes: int = 1) -> Iterator[Lived | Broken]:
    """Villages with consecutive seeds, as they are done, without digests."""
    seeds = range(first_seed, first_seed + villages)
    one = partial(live, days=days, digested=False)
    if processes == 1:
        yield from map(one, seeds)
        return
    # What was imported stays: no process looks through it after each village.
    with ProcessPoolExecutor(processes, initializer=gc.freeze) as pool:
        yield from pool.map(one, seeds, chunksize=AT_ONCE)


@contextmanager
def _tidied_afterwards() -> Iterator[None]:
    """Frozen values hold each other in no circles: nobody need look for some while a village lives."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
