"""The waveform's columns."""

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from content_library.peaks import COLUMNS, PeakCollector


def scaled(sample: int) -> int:
    """−32767…32767 to −127…127; the one sample below that counts as the lowest."""
    return round(max(-32767, sample) * 127 / 32767)


SAMPLES = st.lists(st.integers(-32768, 32767), max_size=3000)


@given(SAMPLES, st.integers(1, 700), st.integers(1, 40))
def test_chunks_of_any_size_give_the_same_columns(values: list[int], chunk: int, columns: int) -> None:
    """Columns are those of the whole sound cut into equal parts, however it arrives, also in half samples."""
    raw = np.array(values, dtype="<i2").tobytes()
    collector = PeakCollector(len(values), columns)
    for at in range(0, len(raw), chunk):
        collector.feed(raw[at : at + chunk])
    count = min(columns, len(values))
    edges = [column * len(values) // max(1, count) for column in range(count + 1)]
    parts = [values[start:end] for start, end in itertools.pairwise(edges)]
    expected = tuple((scaled(min(part)), scaled(max(part))) for part in parts)
    assert collector.peaks() == expected
    assert collector.samples == len(values)


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_a_wrong_expectation_of_the_length_loses_no_sample(expected: int, real: int) -> None:
    """Samples beyond the expected length go into the last column."""
    collector = PeakCollector(expected)
    collector.feed(np.full(real, 1000, dtype="<i2").tobytes())
    assert collector.samples == real
    assert len(collector.peaks()) <= COLUMNS
    assert set(collector.peaks()) <= {(4, 4)}
