"""Whether a newly compiled plan is worth publishing."""

from __future__ import annotations

import itertools
from datetime import timedelta

from schedules.compile import CompiledPlan, compile_plan, same_content
from schedules.message_class import MessageClass
from schedules.slot import Slot
from tests.schedules.villages import BOTH, NOW, audio, daily, slot, village


def compiled(*slots: Slot, recordings: tuple = BOTH, **changes: object) -> CompiledPlan:
    """The plan of Dakcheung."""
    values = {"serial": 1, "now": NOW, **changes}
    return compile_plan(village(), slots, recordings, **values)  # type: ignore[arg-type]


def test_a_plan_compiled_a_day_later_says_the_same() -> None:
    """Only the window moved on: no need to publish."""
    slots = (slot(), slot("anthem", standing=True))
    today = compiled(*slots).plan
    tomorrow = compiled(*slots, serial=2, now=NOW + timedelta(days=1)).plan
    assert same_content(today, tomorrow)
    assert same_content(tomorrow, today)


def test_any_change_a_village_would_notice_is_new_content() -> None:
    """Recordings, times, classes, limits and withdrawals are content; order of arguments is not."""
    base = compiled(slot())
    others = (
        compiled(slot(recurrence=daily("17:01"))),
        compiled(slot(message_class=MessageClass.PRIORITY)),
        compiled(slot(), recordings=BOTH[:1]),
        compiled(slot(), slot("more")),
        compiled(slot(), withdrawn=(audio("elsewhere").sha256,)),
        compiled(),
        compile_plan(village(languages=("lo", "tdf")), (slot(),), BOTH, serial=2, now=NOW),
    )
    for one, other in itertools.combinations([base, *others], 2):
        assert not same_content(one.plan, other.plan)
    assert same_content(base.plan, compiled(slot(), recordings=tuple(reversed(BOTH)), serial=9).plan)
