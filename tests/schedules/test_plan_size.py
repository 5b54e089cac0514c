"""A plan never grows beyond what a station reads."""

from __future__ import annotations

from schedules.compile import compile_plan
from schedules.conflict import ConflictCode
from schedules.plan_size import within_size
from schedules.programme import Programme
from schedules.wire.plan import Plan
from tests.schedules.villages import BOTH, CHIME, NOW, daily, slot, village


def test_a_plan_that_would_be_too_large_is_cut_at_its_far_end_and_says_so() -> None:
    """The nearest broadcasts stay, only their audio is listed, and `fresh_until` is honest."""
    whole = compile_plan(village(), (slot(),), BOTH, serial=1, now=NOW)
    audio_by_hash = {one.sha256: one for one in whole.plan.audio}
    limit = len(whole.plan.to_bytes()) // 2
    cut = within_size(whole.plan, whole.plan.broadcasts, audio_by_hash, limit)
    assert len(cut.to_bytes()) <= limit
    assert 0 < len(cut.broadcasts) < 28
    assert cut.broadcasts == whole.plan.broadcasts[: len(cut.broadcasts)]
    assert cut.fresh_until == whole.plan.broadcasts[len(cut.broadcasts)].planned_start


def test_more_than_a_plan_can_hold_is_told_as_a_conflict() -> None:
    """48 times a day in 16 slots is 21,504 broadcasts in 28 days."""
    crowded = daily(*(f"{n // 2:02}:{n % 2 * 30:02}" for n in range(48)))
    anthem = Programme("anthem", "Anthem", (CHIME,))
    slots = [slot(f"s{n}", recurrence=crowded, programme=anthem) for n in range(16)]
    result = compile_plan(village(), slots, (), serial=1, now=NOW)
    assert len(result.plan.to_bytes()) < Plan.MAX_SIZE_BYTES * 3 // 4
    (gap,) = result.gaps
    assert gap.code is ConflictCode.PLAN_CUT
    assert gap.at == result.plan.fresh_until
    assert gap.params["kept"] == len(result.plan.broadcasts)
