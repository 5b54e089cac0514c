"""Every planned item stands in exactly one state."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schedules.compile import compile_plan
from schedules.evidence import best_evidence
from schedules.reconciliation import AccountedItem, ItemState, planned_items, reconcile
from schedules.wire.report import Airing, EvidenceGrade, Outcome
from tests.schedules.villages import BOTH, NOW, airing, slot, village

PLAN = compile_plan(village(), (slot(),), BOTH, serial=1, now=NOW).plan
ITEMS = planned_items(PLAN)
KEYS = [item.item for item in ITEMS]


def ended(number: int, item: str, outcome: str) -> Airing:
    """An airing that ended in this outcome."""
    if outcome == "aired":
        return airing(number, item)
    if outcome in ("skipped", "missed"):
        changes = {"started_at": None, "ended_at": None, "aired_ms": 0, "evidence": "ordered"}
        return airing(number, item, outcome=outcome, reason="power_lost", **changes)
    return airing(number, item, outcome=outcome, reason="power_lost")


def states(accounted: tuple[AccountedItem, ...]) -> list[str]:
    """The states in order."""
    return [one.state.value for one in accounted]


def test_items_of_a_broadcast_follow_each_other() -> None:
    """An item's planned start is the broadcast's and the lengths before it."""
    start = PLAN.broadcasts[0].planned_start
    assert [item.planned_start - start for item in ITEMS[:3]] == [
        timedelta(0),
        timedelta(milliseconds=1600),
        timedelta(milliseconds=61_600),
    ]


@pytest.mark.parametrize("outcome", [outcome.value for outcome in Outcome])
def test_a_reported_item_is_in_its_outcome(outcome: str) -> None:
    """Whatever the hour: the station's word counts."""
    assert states(reconcile(ITEMS[:1], [ended(1, KEYS[0], outcome)], NOW)) == [outcome]


def test_an_item_that_is_not_due_is_upcoming_and_one_that_is_awaits_its_report() -> None:
    """Due from its own planned start on, to the instant."""
    due = ITEMS[1].planned_start
    assert states(reconcile(ITEMS[:3], [], due)) == ["awaiting_report", "awaiting_report", "upcoming"]
    assert states(reconcile(ITEMS[:3], [], due - timedelta(milliseconds=1)))[1] == "upcoming"


def test_the_stations_first_word_on_an_item_stays() -> None:
    """A repeated or contradicting entry changes nothing, in whatever order reports come."""
    first, second = ended(3, KEYS[0], "cut"), ended(4, KEYS[0], "aired")
    for order in ([first, second], [second, first], [second, first, first]):
        (accounted,) = reconcile(ITEMS[:1], order, NOW)
        assert (accounted.state, accounted.airing) == (ItemState.CUT, first)


def test_what_was_aired_unplanned_is_listed_as_such() -> None:
    """It is not lost, and it does not pass for a planned item."""
    (_, extra) = reconcile(ITEMS[:1], [airing(7, "village-own/1")], NOW)
    assert (extra.item, extra.state, extra.planned) == ("village-own/1", ItemState.UNPLANNED, None)
    assert extra.airing is not None
    assert extra.airing.outcome is Outcome.AIRED


def test_an_item_that_stands_in_two_plans_counts_once() -> None:
    """A new plan repeats what is still to come."""
    again = compile_plan(village(), (slot(),), BOTH, serial=2, now=NOW + timedelta(days=1)).plan
    accounted = reconcile((*ITEMS, *planned_items(again)), [], NOW)
    assert len(accounted) == len({one.item for one in accounted}) == 29 * 3


reports = st.lists(
    st.builds(
        ended,
        st.integers(1, 50),
        st.sampled_from([*KEYS[:6], "unknown/1", "unknown/2"]),
        st.sampled_from([outcome.value for outcome in Outcome]),
    ),
    max_size=20,
)


@given(reports, st.integers(-1, 80), st.randoms(use_true_random=False))
def test_every_planned_item_is_in_exactly_one_state(taken: list[Airing], hours: int, order: object) -> None:
    """Each once, in plan order; with a word of the station in its outcome, without one by the clock."""
    now = NOW + timedelta(hours=hours)
    accounted = reconcile(ITEMS[:6], taken, now)
    assert [one.item for one in accounted[:6]] == KEYS[:6]
    assert len({one.item for one in accounted}) == len(accounted)
    known = {one.item for one in taken}
    for one, item in zip(accounted[:6], ITEMS[:6], strict=True):
        assert (one.airing is not None) == (one.item in known)
        if one.airing is not None:
            assert one.state.value == one.airing.outcome.value
        else:
            assert one.state is (
                ItemState.AWAITING_REPORT if item.planned_start <= now else ItemState.UPCOMING
            )
    assert {one.item for one in accounted[6:]} == known - set(KEYS)
    assert all(one.state is ItemState.UNPLANNED for one in accounted[6:])
    assert reconcile(ITEMS[:6], [*taken, *taken], now) == accounted


def test_evidence_counts_only_where_something_sounded() -> None:
    """A skipped item proves nothing; of the others the strongest is told."""
    skipped = ended(1, KEYS[0], "skipped")
    assert best_evidence([skipped]) is None
    played = airing(2, KEYS[1], evidence="played")
    confirmed = airing(3, KEYS[2], evidence="relay_confirmed")
    assert best_evidence([skipped, played, confirmed]) is EvidenceGrade.RELAY_CONFIRMED
    assert best_evidence([played]) is EvidenceGrade.PLAYED
