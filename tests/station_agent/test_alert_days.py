"""Alerts among a day's broadcasts, in any order: each starts in time, everything is accounted."""

from __future__ import annotations

from datetime import timedelta
from operator import itemgetter

from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.message_class import MessageClass
from schedules.wire.alert import AlertAct
from schedules.wire.plan import (
    Plan,
)
from station_agent.phases import Phase
from station_agent.playout_values import AlertCame
from tests.station_agent.documents import NOON, alert, broadcast, item, ms, plan_of
from tests.station_agent.village_simulator import Village


def crowded(plan_of_day: list[int]) -> Plan:
    starts = [NOON + timedelta(seconds=at) for at in sorted(set(plan_of_day))]
    return plan_of(
        *(
            broadcast(f"b{number}", at, (4000, 6000), rank=list(MessageClass)[number % 4])
            for number, at in enumerate(starts)
        )
    )


@given(
    st.lists(st.integers(10, 600), min_size=1, max_size=12),
    st.lists(
        st.tuples(
            st.integers(0, 700_000),
            st.integers(1, 4),
            st.sampled_from([AlertAct.RAISE, AlertAct.RAISE, AlertAct.CANCEL, AlertAct.TEST]),
            st.sampled_from([None, 30, 120]),
        ),
        min_size=1,
        max_size=6,
    ),
)
@settings(max_examples=60)
def test_whenever_alerts_come_each_starts_in_time_and_everything_is_accounted(
    starts: list[int], words: list[tuple[int, int, AlertAct, int | None]]
) -> None:
    """A raised alert is heard within half a second and a warm-up, unless a newer word or another play of an
    alert stands before it; a serial already known changes nothing."""
    village = Village()
    village.swap(crowded(starts))
    highest, alone = 0, True
    for number, (at, serial, act, repeat) in enumerate(sorted(words, key=itemgetter(0))):
        village.run_until(max(village.now, NOON + ms(at)))
        came = village.now
        before = set(village.played)
        words_of = (item(f"words-{number}", 5000),)
        fresh = alert(
            serial, act, at=came, repeat_every_s=repeat, items=() if act is AlertAct.CANCEL else words_of
        )
        alone = village.state.run is None or village.state.run.planned.rank < 4
        village.send(AlertCame(fresh))
        if serial <= highest:
            assert village.state.alert_serials["flood-1"] == highest
            continue
        highest = serial
        if act is AlertAct.RAISE and alone:
            village.run_until(came + ms(2200))  # relays that were just opening close anew
            assert any(key.startswith("alert:flood-1") for key in set(village.played) - before)
    village.run_until(NOON + timedelta(hours=3))
    assert village.state.phase is Phase.IDLE
    assert village.drafts == {}
    assert village.state.agenda == ()
    assert not village.closed()
