"""The table of playout: every way is in it, and nothing else is possible."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from station_agent.item_set import RECENT_AT_MOST, ItemSet
from station_agent.phases import TABLE, Happening, IllegalTransition, Phase, after, check
from tests.station_agent.documents import NOON, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village

ROOT = Path(__file__).parents[2]


def test_every_phase_is_in_the_table_and_leads_back_to_silence() -> None:
    """No phase is a trap."""
    assert set(TABLE) == set(Phase)
    for phase in Phase:
        seen, ahead = set(), {phase}
        while ahead:
            seen |= ahead
            ahead = {following for one in ahead for following in TABLE[one].values()} - seen
        assert Phase.IDLE in seen


def test_once_a_relay_may_be_closed_the_way_back_waits_for_its_word() -> None:
    """Only closing, and handing relays on to what begins in the same step, lead to idle from there."""
    ways = {
        (phase, happening)
        for phase, row in TABLE.items()
        for happening, following in row.items()
        if following is Phase.IDLE and phase is not Phase.ARMING
    }
    assert {happening for _, happening in ways} == {Happening.CLOSED, Happening.GIVEN_OVER}


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("happening", list(Happening))
def test_a_way_that_is_not_in_the_table_raises(phase: Phase, happening: Happening) -> None:
    """In tests, in simulation and in the village."""
    if happening in TABLE[phase]:
        assert after(phase, happening) is TABLE[phase][happening]
    else:
        with pytest.raises(IllegalTransition, match="nothing leads"):
            after(phase, happening)


def test_a_state_that_breaks_a_rule_is_refused() -> None:
    """Checked after every step."""
    village = Village()
    village.swap(plan_of(broadcast("a", NOON + ms(60_000))))
    village.run_until(NOON + ms(61_000))
    state = village.state
    check(state)
    assert state.run is not None
    for broken in (
        replace(state, run=None),
        replace(state, phase=Phase.IDLE),
        replace(state, phase=Phase.CLOSING),
        replace(state, run=replace(state.run, deadline=None)),
        replace(state, phase=Phase.ARMING, kept=state.run.relay_log),
    ):
        with pytest.raises(IllegalTransition):
            check(broken)


def test_a_step_changes_nothing_of_the_state_it_was_given() -> None:
    """Pure: the same state gives the same answer again."""
    village = Village()
    village.swap(plan_of(broadcast("a", NOON + ms(60_000), (5000, 5000))))
    for until in (57_000, 59_000, 61_000, 65_000, 72_000):
        village.run_until(NOON + ms(until))
        before, copy = village.state, replace(village.state)
        village.run_until(NOON + ms(until + 1500))
        assert before == copy


def test_the_table_in_the_documentation_is_the_one_that_runs() -> None:
    """`docs/playout.md` shows every way, and no other."""
    text = (ROOT / "docs/playout.md").read_text(encoding="utf-8")
    ways = {
        f"{phase.value} --> {following.value}: {happening.value}"
        for phase, row in TABLE.items()
        for happening, following in row.items()
    }
    assert ways == {line.strip() for line in text.splitlines() if "-->" in line and "[*]" not in line}


def test_a_growing_set_keeps_every_key() -> None:
    """Added one by one, over many times what is held apart."""
    keys = [f"b{number}/1" for number in range(RECENT_AT_MOST * 3 + 5)]
    grown = ItemSet(keys[:3])
    kept = grown
    for key in (*keys, *keys):
        grown = grown.with_(key)
    assert grown == ItemSet(keys)
    assert len(grown) == len(keys)
    assert all(key in grown for key in keys)
    assert "other" not in grown
    assert kept == ItemSet(keys[:3])
    assert hash(grown) == hash(ItemSet(keys))
