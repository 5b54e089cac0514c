"""Choosing gain and ceiling: pure rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_library import gain
from content_library.gain import LevelPlan
from content_library.measure import Loudness

LOUDNESS = st.builds(Loudness, st.floats(-60, 0), st.floats(-40, 6), st.floats(0, 30))


@given(LOUDNESS)
def test_the_first_gain_leads_to_the_target(source: Loudness) -> None:
    """The gain is the distance to −16 LUFS; a limiter comes only where peaks would get near the ceiling."""
    plan = gain.first_plan(source)
    assert source.integrated_lufs + plan.gain_db == pytest.approx(gain.TARGET_LUFS)
    reached = source.true_peak_dbtp + plan.gain_db
    assert (plan.limit_dbfs is not None) == (reached > gain.CEILING_DBTP - 1.5)
    assert len(plan.filters) == (1 if plan.limit_dbfs is None else 2)


@given(LOUDNESS, st.floats(-1.6, 6))
def test_after_an_overshoot_the_peaks_are_limited_lower_by_more_than_it(
    source: Loudness, peak: float
) -> None:
    """Whatever the codec added, the same addition would stay under the ceiling the next time."""
    plan = gain.first_plan(source)
    lower = gain.lower_ceiling(plan, source, Loudness(-16.0, peak, 5.0))
    before = source.true_peak_dbtp + plan.gain_db
    before = before if plan.limit_dbfs is None else min(before, plan.limit_dbfs)
    assert lower.limit_dbfs is not None
    assert lower.limit_dbfs + (peak - before) < gain.CEILING_DBTP
    assert lower.gain_db == plan.gain_db


@given(LOUDNESS, LOUDNESS)
def test_the_limiter_is_made_up_for_within_bounds(source: Loudness, heard: Loudness) -> None:
    """A correction goes by what was missed, and never so far that the limiter would work on the voice."""
    plan = gain.first_plan(source)
    louder = gain.louder_or_softer(plan, source, heard)
    assert louder.gain_db <= plan.gain_db + gain.MOST_MAKE_UP_DB + 1e-9
    assert (louder.gain_db > plan.gain_db) == (
        heard.integrated_lufs < gain.TARGET_LUFS
    ) or heard.integrated_lufs == (pytest.approx(gain.TARGET_LUFS))


@pytest.mark.parametrize(
    ("peak", "safe"), [(-1.5, False), (-1.6, False), (-1.7, True), (-20.0, True), (0.5, False)]
)
def test_a_peak_is_safe_only_with_a_margin(peak: float, safe: bool) -> None:
    """Figures are read in tenths and players differ: −1.7 on the meter is needed for −1.5 promised."""
    assert gain.peak_is_safe(Loudness(-16.0, peak, 5.0)) is safe


def test_a_ceiling_below_what_the_filter_knows_is_its_lowest() -> None:
    """ffmpeg's limiter takes no limit under −24 dB."""
    assert "limit=0.063096" in LevelPlan(0.0, -60.0).filters[1]
