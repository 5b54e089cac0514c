"""Quiet hours that begin while relays are still waited for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.wire.plan import QuietRule
from schedules.wire.report import Outcome
from station_agent.hush import is_hushed, quiet_of
from station_agent.phases import Phase
from station_agent.playout import step
from station_agent.playout_values import JournalOutcome, Play, RelayOff, Tick
from tests.station_agent.documents import NOON, broadcast, ms, plan_of
from tests.station_agent.village_simulator import Village

NIGHT = NOON + timedelta(hours=9)
"""21:00 in Vientiane: quiet hours begin."""
JUST_BEFORE = NIGHT - timedelta(seconds=5)


def warming(quiet: QuietRule) -> Village:
    """Its relays were commanded closed, for a first sample five seconds before quiet hours."""
    village = Village(now=NIGHT - timedelta(minutes=5))
    village.swap(plan_of(broadcast("news", JUST_BEFORE, quiet=quiet)))
    village.run_until(JUST_BEFORE - ms(1490))
    assert village.state.phase is Phase.WARMING
    return village


@pytest.mark.parametrize(("quiet", "late", "hushed"), [
    (QuietRule.HOLD, None, True), (QuietRule.IGNORE, None, False), (QuietRule.HOLD, False, False)
])  # fmt: skip
def test_only_what_has_not_begun_and_keeps_quiet_hours_is_hushed(
    quiet: QuietRule, late: bool | None, hushed: bool
) -> None:
    """What began before them is heard to its end."""
    state = warming(quiet).state
    assert state.run is not None
    run = replace(state.run, late=late)
    assert is_hushed(state.plan, run, NIGHT + ms(1)) is hushed
    assert not is_hushed(state.plan, run, JUST_BEFORE)
    assert not quiet_of(None)(NIGHT + ms(1))


def test_a_first_sound_that_its_relays_push_into_quiet_hours_is_not_begun() -> None:
    """They were waited for until after nine in the evening: it is skipped, and they open again."""
    village = warming(QuietRule.HOLD)
    assert village.state.run is not None
    patience_over = replace(village.state.run, deadline=NIGHT + ms(500), relay_log=())
    state, commands = step(replace(village.state, run=patience_over), NIGHT + ms(500), Tick())
    assert not [one for one in commands if isinstance(one, Play)]
    assert [one for one in commands if isinstance(one, RelayOff)]
    state, more = step(state, NIGHT + timedelta(seconds=3), Tick())
    told = [one.airing for one in (*commands, *more) if isinstance(one, JournalOutcome)]
    assert [(one.outcome, one.reason) for one in told] == [(Outcome.SKIPPED, "quiet_hours")]
