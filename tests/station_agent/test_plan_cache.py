"""When the next plan becomes the current one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from schedules.envelope import sign
from schedules.trust import TrustedKeyring
from schedules.wire.plan import Plan
from schedules.wire.report import Outcome
from station_agent.evidence import silent_airing
from station_agent.journal import Journal
from station_agent.plan_cache import PlanCache
from station_agent.plan_swap import keep_what_is_owed
from station_agent.planned import Planned, cues_of
from tests.station_agent.documents import NOON, broadcast, plan_of, sha
from tests.station_agent.province_simulator import STATION, Province

HOUR = timedelta(hours=1)
Offer = Callable[[Plan], None]


def nothing(_sha256: str) -> bool:
    return False


def everything(_sha256: str) -> bool:
    return True


@pytest.fixture
def province() -> Province:
    return Province()


@pytest.fixture
def cache(tmp_path: Path, province: Province) -> PlanCache:
    keyring = TrustedKeyring.restore(province.keyrings[0])
    return PlanCache(tmp_path, keyring, STATION, NOON, clock_trusted=True)


@pytest.fixture
def offer(cache: PlanCache, province: Province) -> Offer:
    def give(plan: Plan) -> None:
        cache.offer(sign(plan, [province.planner]), NOON, clock_trusted=True)

    return give


def current(cache: PlanCache) -> int:
    return cache.current.serial if cache.current is not None else 0


def test_the_first_plan_is_current_at_once(cache: PlanCache, offer: Offer) -> None:
    """Some of it is better than nothing; what is missing costs its own item."""
    offer(plan_of(broadcast("a", NOON + HOUR)))
    assert cache.swap_if_ready(NOON, nothing) is not None
    assert cache.swap_if_ready(NOON, nothing) is None


def test_the_next_plan_needs_the_audio_of_a_day_only(cache: PlanCache, offer: Offer) -> None:
    """What airs later may still be on its way."""
    offer(plan_of(broadcast("a", NOON + 2 * HOUR)))
    cache.swap_if_ready(NOON, nothing)
    offer(plan_of(broadcast("b", NOON + HOUR), broadcast("c", NOON + 30 * HOUR), serial=2))
    assert cache.swap_if_ready(NOON, nothing) is None
    assert cache.wanted_audio() == {sha("a/1"), sha("b/1"), sha("c/1")}
    assert cache.swap_if_ready(NOON, lambda sha256: sha256 == sha("b/1")) is not None
    assert current(cache) == 2


def test_a_plan_with_nothing_more_to_air_gives_way(cache: PlanCache, offer: Offer) -> None:
    """Whatever audio there is, is more than none."""
    offer(plan_of(broadcast("a", NOON + HOUR)))
    cache.swap_if_ready(NOON, nothing)
    offer(plan_of(broadcast("b", NOON + 3 * HOUR), serial=2))
    assert cache.swap_if_ready(NOON, nothing) is None
    assert cache.swap_if_ready(NOON + 2 * HOUR, nothing) is not None


def test_what_is_due_soon_is_not_held_back_by_other_audio(cache: PlanCache, offer: Offer) -> None:
    """A broadcast only the next plan has starts even when another one's audio is late."""
    offer(plan_of(broadcast("a", NOON + 5 * HOUR)))
    cache.swap_if_ready(NOON, nothing)
    offer(plan_of(broadcast("b", NOON + HOUR), broadcast("c", NOON + 4 * HOUR), serial=2))
    assert cache.swap_if_ready(NOON + timedelta(minutes=57), nothing) is None
    assert cache.swap_if_ready(NOON + timedelta(minutes=59), nothing) is not None


def test_both_plans_survive_a_restart(
    cache: PlanCache, offer: Offer, tmp_path: Path, province: Province
) -> None:
    """The next one goes on waiting for its audio."""
    offer(plan_of(broadcast("a", NOON + HOUR)))
    cache.swap_if_ready(NOON, everything)
    offer(plan_of(broadcast("b", NOON + HOUR), serial=2))
    keyring = TrustedKeyring.restore(province.keyrings[0])
    again = PlanCache(tmp_path, keyring, STATION, NOON, clock_trusted=True)
    assert (current(again), again.known_serial) == (1, 2)
    assert again.swap_if_ready(NOON, everything) is not None
    assert current(again) == 2


def test_what_the_old_plan_owes_is_in_the_journal_before_the_new_one_takes_its_place(
    tmp_path: Path, cache: PlanCache, offer: Offer
) -> None:
    """What is not accounted for, and not in the new plan; what lies ahead was planned otherwise."""
    journal = Journal(tmp_path, NOON)
    first, later, ahead = (broadcast(key, NOON + at * HOUR) for key, at in (("a", -2), ("b", -1), ("c", 9)))
    offer(plan_of(first, later, ahead))
    cache.swap_if_ready(NOON, everything)
    for item in first.items:
        cue = next(one for one in cues_of(first) if one.item.key == item.key)
        journal.outcome(silent_airing(Planned(first, 1), cue, Outcome.MISSED, "power_lost", on_disk=True))
    offer(plan_of(serial=2))
    assert cache.swap_if_ready(NOON, everything, partial(keep_what_is_owed, journal)) is not None
    assert [one.broadcast.key for one in journal.owed()] == ["b"]
