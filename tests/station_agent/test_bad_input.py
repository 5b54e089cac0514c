"""What a plan, a disk or a board may hold that nobody wished for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.wire.plan import ItemKind, Plan, StationLimits, Zone
from schedules.wire.report import EvidenceGrade, Outcome
from station_agent.phases import Phase
from station_agent.playout_values import AudioUnfit, Play
from tests.station_agent.documents import IN_A_MINUTE, NOON, broadcast, item, ms, plan_of
from tests.station_agent.village_simulator import Village, ended

HOUR_MS = 3_600_000
LONG_DAY = StationLimits(warm_up_ms=1000, tail_ms=500, max_on_s=6 * 3600, quiet_hours=None)


class Meddled(Village):
    """A disk on which files are changed between the check and the moment they are to be heard."""

    def _play(self, play: Play) -> None:
        if play.cue.item.key in self.__dict__.setdefault("meddled", set()):
            self.later(1, AudioUnfit(play.cue.item.key))
            return
        super()._play(play)


@pytest.mark.parametrize("which", [{1}, {2}, {3}, {1, 2}, {2, 3}, {1, 2, 3}])
def test_a_file_changed_after_it_was_checked_costs_its_item_only(which: set[int]) -> None:
    """The hash that was compared is not that of the file any more: it is not heard, the rest is."""
    village = Meddled()
    village.__dict__["meddled"] = {f"n/{number}" for number in which}
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (5000, 5000, 5000))))
    village.run_until(NOON + timedelta(minutes=3))
    assert ended(village) == {
        f"n/{number}": ("missed", "audio_missing") if number in which else ("aired", None)
        for number in (1, 2, 3)
    }
    assert not village.closed()


@pytest.mark.parametrize("kind", [ItemKind.PAUSE, ItemKind.ANNOUNCEMENT])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_item_without_length_holds_nothing_up(kind: ItemKind, position: int) -> None:
    """It is over as it begins, and has its outcome like any other."""
    lengths = [4000, 4000, 4000]
    items = [item(f"n/{number}", length) for number, length in enumerate(lengths, start=1)]
    items[position] = item(f"n/{position + 1}", 0, kind)
    village = Village()
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=tuple(items))))
    village.run_until(NOON + timedelta(minutes=3))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert len(village.outcomes) == 3
    assert village.outcomes[f"n/{position + 1}"].aired_ms == 0
    last = village.outcomes["n/3"]
    assert last.ended_at is not None
    assert last.ended_at - IN_A_MINUTE <= ms(8000 + 200)


def test_five_hundred_items_follow_each_other() -> None:
    """As many as a broadcast can have; each has its outcome. Only a pause without length, ahead of which
    nothing can be handed over, costs the moment an output needs to begin."""
    items = tuple(
        item(f"n/{number}", *((0, ItemKind.PAUSE) if number % 5 == 0 else (2000, ItemKind.JINGLE)))
        for number in range(500)
    )
    village = Village(padding_ms=26)
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=items), limits=LONG_DAY))
    village.run_until(NOON + timedelta(minutes=30))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert len(village.outcomes) == 500
    last = village.outcomes["n/499"]
    assert last.started_at is not None
    assert ms(0) <= last.started_at - last.planned_start <= ms(100 * 50)


def test_five_hundred_pauses_without_length_are_over_at_once() -> None:
    """Deadlines that are all due at the same instant are all met in it."""
    items = tuple(item(f"n/{number}", 0, ItemKind.PAUSE) for number in range(499))
    village = Village()
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, items=(item("n/song", 1000), *items))))
    village.run_until(IN_A_MINUTE + ms(1600))
    village.run_until(IN_A_MINUTE + ms(4000))
    assert {one.outcome for one in village.outcomes.values()} == {Outcome.AIRED}
    assert village.state.phase is Phase.IDLE


def test_an_item_of_four_hours_is_heard_to_its_end() -> None:
    """Where the relay may stay closed for so long."""
    village = Village()
    village.swap(plan_of(broadcast("n", IN_A_MINUTE, (4 * HOUR_MS, 5000)), limits=LONG_DAY))
    village.run_until(NOON + timedelta(hours=5))
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None)}
    assert village.outcomes["n/1"].aired_ms == 4 * HOUR_MS
    assert village.outcomes["n/2"].evidence is EvidenceGrade.RELAY_CONFIRMED


def with_zones(zones: tuple[Zone, ...], used: tuple[str, ...]) -> Callable[[int], Plan]:
    return lambda serial: plan_of(
        broadcast("n", IN_A_MINUTE, (5000, 5000), zones=used), zones=zones, serial=serial
    )


class FourRelays(Village):
    """A board with relays 1 to 4."""

    def boot(self, *more: object, **named: object) -> None:
        super().boot(*more, **named)  # type: ignore[arg-type]  # handed through
        object.__setattr__(self.state, "board_channels", frozenset({1, 2, 3, 4}))


HORNS, MARKET = Zone(key="horns", name="Horns", channel=1), Zone(key="market", name="Market", channel=7)


def test_a_zone_this_station_lacks_is_told_once_and_costs_no_other_zone() -> None:
    """It airs in time where it can be heard; its airing names no zone in which it was not."""
    plan = with_zones((HORNS, MARKET), ("horns", "market"))
    village = FourRelays()
    village.swap(plan(1))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played["n/1"] == IN_A_MINUTE
    assert ended(village) == {"n/1": ("aired", None), "n/2": ("aired", None)}
    for airing in village.outcomes.values():
        assert airing.zones == ("horns",)
        assert airing.evidence is EvidenceGrade.RELAY_CONFIRMED
    assert [(one.code, one.subject) for one in village.incidents] == [("no_such_zone", "market")]


def test_a_broadcast_for_a_zone_this_station_lacks_is_missed_with_the_reason() -> None:
    """Nothing is played that nobody can hear."""
    village = FourRelays()
    village.swap(with_zones((HORNS, MARKET), ("market",))(1))
    village.run_until(NOON + timedelta(minutes=3))
    assert village.played == {}
    assert ended(village) == {"n/1": ("missed", "no_such_zone"), "n/2": ("missed", "no_such_zone")}
